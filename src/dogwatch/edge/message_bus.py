"""The system's message bus (D-Bus): one connection, made when it is first needed, and again when it was lost."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from dogwatch.errors import DogwatchError

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus
    from dbus_fast.message import Message

CALL_S = 5.0
CONNECT_S = 3.0
DAEMON = "org.freedesktop.DBus"
SYSTEMD = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager")
NO_REPLY = f"{DAEMON}.Error.NoReply"
PROPERTIES = "org.freedesktop.DBus.Properties"
_UNREACHABLE = frozenset(
    f"{DAEMON}.Error.{name}" for name in ("ServiceUnknown", "NameHasNoOwner", "NoReply", "Disconnected", "AccessDenied")
)
log = logging.getLogger(__name__)


class BusError(DogwatchError):
    """A program on the message bus has refused a call; `name` is the error's name."""

    def __init__(self, name: str, text: str) -> None:
        """Store what it said; users are told its first line."""
        super().__init__(text.partition("\n")[0] or name)
        self.name, self.text = name, text


class BusUnavailableError(BusError):
    """There is no message bus, the wanted program is not on it, or it does not answer."""

    status = 503


class SystemBus:
    """Calls methods of programs on the system's message bus. Used in one event loop."""

    def __init__(self) -> None:
        """Connect at the first call."""
        self._bus: MessageBus | None = None
        self._watching: asyncio.Future[None] | None = None
        self._connecting = asyncio.Lock()

    async def connected(self) -> MessageBus:
        """Return the connection.

        Raises:
            BusUnavailableError: There is no bus, or its library is not installed.
        """
        async with self._connecting:
            if self._bus is None or not self._bus.connected:
                self._bus = await _connect()
                self._watching = asyncio.ensure_future(_lost(self._bus))
            return self._bus

    async def call(
        self,
        place: tuple[str, str, str],
        member: str,
        signature: str = "",
        *arguments: Any,
        timeout_s: float = CALL_S,
    ) -> Any:
        """Call a method of `place`: a bus name, an object's path, an interface. Return the first value of the answer.

        Raises:
            BusUnavailableError: Nobody answers within `timeout_s`.
            BusError: The answer is an error.
        """
        bus = await self.connected()
        from dbus_fast import Message, unpack_variants  # only now: without the library there is no connection

        name, path, interface = place
        message = Message(
            destination=name,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(arguments),
        )
        try:
            async with asyncio.timeout(timeout_s):
                reply = await bus.call(message)
        except TimeoutError as error:
            raise BusUnavailableError(NO_REPLY, f"{name} does not answer") from error
        except (EOFError, OSError) as error:
            raise BusUnavailableError(f"{DAEMON}.Error.Disconnected", "the message bus is gone") from error
        return _value(reply, unpack_variants)

    async def get(self, place: tuple[str, str, str], key: str) -> Any:
        """Return a property of the interface in `place`."""
        name, path, interface = place
        return await self.call((name, path, PROPERTIES), "Get", "ss", interface, key)

    async def set(self, place: tuple[str, str, str], key: str, signature: str, value: Any) -> None:
        """Change a property of the interface in `place`."""
        await self.connected()
        from dbus_fast import Variant

        name, path, interface = place
        await self.call((name, path, PROPERTIES), "Set", "ssv", interface, key, Variant(signature, value))

    async def has(self, name: str) -> bool:
        """Tell whether a program is on the bus, or would be started by a call."""
        daemon = (DAEMON, "/org/freedesktop/DBus", DAEMON)
        try:
            return bool(await self.call(daemon, "NameHasOwner", "s", name)) or name in await self.call(
                daemon, "ListActivatableNames"
            )
        except BusError:
            return False

    def close(self) -> None:
        """Disconnect."""
        if self._bus is not None and self._bus.connected:
            self._bus.disconnect()
        self._bus = None


async def _lost(bus: MessageBus) -> None:
    """Take note of the end of a connection, which the library reports as an error that somebody has to fetch."""
    try:
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # of the library
    except (EOFError, OSError) as error:
        log.info("the message bus is gone: %s", error or "it has closed the connection")


async def _connect() -> MessageBus:
    try:
        from dbus_fast import BusType
        from dbus_fast.aio import MessageBus
    except ImportError as error:
        raise BusUnavailableError(
            f"{DAEMON}.Error.Failed", "the library for the message bus is missing: pip install 'dogwatch[edge]'"
        ) from error
    try:
        async with asyncio.timeout(CONNECT_S):
            return await MessageBus(bus_type=BusType.SYSTEM).connect()
    except Exception as error:  # the library raises its own kinds, OSError, EOFError and ValueError
        raise BusUnavailableError(f"{DAEMON}.Error.NoServer", "there is no system message bus") from error


def _value(reply: Message | None, unpacked: Any) -> Any:
    from dbus_fast import MessageType

    if reply is None:
        raise BusUnavailableError(NO_REPLY, "the message bus is gone")
    if reply.message_type is MessageType.ERROR:
        name = reply.error_name or f"{DAEMON}.Error.Failed"
        text = str(reply.body[0]) if reply.body else ""
        raise (BusUnavailableError if name in _UNREACHABLE else BusError)(name, text)
    return unpacked(reply.body[0]) if reply.body else None
