"""Histories, and settings of the stream: section 12 of the contract."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import httpx
import pytest

from dogwatch.edge.event_log import EventLog
from dogwatch.testing.app import Nvr, edge_nvr
from dogwatch.testing.clock import StandingClock
from tests.integration.contract.edge.conftest import done, fails
from tests.integration.contract.edge.test_11_system import hardware

T0 = 1_775_046_622.004211


@pytest.mark.edge_endpoint("GET /health_history")
async def test_health(tmp_path: Path) -> None:
    clock = StandingClock(T0)
    hardware(tmp_path, temperature="66000", life_time=None)
    async with edge_nvr(tmp_path, clock=clock) as app, app.edge_client() as client:
        assert done(await client.get("/health_history")) == []
        app.edge.health.sample()
        clock.advance(30 * 3600)
        app.edge.health.sample()
        (row,) = done(await client.get("/health_history"))
        assert set(row) == {"ts", "status", "temp", "load", "throttle_active", "ram_pct"}
        assert (row["temp"], row["status"]) in ((66.0, "warn"), (66.0, "critical"))
        rows = done(await client.get("/health_history?hours=72"))
        assert [one["ts"] for one in rows] == ["2026-04-01T12:30:22.004211+00:00", "2026-04-02T18:30:22.004211+00:00"]
        for hours in ("73", "0", "-1", "nan", "x", "1e999"):
            fails(await client.get(f"/health_history?hours={hours}"), 400, "bad_field", field="hours")
    kept = json.loads((tmp_path / "edge" / "client" / "data" / "health_log.json").read_text())
    assert kept == rows
    async with edge_nvr(tmp_path, clock=clock) as app, app.edge_client() as client:
        assert done(await client.get("/health_history?hours=72")) == rows


async def test_samples_are_bounded(app: Nvr, tmp_path: Path) -> None:
    for _ in range(3):
        app.edge.health._samples.extend({"ts": "2026"} for _ in range(400))
    app.edge.health.sample()
    assert len(json.loads((tmp_path / "edge" / "client" / "data" / "health_log.json").read_text())) == 864


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(T0)


@pytest.mark.edge_endpoint("GET /event_history", "GET /event_history/csv")
async def test_events(tmp_path: Path, clock: StandingClock) -> None:
    async with edge_nvr(tmp_path, clock=clock, start=False) as app, app.edge_client() as client:
        log: EventLog = app.edge.event_log
        log.add("sensor_triggered", "Door")
        clock.advance(60)
        log.add("sensor_triggered", "Door")
        log.add("sensor_triggered", "Other")
        clock.advance(61)
        log.add("sensor_triggered", "Door")
        log.add("unauthorized_access")
        log.add("device_left", '=cmd "x", y')
        rows = done(await client.get("/event_history"))
        assert [(row["type"], row.get("detail")) for row in rows] == [
            ("sensor_triggered", "Door"),
            ("sensor_triggered", "Other"),
            ("sensor_triggered", "Door"),
            ("unauthorized_access", None),
            ("device_left", '=cmd "x", y'),
        ]
        assert [row["severity"] for row in rows] == ["warn", "warn", "warn", "critical", "ok"]
        assert rows[0]["ts"] == "2026-04-01T12:30:22.004211+00:00"
        answer = await client.get("/event_history/csv?hours=1")
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.headers["content-disposition"] == "attachment; filename=events.csv"
        table = list(csv.reader(answer.text.splitlines()))
        assert table[0] == ["timestamp", "type", "severity", "detail"]
        assert table[1] == [rows[0]["ts"], "sensor_triggered", "warn", "Door"]
        assert table[5][3] == '\'=cmd "x", y'
        clock.advance(2 * 3600)
        assert done(await client.get("/event_history?hours=1")) == []
        for hours in ("4381", "0", "nan"):
            fails(await client.get(f"/event_history?hours={hours}"), 400, "bad_field", field="hours")
        file = tmp_path / "edge" / "client" / "data" / "event_log.json"
        assert not file.exists()
        log.flush()
        assert json.loads(file.read_text()) == rows
    async with edge_nvr(tmp_path, clock=clock, start=False) as app, app.edge_client() as client:
        assert done(await client.get("/event_history")) == rows


async def test_what_stands_in_the_file_may_be_anything(tmp_path: Path, clock: StandingClock) -> None:
    file = tmp_path / "edge" / "client" / "data" / "event_log.json"
    file.parent.mkdir(parents=True)
    for text in ("{", "5", '[1, {"ts": "x", "type": "y"}, {"ts": 5, "type": "y"}, {"ts": "0001-01-01", "type": "y"}]'):
        file.write_text(text)
        async with edge_nvr(tmp_path, clock=clock, start=False) as app, app.edge_client() as client:
            assert done(await client.get("/event_history")) == []


async def test_the_nvr_tells_of_motion_and_of_the_stream(app: Nvr) -> None:
    publish = app.services.broadcast.publish
    for topic, payload in (
        ("front/status/record", "offline"),
        ("front/status/record", "online"),
        ("back/motion", "ON"),
        ("front/motion", "ON"),
        ("front/motion", "OFF"),
        ("front/status/record", "offline"),
        ("front/status/record", "online"),
    ):
        publish(topic, payload)
    kinds = [one.kind for one in app.edge.event_log.since(1) if one.kind != "system_boot"]
    assert kinds == ["motion_detected", "stream_disconnected", "stream_reconnected"]


@pytest.mark.edge_endpoint("GET /stream_settings", "POST /stream_settings")
async def test_the_stream(client: httpx.AsyncClient) -> None:
    found = done(await client.get("/stream_settings"))
    assert (found["width"], found["height"], found["fps"], found["hflip"], found["vflip"]) == (
        1296,
        972,
        30,
        False,
        False,
    )
    assert (found["brightness"], found["awb"]) == (0, "auto")
    answer = done(await client.post("/stream_settings", json={"width": 640, "fps": 12.5, "rotation_angle": 180}))
    assert "comes from elsewhere" in answer["warning"]
    done(await client.post("/settings", json={"RotationMode": "stream"}))
    found = done(await client.get("/stream_settings"))
    assert (found["width"], found["height"], found["fps"], found["hflip"], found["vflip"]) == (
        640,
        972,
        12.5,
        True,
        True,
    )
    for wrong, field in (
        ({}, "width"),
        ({"other": 1}, "width"),
        ({"width": 319}, "width"),
        ({"width": "640"}, "width"),
        ({"fps": 0}, "fps"),
        ({"rotation_angle": 45}, "rotation_angle"),
        ({"height": 480.5}, "height"),
    ):
        fails(await client.post("/stream_settings", json=wrong), 400, "bad_field", field=field)
    fails(await client.post("/stream_settings", json={"rotation_angle": 90}), 400, "bad_field")
    assert done(await client.get("/stream_settings")) == found


@pytest.mark.edge_endpoint("GET /isp_settings", "POST /isp_settings")
async def test_image_quality(client: httpx.AsyncClient) -> None:
    done(await client.post("/isp_settings", json={"brightness": -0.5, "awb": "daylight", "metering": "spot"}))
    found = done(await client.get("/isp_settings"))
    assert (found["brightness"], found["awb"], found["metering"], found["contrast"]) == (-0.5, "daylight", "spot", 1)
    assert done(await client.get("/settings"))["ISP"] == {"brightness": -0.5, "awb": "daylight", "metering": "spot"}
    for wrong in (
        {"brightness": 1.1},
        {"contrast": 17},
        {"ev": -11},
        {"awb": "x"},
        {"zoom": 1},
        {},
        {"sharpness": "1"},
    ):
        fails(await client.post("/isp_settings", json=wrong), 400, "bad_field")
    assert done(await client.get("/isp_settings")) == found
