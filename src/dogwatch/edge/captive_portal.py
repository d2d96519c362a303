"""Keeps the captive portal's rule in the firewall as the settings want it."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.edge.firewall import Firewall, Portal
from dogwatch.edge.stations import INTERFACE

if TYPE_CHECKING:
    from dogwatch.edge.settings import Settings

EVERY_S = 30.0
log = logging.getLogger(__name__)


class CaptivePortal:
    """Adds the rule once the access point is there, which may come up later; removes it at once."""

    def __init__(self, settings: Settings, firewall: Firewall, sysfs: Path) -> None:
        """Follow `settings`; `sysfs` tells whether there is an access point."""
        self._settings, self._firewall = settings, firewall
        self._interface = sysfs / "class" / "net" / INTERFACE
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._synced: Portal | None = None
        settings.follow("CaptivePortal", self._sync)

    @property
    def enabled(self) -> bool:
        """Whether the rule is wanted."""
        return self._settings.current.captive_portal.enabled

    def start(self) -> None:
        """Bring the rule up to date; call it in the event loop."""
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._first_sync())

    def close(self) -> None:
        """End; the rule stays, as the portal outlives a restart."""
        if self._loop is not None and self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)

    def state(self) -> Portal:
        """Tell whether the rule is there; blocks."""
        return self._firewall.state()

    def set(self, *, enabled: bool) -> Portal:
        """Save whether the rule is wanted, and add or remove it; blocks.

        Raises:
            OSError: It cannot be saved; nothing has changed.
        """
        self._synced = None
        self._settings.change({"CaptivePortal": {"enabled": enabled}})
        return self._synced or self._sync()  # a change was followed already

    def _sync(self) -> Portal:
        self._synced = self._firewall.set(self.enabled)
        if self._synced.warning:
            log.warning("the captive portal is not as wanted: %s", self._synced.warning)
        return self._synced

    async def _first_sync(self) -> None:
        # A computer without an access point gets no rule: its firewall is none of our business.
        while not self._interface.exists():  # noqa: ASYNC110 - the kernel tells nobody who does not listen to netlink
            await asyncio.sleep(EVERY_S)
        await asyncio.to_thread(self._sync)
