"""The sensor: sections 6, 7 and 13 of the contract, over HTTP."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import gpiozero
import httpx
import pytest
from gpiozero.pins.mock import MockFactory

from dogwatch.edge.news import QUEUE
from dogwatch.edge.sensors.types import TYPES
from dogwatch.testing.app import Nvr, edge_nvr, until
from tests.integration.contract.edge.conftest import done, fails

IDLE = {"enabled": False, "armed": False, "triggered": False, "suppressed": False, "recording_from_sensor": False}


@pytest.fixture
def factory(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    """gpiozero's mock pins, as the pin factory of this process."""
    made = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", made)
    yield made
    made.reset()


@pytest.fixture
async def wired(tmp_path: Path, factory: MockFactory) -> AsyncIterator[Nvr]:
    """An app whose machine has GPIO lines."""
    del factory
    async with edge_nvr(tmp_path) as made:
        yield made


def noted(app: Nvr) -> list[str]:
    """Return what the event log has of the sensor."""
    return [one.kind for one in app.edge.event_log.since(1) if one.kind.startswith("sensor")]


def is_triggered(app: Nvr, wanted: bool) -> bool:
    """Whether the sensor has taken the step to a state."""
    return app.edge.sensors.flags()["triggered"] is wanted


@pytest.mark.edge_endpoint("GET /sensor/status")
async def test_status_without_a_sensor(client: httpx.AsyncClient) -> None:
    assert done(await client.get("/sensor/status")) == {
        **IDLE,
        "hold_seconds": 10,
        "hold_remaining_seconds": None,
        "config": {
            "type": "reed_switch", "gpio": 22, "enabled": False, "hold_seconds": 10, "invert_logic": False,
            "calibration": {},
        },
        "sensor": None,
        "sensor_error": None,
    }  # fmt: skip


@pytest.mark.edge_endpoint("GET /sensor/types")
async def test_types(client: httpx.AsyncClient) -> None:
    types = done(await client.get("/sensor/types"))
    assert [one["type"] for one in types] == list(TYPES)
    assert types[0]["wiring"] == [
        {"pin": "3V3 [17]", "connect": "VCC (+)"},
        {"pin": "GND [14]", "connect": "GND"},
        {"pin": "GPIO22 [15]", "connect": "DO"},
    ]
    (knock,) = (one for one in types if one["type"] == "knock")
    assert [(one["key"], one["min"], one["max"], one["default"]) for one in knock["calibration"]] == [
        ("pulse_count", 1, 10, 3),
        ("pulse_window", 1, 30, 5),
    ]


@pytest.mark.edge_endpoint("POST /sensor/configure", "GET /sensor/status")
async def test_configure_replaces_the_whole_sensor_and_arms_it(wired: Nvr, tmp_path: Path) -> None:
    async with wired.edge_client() as client:
        body = {"type": "knock", "gpio": 5, "hold_seconds": 2.5, "calibration": {"pulse_count": 2}, "colour": "red"}
        found = done(await client.post("/sensor/configure", json=body))
        config = {
            "type": "knock", "gpio": 5, "enabled": True, "hold_seconds": 2.5, "invert_logic": False,
            "calibration": {"pulse_count": 2},
        }  # fmt: skip
        assert (found["config"], found["armed"]) == (config, True)
        assert set(found) == {"message", "config", "armed"}
        status = done(await client.get("/sensor/status"))
        assert status["sensor"] == {"type": "knock", "name": "Knock / Tap", "gpio": 5, "running": True}
        kept = json.loads((tmp_path / "edge/client/settings/settings.json").read_text())
        assert kept["Sensor"] == config
        found = done(await client.post("/sensor/configure", json={"type": "button"}))
        assert found["config"] == {
            "type": "button", "gpio": 27, "enabled": True, "hold_seconds": 10, "invert_logic": False, "calibration": {},
        }  # fmt: skip
        for gpio in (0, 3):
            assert "warning" in done(await client.post("/sensor/configure", json={"type": "pir", "gpio": gpio}))
        assert noted(wired) == ["sensor_armed", "sensor_disarmed"]


