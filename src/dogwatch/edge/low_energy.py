"""Listens for phones whose Bluetooth LE address changes; `edge.identity_keys` tells whose an address is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from dogwatch.edge.identity_keys import made_by
from dogwatch.edge.scan_budget import ScanBudget

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

LISTEN_S = 4.0
LEAST_S = 1.0
START_S = 5.0
MISSING = "the library for Bluetooth LE is missing: pip install 'dogwatch[edge]'"
log = logging.getLogger(__name__)


class LowEnergyScanner(Protocol):
    """What `bleak.BleakScanner` is, as far as it is used."""

    async def start(self) -> None:
        """Begin to listen."""

    async def stop(self) -> None:
        """End it."""


MakeScanner = Callable[[Callable[[str], None]], LowEnergyScanner]
"""Makes a scanner that calls back with the address of each advertisement."""


def bleak_scanner(heard: Callable[[str], None]) -> LowEnergyScanner:
    """Make a scanner of bleak.

    Raises:
        ImportError: It is not installed.
    """
    from bleak import BleakScanner

    def advertised(device: BLEDevice, _: AdvertisementData) -> None:
        heard(device.address)

    return BleakScanner(advertised)


class LowEnergy:
    """Looks for phones by their identity keys, for as long as the budget grants. Used in one event loop."""

    def __init__(self, monotonic: Callable[[], float], make: MakeScanner = bleak_scanner) -> None:
        """Listen with the scanners that `make` makes."""
        self._budget, self._monotonic, self._make = ScanBudget(monotonic), monotonic, make
        self._complained = False

    async def look(self, keys: Mapping[str, bytes], *, seconds: float = LISTEN_S) -> set[str] | None:
        """Return which of the phones are near: their addresses, by which `keys` has their identity keys.

        Listening ends as soon as all were heard. None: the budget is spent, so nothing is known. Without Bluetooth LE
        nobody is near: a camera must not go on to be quiet because its adapter has gone.
        """
        seconds = self._budget.granted(seconds)
        if seconds < LEAST_S:
            return None
        near: set[str] = set()
        strangers: set[str] = set()
        complete = asyncio.Event()

        def heard(address: str) -> None:
            address = address.upper()
            if address in strangers:
                return
            owners = [owner for owner, key in keys.items() if owner == address or made_by(key, address)]
            near.update(owners)
            if not owners:
                strangers.add(address)
            if len(near) == len(keys):
                complete.set()

        begun = self._monotonic()
        try:
            await self._listen(heard, complete, seconds)
        except Exception as error:  # noqa: BLE001 - bleak raises its own kinds, and whatever the message bus does
            self._complain(error)
            return set()
        finally:
            self._budget.spend(self._monotonic() - begun)
        self._complained = False
        return near

    async def _listen(self, heard: Callable[[str], None], complete: asyncio.Event, seconds: float) -> None:
        scanner = self._make(heard)
        async with asyncio.timeout(START_S):
            await scanner.start()
        try:
            async with asyncio.timeout(seconds):
                await complete.wait()
        except TimeoutError:
            pass  # those that were not heard are not near
        finally:
            async with asyncio.timeout(START_S):
                await scanner.stop()

    def _complain(self, error: Exception) -> None:
        if not self._complained:
            self._complained = True
            log.warning("Bluetooth LE cannot be listened to: %s", MISSING if isinstance(error, ImportError) else error)
