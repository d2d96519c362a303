"""Bluetooth against BlueZ as python-dbusmock plays it."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from dogwatch.edge import bluetooth as module
from dogwatch.edge import bluez as bluez_module
from dogwatch.edge.bluetooth import Bluetooth
from dogwatch.edge.message_bus import SYSTEMD, BusError, SystemBus
from dogwatch.errors import EdgeError
from dogwatch.testing.app import until
from tests.dbus_mock import MOCK, MockBus, ready
from tests.integration.bluez_mock import PHONE, STRANGER, WATCH, BluezMock


@pytest.fixture
async def bluetooth(bus: SystemBus) -> Bluetooth:
    return Bluetooth(bus, time.monotonic, page=lambda _: None)


async def test_a_scan_lists_devices_with_a_name_first(bluez: BluezMock, bluetooth: Bluetooth) -> None:
    await bluez.add_device(STRANGER, STRANGER.replace(":", "-"))
    await bluez.add_device(PHONE, "Pixel")
    await bluez.add_device(WATCH, "fitness watch")
    await bluez.pair_from_phone(PHONE)
    found = await bluetooth.scan(1.0)
    assert [(one.address, one.name, one.paired) for one in found] == [
        (WATCH, "fitness watch", False),
        (PHONE, "Pixel", True),
        (STRANGER, STRANGER, False),
    ]
    assert found[0].rssi == -79
    assert await bluez.adapter_property("Discovering") is False
    assert not bluetooth.busy


async def test_one_thing_at_a_time(bluez: BluezMock, bluetooth: Bluetooth) -> None:
    await bluez.add_device(PHONE, "Pixel")
    scan = asyncio.create_task(bluetooth.scan(1.5))
    await until(lambda: bluetooth.busy)
    for other in (bluetooth.scan(1.0), bluetooth.discoverable(10.0), bluetooth.pair(PHONE)):
        with pytest.raises(EdgeError) as refused:
            await other
        assert (refused.value.status, refused.value.code) == (409, "bt_busy")
    assert await bluetooth.probe(PHONE) is None
    assert [one.address for one in await scan] == [PHONE]


async def test_without_a_bus_an_adapter_or_the_service_bluetooth_is_unavailable(
    programs: MockBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = SystemBus()
    bluetooth = Bluetooth(bus, time.monotonic, page=lambda _: None)

    async def refused() -> str:
        with pytest.raises(EdgeError) as error:
            await bluetooth.scan(1.0)
        assert (error.value.status, error.value.code) == (503, "bt_unavailable")
        assert await bluetooth.probe(PHONE) is False
        return str(error.value)

    assert "cannot be reached" in await refused()
    programs.start("bluez5")
    await ready(bus, "bluez5")
    assert "no Bluetooth adapter" in await refused()
    connection = await bus.connected()
    programs.close()
    # The library leaves an error behind that nobody can fetch when it writes before it has noticed the end.
    await until(lambda: not connection.connected)
    assert "cannot be reached" in await refused()
    bus.close()


async def test_an_adapter_that_is_pulled_out_ends_a_scan(bluez: BluezMock, bluetooth: Bluetooth) -> None:
    scan = asyncio.create_task(bluetooth.scan(20.0))
    await until(lambda: bluetooth.busy)
    await asyncio.sleep(0.3)
    await bluez.remove_adapter()
    with pytest.raises(EdgeError, match="no Bluetooth adapter") as lost:
        await asyncio.wait_for(scan, 5.0)
    assert lost.value.code == "bt_unavailable"
    await bluez.add_adapter()
    assert await bluetooth.scan(0.5) == []


async def test_an_adapter_that_is_off_is_switched_on(bluez: BluezMock, bluetooth: Bluetooth, bus: SystemBus) -> None:
    await bus.set(("org.bluez", "/org/bluez/hci0", "org.bluez.Adapter1"), "Powered", "b", value=False)
    await bluetooth.scan(0.5)
    assert await bluez.adapter_property("Powered") is True


async def test_a_stuck_adapter_is_switched_off_and_on(
    bluez: BluezMock, bluetooth: Bluetooth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bluez_module, "OFF_S", 0.05)
    stuck = (
        "if not getattr(self, 'tries', 0):\n    self.tries = 1\n"
        "    raise dbus.exceptions.DBusException('stuck', name='org.bluez.Error.InProgress')"
    )
    await bluez.method(None, "StartDiscovery", "", stuck)
    assert await bluetooth.scan(0.5) == []
    assert bluetooth.recoveries == 1
    await bluez.fails(None, "StartDiscovery", "org.bluez.Error.InProgress", "stuck")
    with pytest.raises(EdgeError) as failed:
        await bluetooth.scan(0.5)
    assert (failed.value.status, failed.value.code) == (500, "bt_failed")
    assert bluetooth.recoveries == 1  # not again so soon


async def test_a_service_that_hangs_is_restarted(
    own_bluez: BluezMock, bluetooth: Bluetooth, programs: MockBus, bus: SystemBus
) -> None:
    programs.start("systemd")
    await ready(bus, "systemd")
    mock = (*SYSTEMD[:2], MOCK)
    await bus.call(mock, "AddMethod", "sssss", SYSTEMD[2], "RestartUnit", "ss", "o", "ret = '/job/1'")
    programs.hang("bluez5")
    begun = time.monotonic()
    for _ in range(2):  # asked once only
        assert await bluetooth.probe(PHONE) is False
    assert time.monotonic() - begun < 7.0
    calls = [call for call in await bus.call(mock, "GetCalls") if call[1] == "RestartUnit"]
    assert [call[2] for call in calls] == [["bluetooth.service", "replace"]]


async def test_the_first_phone_that_pairs_is_trusted_and_returned(bluez: BluezMock, bluetooth: Bluetooth) -> None:
    await bluez.add_device(WATCH, "watch")
    await bluez.pair_from_phone(WATCH)  # it was paired before
    await bluez.add_device(PHONE, "Pixel")
    window = asyncio.create_task(bluetooth.discoverable(10.0))
    await asyncio.sleep(0.3)
    assert await bluez.adapter_property("Discoverable") is True
    assert await bluez.adapter_property("Pairable") is True
    await bluez.pair_from_phone(PHONE)
    device = await window
    assert (device.address, device.name) == (PHONE, "Pixel")
    assert await bluez.device_property(PHONE, "Trusted") is True
    assert await bluez.device_property(WATCH, "Trusted") is False
    assert await bluez.adapter_property("Discoverable") is False


@pytest.mark.parametrize("end", ["time", "cancelled", "adapter"])
async def test_discoverable_is_switched_back_however_it_ends(
    bluez: BluezMock, bluetooth: Bluetooth, end: str, bus: SystemBus
) -> None:
    place = ("org.bluez", "/org/bluez/hci0", "org.bluez.Adapter1")
    await bus.set(place, "Pairable", "b", value=False)
    window = asyncio.create_task(bluetooth.discoverable(0.7 if end == "time" else 20.0))
    await asyncio.sleep(0.3)
    assert await bluez.adapter_property("Discoverable") is True
    if end == "cancelled":
        window.cancel()
        with pytest.raises(asyncio.CancelledError):
            await window
    elif end == "time":
        with pytest.raises(EdgeError) as late:
            await window
        assert (late.value.status, late.value.code) == (408, "pair_timeout")
    else:
        await bluez.remove_adapter()
        with pytest.raises(EdgeError) as gone:
            await window
        assert gone.value.code == "bt_unavailable"
        await bluez.add_adapter()
    assert await bluez.adapter_property("Discoverable") is False
    if end != "adapter":
        assert await bluez.adapter_property("Pairable") is False
        assert await bluez.adapter_property("DiscoverableTimeout") == 180
    assert not bluetooth.busy
    agents = ("org.bluez", "/org/bluez", "org.bluez.AgentManager1")
    await bus.call(agents, "RegisterAgent", "os", "/org/dogwatch/pairing", "NoInputNoOutput")  # ours has gone
    await bus.call(agents, "UnregisterAgent", "o", "/org/dogwatch/pairing")


async def test_prompts_are_answered_during_the_window_only(bluez: BluezMock, bluetooth: Bluetooth) -> None:
    caller = SystemBus()
    owner = (await bluez.bus.connected()).unique_name
    assert owner is not None
    agent = (owner, "/org/dogwatch/pairing", "org.bluez.Agent1")
    window = asyncio.create_task(bluetooth.discoverable(10.0))
    await asyncio.sleep(0.3)
    await caller.call(agent, "RequestConfirmation", "ou", "/org/bluez/hci0/dev_1", 123456)
    await caller.call(agent, "RequestAuthorization", "o", "/org/bluez/hci0/dev_1")
    assert await caller.call(agent, "RequestPinCode", "o", "/org/bluez/hci0/dev_1") == "0000"
    assert await caller.call(agent, "RequestPasskey", "o", "/org/bluez/hci0/dev_1") == 0
    window.cancel()
    with pytest.raises(asyncio.CancelledError):
        await window
    with pytest.raises(BusError):
        await caller.call(agent, "RequestPinCode", "o", "/org/bluez/hci0/dev_1")
    caller.close()


async def test_pairing_looks_for_a_device_that_is_not_known(bluez: BluezMock, bluetooth: Bluetooth) -> None:
    pairing = asyncio.create_task(bluetooth.pair(PHONE.lower()))
    await asyncio.sleep(0.3)
    assert await bluez.adapter_property("Discovering") is True
    await bluez.add_device(PHONE, "Pixel")
    assert (await pairing).name == "Pixel"
    assert await bluez.device_property(PHONE, "Paired") is True
    assert await bluez.device_property(PHONE, "Trusted") is True
    assert await bluez.adapter_property("Discovering") is False


async def test_pairing_that_fails_is_told(
    bluez: BluezMock, bluetooth: Bluetooth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIND_S", 0.3)
    with pytest.raises(EdgeError, match="was not found") as missing:
        await bluetooth.pair(PHONE)
    await bluez.add_device(WATCH, "watch")
    await bluez.fails(WATCH, "Pair", "org.bluez.Error.AuthenticationRejected", "rejected")
    with pytest.raises(EdgeError, match="rejected") as refused:
        await bluetooth.pair(WATCH)
    assert missing.value.code == refused.value.code == "pair_failed"
    assert missing.value.status == refused.value.status == 500
    assert await bluez.device_property(WATCH, "Trusted") is False


async def test_a_device_is_unpaired(bluez: BluezMock, bluetooth: Bluetooth) -> None:
    await bluez.add_device(PHONE, "Pixel")
    await bluez.pair_from_phone(PHONE)
    assert await bluetooth.remove(PHONE)
    assert not await bluetooth.remove(PHONE)
    assert await bluetooth.scan(0.5) == []


async def test_a_paired_phone_is_probed_by_a_short_connection(bluez: BluezMock, bluetooth: Bluetooth) -> None:
    await bluez.add_device(PHONE, "Pixel")
    assert await bluetooth.probe(PHONE) is False  # not paired, so it would not answer
    await bluez.pair_from_phone(PHONE)
    assert await bluetooth.probe(PHONE) is True
    await until(lambda: not bluetooth._leaving)
    assert await bluez.calls(PHONE) == ["Connect", "Disconnect"]
    await bluez.fails(PHONE, "Connect", "org.bluez.Error.Failed", "br-connection-page-timeout")
    assert await bluetooth.probe(PHONE) is False
    await bluez.fails(PHONE, "Connect", "org.bluez.Error.Failed", "br-connection-refused")
    assert await bluetooth.probe(PHONE) is True


async def test_a_probe_takes_three_seconds_at_most(bluez: BluezMock, bluetooth: Bluetooth) -> None:
    await bluez.add_device(PHONE, "Pixel")
    await bluez.pair_from_phone(PHONE)
    await bluez.method(PHONE, "Connect", "", "import time; time.sleep(4)")
    begun = time.monotonic()
    assert await bluetooth.probe(PHONE) is False
    assert time.monotonic() - begun < 3.3


async def test_a_phone_is_paged_without_bluez_where_the_machine_can(bluez: BluezMock, bus: SystemBus) -> None:
    await bluez.add_device(PHONE, "Pixel")
    asked: list[str] = []

    def page(address: str) -> bool:
        asked.append(address)
        return address == PHONE

    bluetooth = Bluetooth(bus, time.monotonic, page)
    assert await bluetooth.probe(PHONE) is True
    assert await bluetooth.probe(STRANGER) is False
    assert asked == [PHONE, STRANGER]
    assert await bluez.calls(PHONE) == []


def test_a_machine_without_bluetooth_sockets_cannot_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_BLUETOOTH", raising=False)
    assert module.page_device(PHONE) is None