@pytest.mark.edge_endpoint("POST /sensor/configure")
@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "type_required", "type"),
        ({"type": None}, "type_required", "type"),
        ({"type": 7}, "bad_field", "type"),
        ({"type": "radar"}, "unknown_type", None),
        ({"type": "pir", "gpio": 28}, "bad_field", "gpio"),
        ({"type": "pir", "gpio": -1}, "bad_field", "gpio"),
        ({"type": "pir", "gpio": "5"}, "bad_field", "gpio"),
        ({"type": "pir", "gpio": True}, "bad_field", "gpio"),
        ({"type": "pir", "gpio": 5.5}, "bad_field", "gpio"),
        ({"type": "pir", "enabled": "yes"}, "bad_field", "enabled"),
        ({"type": "pir", "hold_seconds": -1}, "bad_field", "hold_seconds"),
        ({"type": "pir", "hold_seconds": 3601}, "bad_field", "hold_seconds"),
        ({"type": "pir", "hold_seconds": "9"}, "bad_field", "hold_seconds"),
        ({"type": "pir", "hold_seconds": True}, "bad_field", "hold_seconds"),
        ({"type": "pir", "invert_logic": 1}, "bad_field", "invert_logic"),
        ({"type": "pir", "calibration": [1]}, "bad_field", "calibration"),
        ({"type": "pir", "calibration": {"sensitivity": 11}}, "bad_calibration", "sensitivity"),
        ({"type": "pir", "calibration": {"sensitivity": "7"}}, "bad_calibration", "sensitivity"),
        ({"type": "pir", "calibration": {"sensitivity": 2.5}}, "bad_calibration", "sensitivity"),
        ({"type": "pir", "calibration": {"pulse_count": 3}}, "bad_calibration", "pulse_count"),
        ({"type": "reed_switch", "calibration": {"settle_time": 3}}, "bad_calibration", "settle_time"),
    ],
)
async def test_what_cannot_be_configured(client: httpx.AsyncClient, body: Any, code: str, field: str | None) -> None:
    answer = await client.post("/sensor/configure", json=body)
    if code == "unknown_type":
        fails(answer, 400, code, available=list(TYPES))
    else:
        fails(answer, 400, code)
        assert answer.json()["field"].startswith(str(field))
    assert done(await client.get("/sensor/status"))["config"]["enabled"] is False


