"""Bluetooth as the edge API offers it: scan, pairing, removal, and whether a paired phone is near.

One thing at a time: who comes while a scan or a pairing runs is refused, and devices are not probed meanwhile.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from dogwatch.edge.bluez import BLUEZ, DEVICE, Adapter, BlueZ, Device, failed
from dogwatch.edge.message_bus import BusError, SystemBus
from dogwatch.edge.pairing_agent import answering
from dogwatch.errors import EdgeError

LOOK_S = 0.5
PAIR_S = 30.0
FIND_S = 20.0
PROBE_S = 3.0
CLEAN_UP_S = 10.0
SDP = 1
"""The L2CAP port of service discovery, which every Bluetooth Classic device has and which needs no pairing."""
_REACHED = ("refused", "already", "in progress", "inprogress", "authentication", "security")
log = logging.getLogger(__name__)

Page = Callable[[str], bool | None]
"""Tells whether a device answers; None where this machine cannot ask in this way. Blocks for `PROBE_S` at most."""


@dataclass(frozen=True, slots=True)
class SeenDevice:
    """A device that a scan has found."""

    address: str
    name: str
    rssi: int | None
    paired: bool


def page_device(address: str) -> bool | None:
    """Ask a device for its attention, as a connection that is closed at once, without BlueZ.

    A connection through BlueZ would begin to use the phone, as a headset for example.
    """
    family, protocol = getattr(socket, "AF_BLUETOOTH", None), getattr(socket, "BTPROTO_L2CAP", None)
    if family is None or protocol is None:
        return None
    try:
        connection = socket.socket(family, socket.SOCK_SEQPACKET, protocol)
    except OSError:
        return None
    with connection:
        connection.settimeout(PROBE_S)
        try:
            connection.connect((address, SDP))
        except OSError as error:
            # A refusal is an answer too. Everything else, such as a timeout or EHOSTDOWN, is none.
            return error.errno in (errno.ECONNREFUSED, errno.EACCES)
    return True


class Bluetooth:
    """Does one thing at a time with the first adapter. Used in one event loop."""

    def __init__(self, bus: SystemBus, monotonic: Callable[[], float], page: Page | None = None) -> None:
        """Ask BlueZ over `bus`, and devices by `page`."""
        self._bluez, self._bus, self._page = BlueZ(bus, monotonic), bus, page or page_device
        self._busy = False
        self._leaving: set[asyncio.Future[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether a scan or a pairing runs."""
        return self._busy

    @property
    def recoveries(self) -> int:
        """How often a stuck adapter was switched off and on."""
        return self._bluez.recoveries

    async def scan(self, seconds: float) -> list[SeenDevice]:
        """Look for devices, Bluetooth Classic and LE; those with a name first.

        Raises:
            EdgeError: 409, something runs; 503, there is no Bluetooth; 500, it failed.
        """
        async with self._alone():
            adapter = await self._bluez.start_discovery(await self._bluez.powered())
            try:
                async with asyncio.timeout(seconds):
                    while True:
                        await asyncio.sleep(min(LOOK_S, seconds))
                        adapter = await self._bluez.adapter()  # raises when it has gone
            except TimeoutError:
                # BlueZ forgets signal strengths when discovery ends, so devices are read before.
                adapter = await self._bluez.adapter()
            finally:
                await _surely(self._bluez.stop_discovery(adapter))
        near = [device for device in adapter.devices if device.rssi is not None]
        found = [SeenDevice(one.address, one.name or one.address, one.rssi, one.paired) for one in near]
        return sorted(found, key=lambda one: (one.name == one.address, one.name.casefold(), one.address))

    async def discoverable(self, seconds: float) -> Device:
        """Let phones find and pair with this computer; return the first one that did, which is trusted from now on.

        Raises:
            EdgeError: 408, nobody came; 409, something runs; 503, there is no Bluetooth; 500, it failed.
        """
        async with self._alone():
            adapter = await self._bluez.powered()
            before = {device.path for device in adapter.devices if device.paired}
            try:
                async with self._opened(adapter, seconds):
                    device = await self._first_paired(before, seconds)
            except BusError as error:
                raise failed(error) from error
            await self._trust(device)
            return device

    async def pair(self, address: str) -> Device:
        """Pair with a device if that has not been done, and trust it; it is looked for if it is not known.

        Raises:
            EdgeError: 409, something runs; 503, there is no Bluetooth; 500, it failed.
        """
        async with self._alone():
            adapter = await self._bluez.powered()
            device = adapter.find(address) or await self._find(adapter, address)
            if not device.paired:
                await self._pair(device)
            await self._trust(device)
            return device

    async def remove(self, address: str) -> bool:
        """Unpair a device; return whether that was possible."""
        try:
            adapter = await self._bluez.adapter()
            device = adapter.find(address)
            if device is None:
                return False
            await self._bluez.call(adapter, "RemoveDevice", "o", device.path)
        except (BusError, EdgeError) as error:
            log.info("%s could not be unpaired: %s", address, error)
            return False
        return True

    async def probe(self, address: str) -> bool | None:
        """Tell whether a device is near; None if something else runs. Takes `PROBE_S` at most."""
        if self._busy:
            return None
        try:
            async with asyncio.timeout(PROBE_S):
                adapter = await self._bluez.adapter()
                if not adapter.properties.get("Powered"):
                    adapter = await self._bluez.powered()
                device = adapter.find(address)
                found = await self._near(address, device)
        except (EdgeError, TimeoutError):
            found = False
        return None if self.busy and not found else found

    async def _near(self, address: str, device: Device | None) -> bool:
        if device is not None and device.connected:
            return True
        answered = await asyncio.to_thread(self._page, address)
        if answered is None and device is not None and device.paired:
            answered = await self._connects(device)
        return bool(answered)

    async def _connects(self, device: Device) -> bool:
        """Connect for a moment; a refusal that comes from the phone means that it is near, too."""
        try:
            await self._bluez.device(device, "Connect", timeout_s=PROBE_S - LOOK_S)
        except BusError as error:
            said = f"{error.name} {error.text}".lower()
            return any(word in said for word in _REACHED)
        finally:
            # Not waited for: it takes its time where the phone is away, and a probe has its limit.
            leaving = asyncio.ensure_future(self._disconnect(device))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)
        return True

    async def _disconnect(self, device: Device) -> None:
        try:
            await self._bluez.device(device, "Disconnect")
        except BusError as error:
            log.debug("%s was not connected: %s", device.address, error)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        if self._busy:
            raise EdgeError(409, "bt_busy", "A Bluetooth scan or pairing runs already")
        self._busy = True
        try:
            yield
        finally:
            self._busy = False

    @asynccontextmanager
    async def _opened(self, adapter: Adapter, seconds: float) -> AsyncIterator[None]:
        """Be discoverable and pairable; what was before comes back in any case."""
        was = {key: bool(adapter.properties.get(key)) for key in ("Discoverable", "Pairable")}
        try:
            async with answering(self._bus):
                # BlueZ ends it by itself, should this program be killed meanwhile.
                await self._bluez.set(adapter, "DiscoverableTimeout", "u", value=int(seconds) + 5)
                await self._bluez.set(adapter, "Pairable", "b", value=True)
                await self._bluez.set(adapter, "Discoverable", "b", value=True)
                yield
        finally:
            await _surely(self._switch_back(adapter, was))

    async def _switch_back(self, adapter: Adapter, was: dict[str, bool]) -> None:
        before = adapter.properties.get("DiscoverableTimeout")
        for key, value in was.items():
            try:
                await self._bluez.set(adapter, key, "b", value=value)
            except BusError as error:
                log.warning("the Bluetooth adapter's %s could not be switched back: %s", key, error)
        if before is not None:
            try:
                await self._bluez.set(adapter, "DiscoverableTimeout", "u", value=before)
            except BusError as error:
                log.debug("the adapter has gone: %s", error)

    async def _first_paired(self, before: set[str], seconds: float) -> Device:
        try:
            async with asyncio.timeout(seconds):
                while True:
                    adapter = await self._bluez.adapter()
                    for device in adapter.devices:
                        if device.paired and device.path not in before:
                            return device
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            raise EdgeError(408, "pair_timeout", "No device has paired in time") from None

    async def _find(self, adapter: Adapter, address: str) -> Device:
        adapter = await self._bluez.start_discovery(adapter)
        try:
            async with asyncio.timeout(FIND_S):
                while True:
                    if device := (await self._bluez.adapter()).find(address):
                        return device
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            raise EdgeError(500, "pair_failed", f"{address} was not found") from None
        finally:
            await _surely(self._bluez.stop_discovery(adapter))

    async def _pair(self, device: Device) -> None:
        try:
            async with answering(self._bus):
                try:
                    await self._bluez.device(device, "Pair", timeout_s=PAIR_S)
                except BaseException:
                    await _surely(self._cancel_pairing(device))
                    raise
        except BusError as error:
            if not error.name.endswith(".AlreadyExists"):
                raise EdgeError(500, "pair_failed", f"{device.address} cannot be paired with: {error}") from error

    async def _cancel_pairing(self, device: Device) -> None:
        try:
            await self._bluez.device(device, "CancelPairing")
        except BusError as error:
            log.debug("pairing had ended: %s", error)

    async def _trust(self, device: Device) -> None:
        try:
            await self._bus.set((BLUEZ, device.path, DEVICE), "Trusted", "b", value=True)
        except BusError as error:
            raise failed(error) from error


async def _surely(work: Awaitable[None]) -> None:
    """Do something to the end even if the request that wanted it is cancelled, within `CLEAN_UP_S`."""
    task = asyncio.ensure_future(asyncio.wait_for(work, CLEAN_UP_S))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
    except TimeoutError:
        log.warning("the Bluetooth service does not answer")
