"""Modes and outputs: an addition to the contract (docs/api/edge/modes.md)."""

import threading
from collections.abc import Iterator
from datetime import UTC
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import gpiozero
import httpx
import pytest
from gpiozero.pins.mock import MockFactory

from dogwatch.testing.app import Nvr, edge_nvr, until
from dogwatch.testing.clock import StandingClock
from tests.integration.contract.edge.conftest import done, fails

EDGE = """
edge:
  camera: front
  boot: [boot]
  sysfs: sys
  proc: proc
  modes:
    home: {alert: false, notify: false, sensor: false}
    armed: {detect: true, alert: true, sensor: true}
    input: {gpio: 4, high: armed, low: home}
    schedule: [{at: "22:30", mode: night}]
    presence: {home: home, away: armed}
  outputs:
    siren: {gpio: 21, on: [alert, sensor_triggered], modes: [armed], seconds: 30, longest_s: 60, rest_s: 100}
    relay: {gpio: 20, active_low: true, dead_man_s: 5}
"""


@pytest.fixture
def factory(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    made = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", made)
    yield made
    made.reset()


def switch(app: Nvr, name: str) -> Any:
    return app.edge.context.switches.find("front", name)


def is_in(app: Nvr, mode: str | None) -> bool:
    """Whether a mode is in force."""
    return app.edge.modes.state.mode == mode


@pytest.mark.edge_endpoint("GET /mode", "POST /mode")
async def test_a_mode_sets_switches_of_all_cameras(tmp_path: Path, factory: MockFactory) -> None:
    async with edge_nvr(tmp_path, edge=EDGE) as app, app.edge_client() as client:
        assert done(await client.get("/mode")) == {
            "mode": None, "since": None, "by": "start", "modes": ["armed", "home", "night", "off"],
        }  # fmt: skip
        assert switch(app, "review_alerts") is True
        found = done(await client.post("/mode", json={"mode": "home"}))
        assert (found["mode"], found["by"]) == ("home", "api")
        assert done(await client.get("/mode"))["since"] == found["since"]
        assert switch(app, "review_alerts") is False
        done(await client.post("/mode", json={"mode": "armed"}))
        assert switch(app, "review_alerts") is True
        assert app.edge.sensors.flags()["armed"]
        done(await client.post("/mode", json={"mode": "off"}))
        assert switch(app, "recordings") is False
        for wrong in ({}, {"mode": "away"}, {"mode": 1}, {"mode": None}):
            fails(await client.post("/mode", json=wrong), 400, "bad_field", field="mode")
        assert [one.kind for one in app.edge.event_log.since(1) if one.kind.startswith("mode")] == ["mode_changed"] * 3
    async with edge_nvr(tmp_path, edge=EDGE) as app, app.edge_client() as client:
        assert done(await client.get("/mode"))["mode"] == "off"
        await until(lambda: switch(app, "review_alerts") is False)  # a switch that does not outlive a restart


async def test_a_line_changes_the_mode(tmp_path: Path, factory: MockFactory) -> None:
    async with edge_nvr(tmp_path, edge=EDGE) as app:
        await until(lambda: app.edge.modes._high is True)
        assert app.edge.modes.state.mode is None  # the level at the start is no change
        for high, mode in ((False, "home"), (True, "armed")):
            (factory.pin(4).drive_high if high else factory.pin(4).drive_low)()
            await until(partial(is_in, app, mode))
            assert app.edge.modes.state.by == "input"


async def test_the_schedule_changes_the_mode_also_when_its_time_was_missed(
    tmp_path: Path, factory: MockFactory
) -> None:
    clock = StandingClock(1_775_080_000.0)  # 2026-04-01 21:46:40 UTC
    async with edge_nvr(tmp_path, edge=EDGE, clock=clock, zone=UTC) as app:
        app.edge.modes.set("home")
        app.edge.modes.look()
        assert is_in(app, "home")
        clock.advance(2600)  # 22:30:00
        app.edge.modes.look()
        assert app.edge.modes.state == type(app.edge.modes.state)("night", clock.now, "schedule")
        clock.advance(60)
        app.edge.modes.set("armed")
        app.edge.modes.look()
        assert is_in(app, "armed")  # what somebody chose later counts
    clock.advance(86_400)
    async with edge_nvr(tmp_path, edge=EDGE, clock=clock, zone=UTC) as app:
        await until(lambda: app.edge.modes.state.mode == "night")


async def test_a_mode_that_was_set_while_the_clock_was_wrong_does_not_stop_the_schedule(
    tmp_path: Path, factory: MockFactory
) -> None:
    clock = StandingClock(1_775_080_000.0 + 365 * 86_400)
    async with edge_nvr(tmp_path, edge=EDGE, clock=clock, zone=UTC) as app:
        app.edge.modes.set("home")
        clock.advance(-365.0 * 86_400)
        app.edge.modes.look()
        assert is_in(app, "home")
        clock.advance(2600)  # 22:30:00
        app.edge.modes.look()
        assert is_in(app, "night")


class FakePresence:
    """Says who is at home as the test wants it."""

    def __init__(self) -> None:
        self.home, self.total = False, 1

    def start(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def is_home(self, wait_s: float = 5.0) -> bool:
        """Answer."""
        assert wait_s == 0.0
        return self.home

    def poll_soon(self) -> None:
        """Do nothing."""

    def connections(self) -> dict[str, Any]:
        """Return how many are tracked."""
        return {"bluetooth": {"total": self.total}, "wifi": {"total": 0}}


async def test_presence_changes_the_mode(tmp_path: Path, factory: MockFactory) -> None:
    monotonic = StandingClock(1000.0)
    async with edge_nvr(tmp_path, edge=EDGE, start=False, monotonic=monotonic) as app:
        modes, presence = app.edge.modes, FakePresence()
        modes._around = type(modes._around)(
            **{name: getattr(modes._around, name) for name in modes._around.__slots__ if name != "home"}, home=presence
        )
        for after, home, total, mode in [
            (30, True, 1, None),  # nobody knows yet
            (61, True, 1, None),  # the first that is known is no change
            (5, False, 1, "armed"),
            (5, True, 1, "home"),
            (5, False, 0, "home"),  # nobody is tracked any more
            (5, False, 1, "home"),
        ]:
            monotonic.advance(after)
            presence.home, presence.total = home, total
            modes.look()
            assert modes.state.mode == mode


@pytest.mark.edge_endpoint("GET /outputs", "GET /outputs/{name}", "POST /outputs/{name}")
async def test_outputs(tmp_path: Path, factory: MockFactory) -> None:
    monotonic = StandingClock(1000.0)
    async with edge_nvr(tmp_path, edge=EDGE, monotonic=monotonic) as app, app.edge_client() as client:
        await until(lambda: all(pin in {str(one) for one in factory.pins.values()} for pin in ("GPIO20", "GPIO21")))
        await until(lambda: factory.pin(20).state == 1)  # LOW turns it on
        off = {"on": False, "remaining_seconds": None, "error": None}
        assert done(await client.get("/outputs")) == [{"name": "siren", **off}, {"name": "relay", **off}]
        found = done(await client.post("/outputs/siren", json={"on": True, "seconds": 10}))
        assert (found["on"], found["remaining_seconds"], factory.pin(21).state) == (True, 10.0, 1)
        monotonic.advance(10)
        app.edge.outputs.named("siren").wake()
        await until(lambda: factory.pin(21).state == 0)
        found = done(await client.post("/outputs/siren", json={"on": True, "seconds": 9999}))
        assert found["remaining_seconds"] == 60.0
        assert done(await client.post("/outputs/siren", json={"on": False}))["on"] is False
        found = done(await client.post("/outputs/relay", json={"on": True, "seconds": 60}))
        assert (found["remaining_seconds"], factory.pin(20).state) == (5.0, 0)  # the dead man's switch
        monotonic.advance(3)
        done(await client.post("/outputs/relay", json={"on": True, "seconds": 60}))
        monotonic.advance(3)
        app.edge.outputs.named("relay").wake()
        assert done(await client.get("/outputs/relay"))["on"] is True
        monotonic.advance(3)
        app.edge.outputs.named("relay").wake()
        await until(lambda: factory.pin(20).state == 1)
        fails(await client.get("/outputs/horn"), 404, "not_found")
        fails(await client.post("/outputs/horn", json={"on": True}), 404, "not_found")
        for wrong in ({}, {"on": 1}, {"on": True, "seconds": 0}, {"on": True, "seconds": "5"}):
            fails(await client.post("/outputs/siren", json=wrong), 400, "bad_field")
        siren = factory.pin(21)
        done(await client.post("/outputs/siren", json={"on": True}))
        assert siren.state == 1
    assert siren.states[-1].state == 0  # nothing stays on


async def test_a_rule_turns_a_siren_on_in_its_mode(tmp_path: Path, factory: MockFactory) -> None:
    alert = {"type": "new", "before": {}, "after": {"severity": "alert"}}
    async with edge_nvr(tmp_path, edge=EDGE) as app, app.edge_client() as client:
        body = {"type": "mock", "hold_seconds": 0}
        done(await client.post("/sensor/configure", json=body))
        done(await client.post("/sensor/mock/trigger"))
        app.edge.context.broadcast.publish("reviews", alert)
        assert done(await client.get("/outputs/siren"))["on"] is False
        app.edge.modes.set("armed")
        app.edge.context.broadcast.publish("reviews", {**alert, "after": {"severity": "detection"}})
        assert done(await client.get("/outputs/siren"))["remaining_seconds"] is None
        done(await client.post("/sensor/mock/release"))
        done(await client.post("/sensor/mock/trigger"))
        await until(lambda: factory.pin(21).state == 1)
        done(await client.post("/outputs/siren", json={"on": False}))
        app.edge.context.broadcast.publish("reviews", alert)
        await until(lambda: factory.pin(21).state == 1)
        kinds = [one.kind for one in app.edge.event_log.since(1)]
        assert "output_on" in kinds
        assert "output_off" in kinds


class Lamp(BaseHTTPRequestHandler):
    """A lamp with addresses."""

    asked: ClassVar[list[str]] = []
    status: ClassVar[int] = 200

    def do_POST(self) -> None:
        """Note the address."""
        self.asked.append(self.path)
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


async def test_an_output_behind_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.edge.outputs.RETRY_S", 0.05)
    monkeypatch.setattr(Lamp, "asked", [])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Lamp)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    edge = f"""
edge:
  camera: front
  outputs:
    lamp: {{url_on: "{base}/on?key=secret", url_off: "{base}/off?key=secret"}}
"""
    try:
        async with edge_nvr(tmp_path, edge=edge) as app, app.edge_client() as client:
            await until(lambda: Lamp.asked == ["/off?key=secret"])
            done(await client.post("/outputs/lamp", json={"on": True}))
            assert Lamp.asked[-1] == "/on?key=secret"
            monkeypatch.setattr(Lamp, "status", 500)
            refused = fails(await client.post("/outputs/lamp", json={"on": False}), 503, "output_failed")
            assert "secret" not in str(refused)
            assert "500" in done(await client.get("/outputs/lamp"))["error"]
            monkeypatch.setattr(Lamp, "status", 200)
            await until(lambda: not app.edge.outputs.named("lamp").body()["on"])  # it is tried until it works
            assert Lamp.asked[-1] == "/off?key=secret"
    finally:
        server.shutdown()
        server.server_close()


async def test_a_machine_without_lines_has_outputs_that_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.edge.sensors.gpiod_factory.find_chip", lambda: None)
    async with edge_nvr(tmp_path, edge=EDGE) as app, app.edge_client() as client:
        refused = fails(await client.post("/outputs/siren", json={"on": True}), 503, "output_failed")
        assert "no GPIO chip" in refused["error"]
        assert app.edge.modes.state.mode is None


async def test_there_are_no_outputs_unless_the_file_names_some(client: httpx.AsyncClient) -> None:
    assert done(await client.get("/outputs")) == []