@pytest.mark.edge_endpoint("POST /sensor/configure", "POST /sensor/test")
async def test_a_machine_without_lines(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.edge.sensors.gpiod_factory.find_chip", lambda: None)
    found = done(await client.post("/sensor/configure", json={"type": "reed_switch"}))
    assert (found["armed"], found["config"]["enabled"]) == (False, True)
    assert "no GPIO chip" in found["sensor_error"]
    status = done(await client.get("/sensor/status"))
    assert (status["enabled"], status["armed"]) == (True, False)
    assert status["sensor"]["running"] is False
    assert "no GPIO chip" in status["sensor_error"]
    tested = done(await client.post("/sensor/test", json={"type": "reed_switch"}))
    assert (tested["value"], tested["level"], tested["would_trigger"]) == (None, None, None)
    assert "no GPIO chip" in tested["message"]


@pytest.mark.edge_endpoint("POST /sensor/enable", "POST /sensor/disable")
async def test_enable_and_disable_are_idempotent(wired: Nvr) -> None:
    async with wired.edge_client() as client:
        for _ in range(2):
            assert done(await client.post("/sensor/enable"))["armed"] is True
            assert wired.edge.settings.current.sensor.enabled
        assert noted(wired) == ["sensor_armed"]
        for _ in range(2):
            assert done(await client.post("/sensor/disable"))["armed"] is False
            assert not wired.edge.settings.current.sensor.enabled
        assert done(await client.get("/sensor/status"))["sensor"] is None


@pytest.mark.edge_endpoint("POST /sensor/test")
async def test_a_line_is_read_as_it_is(wired: Nvr, factory: MockFactory) -> None:
    async with wired.edge_client() as client:
        for kind, level, would in (("reed_switch", "high", True), ("pir", "low", False), ("button", "high", False)):
            gpio = TYPES[kind].gpio
            assert done(await client.post("/sensor/test", json={"type": kind})) == {
                "value": level == "high", "level": level, "gpio": gpio, "type": kind, "would_trigger": would,
            }  # fmt: skip
        found = done(await client.post("/sensor/test", json={"type": "knock", "gpio": 4}))
        assert (found["gpio"], found["value"], found["would_trigger"]) == (4, True, None)
        found = done(await client.post("/sensor/test", json={"type": "mock", "gpio": "any"}))
        assert (found["value"], found["gpio"]) == (None, None)
        assert found["message"]
        done(await client.post("/sensor/configure", json={"type": "reed_switch", "invert_logic": True}))
        factory.pin(22).drive_low()
        found = done(await client.post("/sensor/test", json={"type": "reed_switch"}))
        assert (found["value"], found["would_trigger"]) == (
            False,
            True,
        )  # the open line, which nobody has pulled up again
        fails(await client.post("/sensor/test", json={}), 400, "type_required")
        fails(await client.post("/sensor/test", json={"type": "pir", "gpio": 99}), 400, "bad_field", field="gpio")


@pytest.mark.edge_endpoint("POST /sensor/test")
async def test_a_line_that_somebody_has(wired: Nvr, factory: MockFactory) -> None:
    with gpiozero.LED(5, pin_factory=factory):
        async with wired.edge_client() as client:
            fails(await client.post("/sensor/test", json={"type": "pir", "gpio": 5}), 409, "gpio_busy")


@pytest.mark.edge_endpoint("POST /sensor/mock/trigger", "POST /sensor/mock/release")
async def test_the_mock_sensor(client: httpx.AsyncClient, app: Nvr) -> None:
    for route in ("/sensor/mock/trigger", "/sensor/mock/release"):
        fails(await client.post(route), 400, "mock_not_active")
    found = done(await client.post("/sensor/configure", json={"type": "mock", "gpio": 99, "invert_logic": True}))
    assert (found["armed"], found["config"]["gpio"]) == (True, None)
    done(await client.post("/sensor/mock/trigger"))
    assert done(await client.get("/sensor/status"))["triggered"] is True
    done(await client.post("/sensor/mock/release"))
    assert done(await client.get("/sensor/status"))["triggered"] is False
    assert [noted(app)[at] for at in (0, 1, -1)] == ["sensor_armed", "sensor_triggered", "sensor_released"]


async def test_numbers_and_texts_at_their_limits(client: httpx.AsyncClient) -> None:
    json_type = {"Content-Type": "application/json"}
    for number in ("1e999", "-1e999", "1" + "0" * 400, "NaN", "1e-999", "-0.0"):
        for body in (
            f'{{"type": "pir", "calibration": {{"sensitivity": {number}}}}}',
            f'{{"type": "pir", "gpio": {number}}}',
            f'{{"type": "pir", "hold_seconds": {number}}}',
        ):
            for route in ("/sensor/configure", "/sensor/test"):
                answer = await client.post(route, content=body, headers=json_type)
                assert answer.status_code in (200, 400), (route, body, answer.text)
    for text in ('"\\ud800"', '"\\u0000"', '"' + "x" * 100_000 + '"'):
        for route, key in (("/sensor/configure", "type"), ("/mode", "mode")):
            answer = await client.post(route, content=f'{{"{key}": {text}}}', headers=json_type)
            assert answer.status_code == 400, (route, text[:20], answer.text[:200])


@pytest.mark.edge_endpoint("POST /settings", "POST /settings/import")
async def test_settings_that_change_arm_again(wired: Nvr, factory: MockFactory) -> None:
    async with wired.edge_client() as client:
        done(await client.post("/settings", json={"Sensor": {"enabled": True}}))
        assert done(await client.get("/sensor/status"))["armed"] is True
        done(await client.post("/settings", json={"Sensor": {"type": "touch", "gpio": 16}}))
        factory.pin(16).drive_high()
        await until(lambda: wired.edge.sensors.flags()["triggered"])
        fails(await client.post("/settings", json={"Sensor": {"type": "radar"}}), 400, "bad_field")
        done(await client.post("/settings/import", json={"Sensor": {"enabled": False}}))
        assert done(await client.get("/sensor/status"))["armed"] is False


async def test_a_stalled_client_and_a_scan_delay_no_edge(wired: Nvr, factory: MockFactory) -> None:
    over = asyncio.Event()

    async def scan(*_: Any, **__: Any) -> list[Any]:
        await over.wait()
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wired.edge.bluetooth, "scan", scan)
        async with wired.edge_client() as client, wired.edge_client() as scanning:
            scanned = asyncio.create_task(scanning.post("/bt/scan", json={"duration": 20}))
            with wired.edge.news.joined(None, None) as joined:  # who never reads
                body = {"type": "pir", "calibration": {"sensitivity": 10}}
                done(await client.post("/sensor/configure", json=body))
                for _ in range(QUEUE + 1):
                    wired.edge.news.publish("sensor_state", {})
                waits = []
                for high in (True, False) * 5:
                    at = time.monotonic()
                    (factory.pin(17).drive_high if high else factory.pin(17).drive_low)()
                    await until(partial(is_triggered, wired, high))
                    waits.append(time.monotonic() - at)
                    await asyncio.sleep(0.1)  # the sensor takes samples at 10 Hz
                assert len(joined.reader.queue) == QUEUE
                assert not scanned.done()
                assert median(waits) < 0.1, waits
            over.set()
            await scanned
