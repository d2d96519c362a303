"""Without the libraries of the extra `edge`, everything answers, and says what is missing."""

from __future__ import annotations

import sys
import time

import pytest

from dogwatch.edge.bluetooth import Bluetooth
from dogwatch.edge.bluez import ADAPTER, BLUEZ
from dogwatch.edge.low_energy import LowEnergy
from dogwatch.edge.message_bus import BusUnavailableError, SystemBus
from dogwatch.errors import EdgeError

PHONE = "AA:BB:CC:DD:EE:01"


@pytest.fixture(autouse=True)
def without_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("dbus_fast", "bleak")]:
        monkeypatch.setitem(sys.modules, name, None)
    for name in ("dbus_fast", "dbus_fast.aio", "bleak"):
        monkeypatch.setitem(sys.modules, name, None)


async def test_bluetooth_is_unavailable() -> None:
    bluetooth = Bluetooth(SystemBus(), time.monotonic, page=lambda _: None)
    for asked in (bluetooth.scan(1.0), bluetooth.discoverable(1.0), bluetooth.pair(PHONE)):
        with pytest.raises(EdgeError, match=r"dogwatch\[edge\]") as refused:
            await asked
        assert (refused.value.status, refused.value.code) == (503, "bt_unavailable")
    assert await bluetooth.probe(PHONE) is False
    assert await bluetooth.remove(PHONE) is False


async def test_the_bus_is_unavailable() -> None:
    bus = SystemBus()
    with pytest.raises(BusUnavailableError, match="library"):
        await bus.set((BLUEZ, "/", ADAPTER), "Powered", "b", value=True)
    bus.close()


async def test_nobody_is_heard() -> None:
    assert await LowEnergy(time.monotonic).look({PHONE: bytes(16)}) == set()
