"""BlueZ, the system's Bluetooth service, as it is asked over the message bus: its adapter and its devices."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dogwatch.edge.message_bus import CALL_S, NO_REPLY, SYSTEMD, BusError, BusUnavailableError, SystemBus
from dogwatch.errors import EdgeError

BLUEZ = "org.bluez"
ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
RECOVER_EVERY_S, RESTART_EVERY_S = 120.0, 600.0
OBJECTS_S = 2.5  # less than a probe has
UNIT = "bluetooth.service"
OFF_S = 1.0
_PENDING = frozenset({"org.bluez.Error.InProgress", "org.bluez.Error.NotReady", "org.bluez.Error.Failed"})
_GONE = "org.freedesktop.DBus.Error.UnknownObject"
log = logging.getLogger(__name__)


def unavailable(text: str) -> EdgeError:
    """Return the refusal of what needs Bluetooth, where there is none."""
    return EdgeError(503, "bt_unavailable", text)


@dataclass(frozen=True, slots=True)
class Device:
    """A device that BlueZ knows."""

    path: str
    address: str
    name: str | None
    rssi: int | None
    paired: bool
    connected: bool
    uuids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adapter:
    """A Bluetooth adapter, and the devices that it knows."""

    path: str
    properties: dict[str, Any]
    devices: tuple[Device, ...]

    def find(self, address: str) -> Device | None:
        """Return the device with an address."""
        return next((device for device in self.devices if device.address == address.upper()), None)


class BlueZ:
    """Reads and changes the first adapter. Used in one event loop."""

    def __init__(self, bus: SystemBus, monotonic: Callable[[], float]) -> None:
        """Ask over `bus`."""
        self.bus, self._monotonic = bus, monotonic
        self._recovered: float | None = None
        self._restarted: float | None = None
        self.recoveries = 0

    async def adapter(self) -> Adapter:
        """Return the first adapter, as it is now.

        Raises:
            EdgeError: 503; there is no adapter, or no Bluetooth service.
        """
        try:
            objects: dict[str, dict[str, dict[str, Any]]] = await self.bus.call(
                (BLUEZ, "/", OBJECTS), "GetManagedObjects", timeout_s=OBJECTS_S
            )
        except BusUnavailableError as error:
            if error.name == NO_REPLY:
                await self._restart_service()
            raise unavailable(f"The Bluetooth service cannot be reached: {error}") from error
        paths = sorted(path for path, interfaces in objects.items() if ADAPTER in interfaces)
        if not paths:
            raise unavailable("There is no Bluetooth adapter")
        devices = [
            _device(path, interfaces[DEVICE])
            for path, interfaces in objects.items()
            if path.startswith(paths[0] + "/") and "Address" in interfaces.get(DEVICE, ())
        ]
        return Adapter(paths[0], objects[paths[0]][ADAPTER], tuple(devices))

    async def powered(self) -> Adapter:
        """Return the first adapter; it is switched on before.

        Raises:
            EdgeError: 503; there is none, or it is blocked.
        """
        adapter = await self.adapter()
        if adapter.properties.get("Powered"):
            return adapter
        try:
            await self.set(adapter, "Powered", "b", value=True)
        except BusError as error:
            blocked = error.name.endswith(".Blocked") or "rfkill" in error.text.lower()
            reason = "it is blocked (rfkill)" if blocked else error
            raise unavailable(f"The Bluetooth adapter cannot be switched on: {reason}") from error
        return await self.adapter()

    async def call(self, adapter: Adapter, member: str, signature: str = "", *arguments: Any) -> None:
        """Call a method of the adapter.

        Raises:
            BusError: It has refused.
        """
        await self.bus.call((BLUEZ, adapter.path, ADAPTER), member, signature, *arguments)

    async def set(self, adapter: Adapter, key: str, signature: str, *, value: Any) -> None:
        """Change a property of the adapter.

        Raises:
            BusError: It has refused.
        """
        await self.bus.set((BLUEZ, adapter.path, ADAPTER), key, signature, value)

    async def device(
        self, device: Device, member: str, signature: str = "", *arguments: Any, timeout_s: float = CALL_S
    ) -> None:
        """Call a method of a device.

        Raises:
            BusError: It has refused, or did not answer in time.
        """
        await self.bus.call((BLUEZ, device.path, DEVICE), member, signature, *arguments, timeout_s=timeout_s)

    async def start_discovery(self, adapter: Adapter) -> Adapter:
        """Start to look for devices; an adapter that is stuck is switched off and on once.

        Raises:
            EdgeError: 503, the adapter has gone; 500 `bt_failed`, it does not work.
        """
        try:
            await self._discover(adapter)
        except BusError as error:
            if error.name not in _PENDING and not isinstance(error, BusUnavailableError):
                raise failed(error) from error
            if not await self.recover(error):
                raise failed(error) from error
            adapter = await self.powered()
            try:
                await self._discover(adapter)
            except BusError as again:
                raise failed(again) from again
        return adapter

    async def stop_discovery(self, adapter: Adapter) -> None:
        """Stop to look for devices; it does not matter if that has ended by itself."""
        try:
            await self.call(adapter, "StopDiscovery")
        except BusError as error:
            log.debug("discovery had ended: %s", error)

    async def recover(self, cause: object) -> bool:
        """Switch an adapter that is stuck off and on; return whether that was done: at most every two minutes."""
        now = self._monotonic()
        if self._recovered is not None and now - self._recovered < RECOVER_EVERY_S:
            return False
        self._recovered = now
        self.recoveries += 1
        log.warning("the Bluetooth adapter is stuck (%s): it is switched off and on", cause)
        try:
            adapter = await self.adapter()
            await self.set(adapter, "Powered", "b", value=False)
            await asyncio.sleep(OFF_S)
            await self.set(adapter, "Powered", "b", value=True)
        except (BusError, EdgeError) as error:
            log.warning("the Bluetooth adapter could not be switched off and on: %s", error)
            return False
        return True

    async def _restart_service(self) -> None:
        """Ask systemd to restart a Bluetooth service that hangs, at most every ten minutes; it needs to allow that."""
        now = self._monotonic()
        if self._restarted is not None and now - self._restarted < RESTART_EVERY_S:
            return
        self._restarted = now
        log.warning("the Bluetooth service hangs: systemd is asked to restart it")
        try:
            await self.bus.call(SYSTEMD, "RestartUnit", "ss", UNIT, "replace")
        except BusError as error:
            log.warning("the Bluetooth service cannot be restarted: %s", error)

    async def _discover(self, adapter: Adapter) -> None:
        from dbus_fast import Variant

        await self.call(
            adapter,
            "SetDiscoveryFilter",
            "a{sv}",
            {"Transport": Variant("s", "auto"), "DuplicateData": Variant("b", value=False)},
        )
        await self.call(adapter, "StartDiscovery")


def failed(error: BusError) -> EdgeError:
    """Return the refusal that an error of BlueZ means."""
    if isinstance(error, BusUnavailableError) or error.name == _GONE:
        return unavailable(f"The Bluetooth adapter has gone: {error}")
    return EdgeError(500, "bt_failed", f"Bluetooth failed: {error}")


def _device(path: str, properties: dict[str, Any]) -> Device:
    name = properties.get("Name") or properties.get("Alias")
    address = str(properties["Address"]).upper()
    if name is not None and str(name).upper().replace("-", ":") == address:
        name = None  # BlueZ calls a device that told no name by its address
    rssi = properties.get("RSSI")
    return Device(
        path,
        address,
        str(name) if name else None,
        int(rssi) if rssi is not None else None,
        bool(properties.get("Paired")),
        bool(properties.get("Connected")),
        tuple(properties.get("UUIDs") or ()),
    )
