"""Restarts the service and the computer, as systemd and logind do it when they are asked over the message bus."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from dogwatch.edge.message_bus import SYSTEMD, BusError, SystemBus
from dogwatch.errors import EdgeError

if TYPE_CHECKING:
    from dogwatch.edge.event_log import EventLog

LOGIND = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
RESTART_S = 1.0
REBOOT_S = 2.0
log = logging.getLogger(__name__)


class SystemPower:
    """Does either a moment after it was asked, so that the answer reaches who asked. Used in one event loop."""

    def __init__(
        self, bus: SystemBus, event_log: EventLog, finish: Callable[[], None], unit: Callable[[], str]
    ) -> None:
        """Ask over `bus`.

        Args:
            bus: The system's message bus.
            event_log: Is told.
            finish: Ends a recording that runs; blocks until its file is complete.
            unit: Returns the name of the service's unit.
        """
        self._bus, self._event_log, self._finish, self._unit = bus, event_log, finish, unit
        self._pending: asyncio.Task[None] | None = None

    async def restart(self) -> None:
        """Restart the unit in a second.

        Raises:
            EdgeError: 503; there is no systemd, or it has no such unit.
        """
        unit = self._unit()
        unit = unit if "." in unit else f"{unit}.service"
        await self._supported(SYSTEMD, "GetUnit", "s", unit)
        self._event_log.add("service_restart")
        self._after(RESTART_S, lambda: self._bus.call(SYSTEMD, "RestartUnit", "ss", unit, "replace"))

    async def reboot(self) -> None:
        """Restart the computer in two seconds.

        Raises:
            EdgeError: 503; there is no logind, or it does not allow that.
        """
        allowed = await self._supported(LOGIND, "CanReboot")
        if allowed != "yes":
            raise _unsupported(f"the system does not allow it (logind says {allowed!r})")
        self._event_log.add("system_reboot")
        self._after(REBOOT_S, lambda: self._bus.call(LOGIND, "Reboot", "b", False))

    async def _supported(self, place: tuple[str, str, str], member: str, signature: str = "", *words: str) -> object:
        try:
            return await self._bus.call(place, member, signature, *words)
        except BusError as error:
            raise _unsupported(str(error)) from error

    def _after(self, seconds: float, ask: Callable[[], Awaitable[object]]) -> None:
        if self._pending is None or self._pending.done():
            self._pending = asyncio.get_running_loop().create_task(self._later(seconds, ask))

    async def _later(self, seconds: float, ask: Callable[[], Awaitable[object]]) -> None:
        await asyncio.sleep(seconds)
        try:
            await asyncio.to_thread(self._finish)
        except Exception as error:
            log.exception("the recording could not be finished before the restart: %s", error)
        try:
            await ask()
        except BusError as error:
            log.error("the system refuses to restart: %s", error)


def _unsupported(reason: str) -> EdgeError:
    return EdgeError(503, "not_supported", f"This computer cannot be restarted from here: {reason}")
