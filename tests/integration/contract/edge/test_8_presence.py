"""Who is at home, and Wi-Fi: section 8 of the contract, with BlueZ as python-dbusmock plays it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from dogwatch.edge import presence, stations
from dogwatch.edge.identity_keys import made_by
from dogwatch.errors import EdgeError
from dogwatch.testing.app import Nvr, edge_nvr, until
from tests.integration.bluez_mock import PHONE, STRANGER, WATCH, BluezMock
from tests.integration.contract.edge.conftest import done
from tests.integration.contract.edge.presence import KEY, LAPTOP, AccessPoint, Paged, events, logged, track
from tests.unit.edge.test_low_energy import address_of


@pytest.fixture
async def app(tmp_path: Path, access_point: AccessPoint, phones: Paged) -> AsyncIterator[Nvr]:
    """An app whose parts are not started: each poll is one that a test asks for."""
    async with edge_nvr(tmp_path, start=False) as made:
        yield made
        made.edge.bus.close()


@pytest.fixture
async def with_bluez(bluez: BluezMock, app: Nvr) -> BluezMock:
    """BlueZ with one adapter, which the app uses."""
    return bluez


async def test_wifi_devices_are_added_renamed_and_removed(app: Nvr, client: httpx.AsyncClient) -> None:
    def tracked() -> object:
        return app.edge.settings.current.document()["TARGET_AP_MAC_ADDRESSES"]

    added = done(await client.post("/devices/wifi/add", json={"address": LAPTOP.lower()}))
    assert added["device"] == {"address": LAPTOP, "name": LAPTOP}
    done(await client.post("/devices/wifi/add", json={"address": LAPTOP, "name": "Laptop"}))
    assert tracked() == [{"address": LAPTOP, "name": "Laptop"}]
    for _ in range(2):
        done(await client.post("/devices/wifi/remove", json={"address": LAPTOP}))
    assert tracked() == []


@pytest.mark.edge_endpoint("GET /devices/status", "GET /connections")
async def test_the_first_poll_is_silent(
    app: Nvr, client: httpx.AsyncClient, phones: Paged, access_point: AccessPoint, with_bluez: BluezMock
) -> None:
    await track(client, app, bluetooth=[PHONE, WATCH], wifi=[LAPTOP])
    phones.near, access_point.macs = {PHONE}, [LAPTOP, STRANGER]
    assert done(await client.get("/devices/status")) == {"bt": {PHONE: False, WATCH: False}, "wifi": {LAPTOP: False}}
    status = done(await client.get("/devices/status", params={"refresh": "1"}))
    assert status == {"bt": {PHONE: True, WATCH: False}, "wifi": {LAPTOP: True}}
    counted = {"bluetooth": {"online": 1, "total": 2}, "wifi": {"online": 1, "total": 1}, "ap_clients": 2}
    assert done(await client.get("/connections")) == counted
    assert events(app) == [{"event": "connections", **counted}]
    arrived = [("device_arrived", f"name of {LAPTOP}"), ("device_arrived", f"name of {PHONE}")]
    assert [entry for entry in logged(app) if entry[0].startswith("device")] == arrived


async def test_acceptance_4_a_phone_that_leaves_and_returns_within_two_minutes_is_home_again(
    app: Nvr, client: httpx.AsyncClient, phones: Paged, with_bluez: BluezMock
) -> None:
    who = app.edge.presence
    phones.near = {PHONE}
    await track(client, app, bluetooth=[PHONE])
    await who.poll()
    assert await asyncio.to_thread(who.is_home)
    phones.near = set()
    for expected in (True, True, False):
        await who.poll()
        assert await asyncio.to_thread(who.is_home) is expected
    phones.near = {PHONE}
    await who.poll()
    assert await asyncio.to_thread(who.is_home)
    changes = [event for event in events(app) if event["event"] == "presence_change"]
    assert [change["online"] for change in changes] == [False, True]
    about = {"event": "presence_change", "address": PHONE, "name": f"name of {PHONE}", "transport": "bluetooth"}
    assert changes[0] == {**about, "online": False}
    # The arrival within two minutes is not logged again.
    assert [kind for kind, _ in logged(app) if kind.startswith("device")] == ["device_arrived", "device_left"]


async def test_acceptance_4_a_trigger_is_suppressed_while_the_phone_is_home(
    tmp_path: Path, phones: Paged, access_point: AccessPoint, bluez: BluezMock
) -> None:
    async with edge_nvr(tmp_path) as app, app.edge_client() as client:

        async def triggered() -> bool:
            """Trigger the sensor and release it; return whether it was suppressed meanwhile."""
            done(await client.post("/sensor/mock/trigger"))
            tried = {"recording_failed", "recording_started"}
            await until(lambda: app.edge.sensors.flags()["suppressed"] or tried & {kind for kind, _ in logged(app)})
            suppressed = done(await client.get("/sensor/status"))["suppressed"]
            done(await client.post("/sensor/mock/release"))
            return bool(suppressed)

        async def leave() -> None:
            """Take the phone away; the app's own poll, if it has just seen the phone, begins the three polls anew."""
            phones.near = set()
            for _ in range(6):
                await app.edge.presence.poll()
                if done(await client.get("/devices/status"))["bt"] == {PHONE: False}:
                    return
            pytest.fail("the phone is still at home")

        phones.near = {PHONE}  # at once: a poll of the app's own, which begins now, might miss it otherwise
        await track(client, app, bluetooth=[PHONE])
        done(await client.post("/sensor/configure", json={"type": "mock"}))
        await app.edge.presence.poll()
        assert await triggered()
        await leave()
        phones.near = {PHONE}
        assert done(await client.get("/devices/status", params={"refresh": "1"}))["bt"] == {PHONE: True}
        assert await triggered()
        await leave()
        assert not await triggered()


