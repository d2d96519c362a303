"""From an edge on a pin to a file on the disk, to who listens, and to an event of the NVR."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.e2e.program import Program

pytest.importorskip("gpiozero")

FPS, ROUNDS = 10, 2
FACTORY = '''
import os, threading
from gpiozero.pins.mock import MockFactory

class PipedFactory(MockFactory):
    """gpiozero's mock pins, driven from another process: lines such as `22 1` in a pipe."""

    def __init__(self):
        super().__init__()
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self):
        while True:
            with open(os.environ["PIPED_PINS"]) as pipe:
                for line in pipe:
                    gpio, level = map(int, line.split())
                    (self.pin(gpio).drive_high if level else self.pin(gpio).drive_low)()
'''


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 20 s with a keyframe every second, which the camera plays over and over."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    noise = np.random.default_rng(1).integers(0, 255, (180, 640, 3), dtype=np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "x264-params": "scenecut=0"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 320, 180, "yuv420p", FPS
        for number in range(20 * FPS):
            picture = np.ascontiguousarray(noise[:, number : number + 320])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


class PipedPins:
    """The mock pins of the program."""

    def __init__(self, directory: Path, patch: pytest.MonkeyPatch) -> None:
        modules = directory / "pins"
        described = modules / "piped_pins-1.0.dist-info"
        described.mkdir(parents=True)
        (modules / "piped_pins.py").write_text(FACTORY)
        (described / "METADATA").write_text("Metadata-Version: 2.1\nName: piped-pins\nVersion: 1.0\n")
        (described / "entry_points.txt").write_text("[gpiozero_pin_factories]\npiped = piped_pins:PipedFactory\n")
        self._pipe = directory / "pipe"
        os.mkfifo(self._pipe)
        patch.setenv("PYTHONPATH", f"{modules}{os.pathsep}{os.environ.get('PYTHONPATH', '')}".rstrip(os.pathsep))
        patch.setenv("GPIOZERO_PIN_FACTORY", "piped")
        patch.setenv("PIPED_PINS", str(self._pipe))

    def drive(self, gpio: int, *, high: bool) -> None:
        """Drive a pin; the factory must have been used once."""
        with self._pipe.open("w") as pipe:
            pipe.write(f"{gpio} {int(high)}\n")


class EdgeStream:
    """Listens to the event stream of the edge API."""

    def __init__(self, url: str) -> None:
        self.heard: list[tuple[str, Any]] = []
        self._answer = urllib.request.urlopen(f"{url}/events", timeout=60)
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        event = ""
        with contextlib.suppress(OSError, ValueError):
            for raw in self._answer:
                name, _, value = raw.decode().strip().partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    self.heard.append((event, json.loads(value)))

    def of(self, event: str) -> list[Any]:
        """Return the data of all events of a kind, but for the state at the beginning."""
        return [data for one, data in list(self.heard) if one == event]


def ask(url: str, body: dict[str, Any] | None = None) -> Any:
    """Return the answer to a GET, or to a POST with `body`."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@pytest.fixture
def pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PipedPins:
    return PipedPins(tmp_path, monkeypatch)


@pytest.fixture
def program(tmp_path: Path, film: Path, pins: PipedPins) -> Iterator[Program]:
    del pins
    config = f"cameras:\n  front: {{ffmpeg: {{inputs: [{{path: '{film}'}}]}}}}\nedge: {{camera: front, port: 0}}\n"
    made = Program.run(tmp_path / "data", config)
    try:
        made.wait(lambda: made.json("/api/stats")["cameras"]["front"]["camera_fps"], 30, "picture")
        yield made
    finally:
        made.stop()


def test_a_door_that_opens_is_on_the_disk_is_told_and_is_an_event(
    program: Program, pins: PipedPins, request: pytest.FixtureRequest
) -> None:
    edge = program.wait(lambda: program._find(r"http://127\.0\.0\.1:\d+(?=  \(edge camera\))"), 10, "edge API")
    folder = program.data / "edge" / "client" / "recordings"
    stream = EdgeStream(edge)
    assert ask(f"{edge}/sensor/configure", {"type": "reed_switch", "hold_seconds": 1})["armed"] is True
    pins.drive(22, high=False)  # the door is closed
    waits: list[float] = []
    for number in range(1, ROUNDS + 1):
        time.sleep(3.5)  # for the seconds before the next recording
        known = set(folder.glob("output_*.mp4"))
        begin = time.monotonic()
        pins.drive(22, high=True)
        while not (fresh := [one for one in folder.glob("output_*.mp4") if one not in known and one.stat().st_size]):
            assert time.monotonic() < begin + 10, program.output()[-2000:]
            time.sleep(0.001)
        waits.append(time.monotonic() - begin)
        program.wait(lambda: stream.of("sensor_state")[-1]["recording_from_sensor"], 10, "recording")
        pins.drive(22, high=False)
        program.wait(lambda number=number: len(stream.of("archive_updated")) >= number, 30, "file")  # type: ignore[misc]
        (video,) = fresh
        meta = json.loads(video.with_suffix(".meta.json").read_text())
        assert (meta["reason"], meta["sensor_type"]) == ("sensor", "reed_switch")
        with av.open(str(video)) as container:
            assert (container.duration or 0) / av.time_base >= 3 + 1  # what was before, and the hold
        assert stream.of("archive_updated")[-1]["path"] == str(video)
    request.node.user_properties.append(("edge_to_disk_ms", [round(wait * 1000) for wait in waits]))
    assert min(waits) <= 0.1, waits
    flags = [(one["triggered"], one["recording_from_sensor"]) for one in stream.of("sensor_state")]
    cycle = [(True, False), (True, True), (False, True), (False, False)]
    assert flags[-4 * ROUNDS :] == cycle * ROUNDS
    assert [one["recording"] for one in stream.of("recording_state")] == [False] + [True, False] * ROUNDS
    events = program.wait(lambda: _ended(program), 10, "event")
    assert {one["label"] for one in events} == {"reed_switch"}
    reviewed = [label for item in program.json("/api/review?limit=100") for label in item["data"]["objects"]]
    assert "reed_switch" in reviewed


def _ended(program: Program) -> list[dict[str, Any]] | None:
    """Return the events of the sensor when all of them have ended."""
    found = program.events("&labels=reed_switch")
    return found if len(found) == ROUNDS and all(one["end_time"] for one in found) else None
