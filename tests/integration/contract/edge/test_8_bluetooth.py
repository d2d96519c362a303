"""Bluetooth: section 8 of the contract, with BlueZ as python-dbusmock plays it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dogwatch.testing.app import Nvr, edge_nvr, until
from tests.integration.bluez_mock import PHONE, STRANGER, WATCH, BluezMock
from tests.integration.contract.edge.conftest import done, fails
from tests.integration.contract.edge.presence import AccessPoint, Paged, track
from tests.serving import serving_edge


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


@pytest.mark.edge_endpoint("POST /bt/scan", "POST /bluetooth/scan")
@pytest.mark.parametrize("path", ["/bt/scan", "/bluetooth/scan"])
@pytest.mark.usefixtures("app")
async def test_a_scan_lists_what_is_near(with_bluez: BluezMock, client: httpx.AsyncClient, path: str) -> None:
    if path == "/bt/scan":
        await client.post("/bluetooth/scan", json={"duration": 1})
    else:
        await client.post("/bt/scan", json={"duration": 1})
    await with_bluez.add_device(STRANGER, STRANGER.replace(":", "-"))
    await with_bluez.add_device(PHONE, "Pixel")
    found = done(await client.post(path, json={"duration": 1}))
    assert found == {
        "devices": [
            {"address": PHONE, "name": "Pixel", "rssi": -79, "paired": False},
            {"address": STRANGER, "name": STRANGER, "rssi": -79, "paired": False},
        ]
    }


async def test_bluetooth_that_is_not_there_is_told(client: httpx.AsyncClient) -> None:
    for path, body in [
        ("/bt/scan", {"duration": 1}),
        ("/bt/discoverable", {"timeout": 10}),
        ("/devices/bt/add", {"address": PHONE}),
    ]:
        fails(await client.post(path, json=body), 503, "bt_unavailable")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/bt/scan", {"duration": 0}, "duration"),
        ("/bt/scan", {"duration": 61}, "duration"),
        ("/bt/scan", {"duration": "20"}, "duration"),
        ("/bt/scan", {"duration": True}, "duration"),
        ("/bt/discoverable", {"timeout": 9}, "timeout"),
        ("/bt/discoverable", {"timeout": 301}, "timeout"),
        ("/devices/bt/add", {"address": PHONE, "name": 5}, "name"),
        ("/devices/wifi/add", {"address": 5}, "address"),
    ],
)
async def test_values_that_will_not_do_are_refused(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], field: str
) -> None:
    fails(await client.post(path, json=body), 400, "bad_field", field=field)


@pytest.mark.edge_endpoint(
    "POST /devices/bt/add",
    "POST /bluetooth/pair",
    "POST /devices/bt/remove",
    "POST /devices/wifi/add",
    "POST /devices/wifi/remove",
)
async def test_addresses_are_checked(client: httpx.AsyncClient) -> None:
    paths = ["/devices/bt/add", "/bluetooth/pair", "/devices/bt/remove", "/devices/wifi/add", "/devices/wifi/remove"]
    for path in paths:
        fails(await client.post(path, json={}), 400, "address_required")
        fails(await client.post(path, json={"address": ""}), 400, "address_required")
        for address in ("AA:BB:CC:DD:EE", "AA-BB-CC-DD-EE-FF", "AA:BB:CC:DD:EE:GG", "AA:BB:CC:DD:EE:FF; reboot", "x\n"):
            fails(await client.post(path, json={"address": address}), 400, "bad_address")


@pytest.mark.edge_endpoint("POST /bt/discoverable", "POST /bluetooth/discoverable")
@pytest.mark.parametrize("path", ["/bt/discoverable", "/bluetooth/discoverable"])
async def test_the_first_phone_that_pairs_is_tracked(
    with_bluez: BluezMock, app: Nvr, client: httpx.AsyncClient, path: str
) -> None:
    other = {"/bt/discoverable": "/bluetooth/discoverable"}.get(path, "/bt/discoverable")
    await with_bluez.add_device(PHONE, "Pixel")
    window = asyncio.create_task(client.post(path, json={"timeout": 20}))
    await until(lambda: app.edge.bluetooth.busy)
    fails(await client.post(other, json={}), 409, "bt_busy")
    fails(await client.post("/bt/scan", json={}), 409, "bt_busy")
    fails(await client.post("/devices/bt/add", json={"address": WATCH}), 409, "bt_busy")
    await asyncio.sleep(0.3)
    await with_bluez.pair_from_phone(PHONE)
    assert done(await window) == {"device": {"address": PHONE, "name": "Pixel"}}
    assert await with_bluez.device_property(PHONE, "Trusted") is True
    assert app.edge.settings.current.document()["TARGET_BT_ADDRESSES"] == [{"address": PHONE, "name": "Pixel"}]


async def test_nobody_pairs_in_time(
    with_bluez: BluezMock, app: Nvr, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = app.edge.bluetooth._first_paired
    monkeypatch.setattr(app.edge.bluetooth, "_first_paired", lambda before, _: first(before, 0.5))
    fails(await client.post("/bt/discoverable", json={"timeout": 10}), 408, "pair_timeout")
    assert await with_bluez.adapter_property("Discoverable") is False


async def test_a_device_is_paired_tracked_renamed_and_removed(
    with_bluez: BluezMock, app: Nvr, client: httpx.AsyncClient
) -> None:
    await with_bluez.add_device(PHONE, "Pixel")
    added = done(await client.post("/devices/bt/add", json={"address": PHONE.lower()}))
    assert added["device"] == {"address": PHONE, "name": "Pixel"}
    assert await with_bluez.device_property(PHONE, "Paired") is True
    assert await with_bluez.device_property(PHONE, "Trusted") is True
    renamed = done(await client.post("/bluetooth/pair", json={"address": PHONE, "name": "Ann"}))
    assert renamed["device"] == {"address": PHONE, "name": "Ann"}
    again = done(await client.post("/devices/bt/add", json={"address": PHONE}))
    assert again["device"]["name"] == "Ann"
    assert app.edge.settings.current.document()["TARGET_BT_ADDRESSES"] == [{"address": PHONE, "name": "Ann"}]
    for _ in range(2):  # also while it is not known
        done(await client.post("/devices/bt/remove", json={"address": PHONE.lower()}))
    assert app.edge.settings.current.document()["TARGET_BT_ADDRESSES"] == []
    assert done(await client.post("/bt/scan", json={"duration": 1})) == {"devices": []}


async def test_pairing_that_fails_tracks_nothing(with_bluez: BluezMock, app: Nvr, client: httpx.AsyncClient) -> None:
    await with_bluez.add_device(WATCH, "watch")
    await with_bluez.fails(WATCH, "Pair", "org.bluez.Error.AuthenticationCanceled", "canceled")
    fails(await client.post("/devices/bt/add", json={"address": WATCH}), 500, "pair_failed")
    assert app.edge.settings.current.document()["TARGET_BT_ADDRESSES"] == []


async def test_a_device_is_removed_without_bluetooth(app: Nvr, client: httpx.AsyncClient) -> None:
    await track(client, app, bluetooth=[PHONE])
    done(await client.post("/devices/bt/remove", json={"address": PHONE}))
    assert app.edge.settings.current.bluetooth_devices == []


async def test_a_scan_of_twenty_seconds_delays_nothing_and_ends_with_its_client(
    with_bluez: BluezMock, app: Nvr, tmp_path: Path
) -> None:
    async with serving_edge(app, tmp_path) as url, httpx.AsyncClient(base_url=url) as real:
        scan = asyncio.create_task(real.post("/bt/scan", json={"duration": 20}, timeout=30))
        await until(lambda: app.edge.bluetooth.busy)
        took = []
        for path in ("/sensor/status", "/connections", "/devices/status", "/settings") * 5:
            begun = time.monotonic()
            done(await real.get(path))
            took.append(time.monotonic() - begun)
        assert sorted(took)[len(took) // 2] < 0.5
        assert max(took) < 5.0
        assert not scan.done()
        scan.cancel()
        await until(lambda: not app.edge.bluetooth.busy)
    assert await with_bluez.adapter_property("Discovering") is False


async def test_a_client_that_goes_ends_discoverable(with_bluez: BluezMock, app: Nvr, tmp_path: Path) -> None:
    async with serving_edge(app, tmp_path) as url, httpx.AsyncClient(base_url=url) as real:
        window = asyncio.create_task(real.post("/bt/discoverable", json={"timeout": 300}, timeout=60))
        await until(lambda: app.edge.bluetooth.busy)
        await asyncio.sleep(0.3)
        assert await with_bluez.adapter_property("Discoverable") is True
        window.cancel()
        await until(lambda: not app.edge.bluetooth.busy)
    assert await with_bluez.adapter_property("Discoverable") is False
    assert await with_bluez.adapter_property("DiscoverableTimeout") == 180