async def test_a_phone_that_flickers_is_told_once_in_two_minutes(tmp_path: Path, access_point: AccessPoint) -> None:
    now = 1000.0
    async with edge_nvr(tmp_path, start=False, monotonic=lambda: now, clock=lambda: 1.7e9 + now) as app:
        app.edge.settings.change({"TARGET_AP_MAC_ADDRESSES": [{"address": LAPTOP, "name": "Laptop"}]})
        for index in range(12):
            access_point.macs = [LAPTOP] if index % 2 else []
            await app.edge.presence.poll()
            assert app.edge.presence.states()["wifi"] == {LAPTOP: bool(index % 2)}
            now += 30.0
        told = [event["online"] for event in events(app) if event["event"] == "presence_change"]
        # Arrivals at 30, 90, 150, 210, 270 and 330 s, departures at 60, 120, 180, 240 and 300 s.
        assert told == [True, False, True, False, True, False]
        assert [kind for kind, _ in logged(app)] == ["device_arrived", "device_left"] * 3


async def test_without_tracked_devices_nobody_is_home_and_nobody_waits(app: Nvr) -> None:
    begun = time.monotonic()
    assert not await asyncio.to_thread(app.edge.presence.is_home)
    assert time.monotonic() - begun < 1.0


async def test_a_trigger_before_the_first_poll_waits_for_it(
    app: Nvr, client: httpx.AsyncClient, access_point: AccessPoint
) -> None:
    await track(client, app, wifi=[LAPTOP])
    access_point.macs = [LAPTOP]
    begun = time.monotonic()
    assert not await asyncio.to_thread(app.edge.presence.is_home, 0.2)
    assert 0.2 <= time.monotonic() - begun < 2.0
    waiting = asyncio.create_task(asyncio.to_thread(app.edge.presence.is_home))
    await app.edge.presence.poll()
    assert await waiting


async def test_devices_that_are_removed_are_forgotten(
    app: Nvr, client: httpx.AsyncClient, access_point: AccessPoint
) -> None:
    await track(client, app, wifi=[LAPTOP])
    access_point.macs = [LAPTOP]
    await app.edge.presence.poll()
    assert await asyncio.to_thread(app.edge.presence.is_home)
    done(await client.post("/devices/wifi/remove", json={"address": LAPTOP}))
    assert done(await client.get("/devices/status")) == {"bt": {}, "wifi": {}}
    assert not await asyncio.to_thread(app.edge.presence.is_home)


async def test_an_adapter_that_is_lost_leaves_nobody_home(
    app: Nvr, client: httpx.AsyncClient, phones: Paged, with_bluez: BluezMock
) -> None:
    phones.near = {PHONE}
    await track(client, app, bluetooth=[PHONE])
    await app.edge.presence.poll()
    await with_bluez.remove_adapter()
    for _ in range(3):
        assert await asyncio.to_thread(app.edge.presence.is_home)
        await app.edge.presence.poll()
    assert not await asyncio.to_thread(app.edge.presence.is_home)
    await with_bluez.add_adapter()
    await app.edge.presence.poll()
    assert await asyncio.to_thread(app.edge.presence.is_home)


async def test_many_phones_that_are_away_take_turns(tmp_path: Path, access_point: AccessPoint) -> None:
    now, asked = 1000.0, list[str]()
    addresses = [f"AA:BB:CC:DD:EE:{number:02X}" for number in range(8)]

    async def probe(address: str) -> bool:
        nonlocal now
        asked.append(address)
        now += 0.5 if address == addresses[0] else 3.0
        return address == addresses[0]

    async with edge_nvr(tmp_path, start=False, monotonic=lambda: now) as app:
        app.edge.settings.change({"TARGET_BT_ADDRESSES": [{"address": one, "name": ""} for one in addresses]})
        app.edge.bluetooth.probe = probe  # type: ignore[method-assign]
        await app.edge.presence.poll()
        assert asked == addresses  # the first poll asks for all of them
        asked.clear()
        begun = now
        for _ in range(40):
            now += 30.0
            await app.edge.presence.poll()
        counts = [asked.count(address) for address in addresses]
        assert counts[0] == 40
        assert min(counts[1:]) >= max(counts) // 5
        assert max(counts[1:]) - min(counts[1:]) <= 1
        assert sum(counts[1:]) * 3.0 <= 0.25 * (now - begun) + 12.0
        asked.clear()
        app.edge.presence.poll_soon()
        now += 5.0
        app.edge.presence.poll_soon()
        await app.edge.presence.poll()
        assert sorted(asked) == addresses  # somebody asks


async def test_probes_pause_during_a_scan(
    app: Nvr, client: httpx.AsyncClient, phones: Paged, with_bluez: BluezMock
) -> None:
    phones.near = {PHONE}
    await track(client, app, bluetooth=[PHONE])
    await app.edge.presence.poll()
    phones.near = set()
    scan = asyncio.create_task(client.post("/bt/scan", json={"duration": 2}))
    await until(lambda: app.edge.bluetooth.busy)
    asked = phones.asked
    for _ in range(4):
        await app.edge.presence.poll()
    assert phones.asked == asked
    assert await asyncio.to_thread(app.edge.presence.is_home)  # not asked is not missed
    done(await scan)


async def test_polls_come_every_thirty_seconds_and_when_they_are_asked_for(
    tmp_path: Path, access_point: AccessPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    async with edge_nvr(tmp_path, monotonic=lambda: now) as app:
        await until(lambda: len(access_point.commands) == 1 and app.edge.presence._ended_at)
        app.edge.presence.poll_soon()  # one ended a moment ago
        await asyncio.sleep(0.2)
        assert len(access_point.commands) == 1
        now += 5.0
        await asyncio.to_thread(app.edge.presence.poll_soon)
        await until(lambda: len(access_point.commands) == 2)
        now += 5.0
        async with app.edge.presence._polling:
            app.edge.presence.poll_soon()  # one runs
        await asyncio.sleep(0.2)
        assert len(access_point.commands) == 2
        assert set(access_point.commands) == {stations.COMMAND}
    monkeypatch.setattr(presence, "EVERY_S", 0.05)
    async with edge_nvr(tmp_path) as app:
        await until(lambda: len(access_point.commands) >= 5)


async def test_a_phone_with_a_changing_address_is_known_by_its_key(
    app: Nvr, access_point: AccessPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: set[str] = set()
    looks: list[dict[str, bytes]] = []

    async def look(keys: dict[str, bytes]) -> set[str]:
        looks.append(keys)
        return {owner for owner, key in keys.items() if any(made_by(key, address) for address in heard)}

    monkeypatch.setattr(app.edge.presence._low_energy, "look", look)
    app.edge.settings.change({"TARGET_BT_ADDRESSES": [{"address": PHONE, "name": "iPhone", "irk": KEY.hex()}]})
    heard.add(address_of(KEY, b"\x51\x02\x03"))
    await app.edge.presence.poll()
    assert app.edge.presence.states()["bluetooth"] == {PHONE: True}
    heard.clear()
    for _ in range(3):  # it was here lately, so it is worth listening
        await app.edge.presence.poll()
    assert app.edge.presence.states()["bluetooth"] == {PHONE: False}
    heard.add(address_of(KEY, b"\x60\x02\x03"))
    app.edge.presence.poll_soon()
    await app.edge.presence.poll()
    assert app.edge.presence.states()["bluetooth"] == {PHONE: True}
    assert len(looks) == 5


async def test_keys_that_are_none_are_refused(app: Nvr) -> None:
    for key in ("ec02", 5):
        with pytest.raises(EdgeError) as refused:
            app.edge.settings.change({"TARGET_BT_ADDRESSES": [{"address": PHONE, "name": "", "irk": key}]})
        assert refused.value.code == "bad_field"


@pytest.mark.edge_endpoint("GET /wifi/stations")
async def test_stations_of_the_access_point(client: httpx.AsyncClient, access_point: AccessPoint) -> None:
    access_point.macs = [LAPTOP]
    assert done(await client.get("/wifi/stations")) == {"stations": [{"address": LAPTOP, "name": None}]}
    access_point.on = False
    assert done(await client.get("/wifi/stations")) == {"stations": [], "message": "The access point is off"}
