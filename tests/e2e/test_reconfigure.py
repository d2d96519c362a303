"""Cameras are changed, added and removed while the program runs; the others lose nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.e2e.program import Program
from tests.e2e.test_kills import files

FPS = 10
KEPT = ("east", "north", "west")
DETECTOR = 'detectors: {instant: {type: fixed, boxes: "person,0.9,110,60,210,280"}}\n'


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two files of 20 s with a keyframe every second, which a camera plays over and over."""
    directory = tmp_path_factory.mktemp("films")
    noise = np.random.default_rng(1).integers(0, 255, (180, 640, 3), dtype=np.uint8)
    for name in ("one.mp4", "two.mp4"):
        with av.open(str(directory / name), "w") as container:
            options = {"preset": "ultrafast", "x264-params": "scenecut=0"}
            stream = container.add_stream("libx264", rate=FPS, options=options)
            stream.width, stream.height, stream.pix_fmt, stream.gop_size = 320, 180, "yuv420p", FPS
            for number in range(20 * FPS):
                picture = np.ascontiguousarray(noise[:, number : number + 320])
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            container.mux(stream.encode(None))
    return [str(directory / name) for name in ("one.mp4", "two.mp4")]


@pytest.fixture
def program(tmp_path: Path, films: list[str]) -> Iterator[Program]:
    lines = [f"  {name}: {{ffmpeg: {{inputs: [{{path: '{films[0]}'}}]}}}}" for name in (*KEPT, "south")]
    made = Program.run(tmp_path / "data", DETECTOR + "cameras:\n" + "\n".join(lines) + "\n")
    try:
        for name in (*KEPT, "south"):
            made.wait(lambda name=name: made.segments(name), 30, "first segment")  # type: ignore[misc]
        yield made
    finally:
        made.stop()


def change(program: Program, camera: str, values: Any) -> list[str]:
    """Change a camera, and return what the program says has changed."""
    body = {"requires_restart": 0, "config_data": {"cameras": {camera: values}}}
    request = urllib.request.Request(f"{program.address}/api/config/set", json.dumps(body).encode(), method="PUT")
    with urllib.request.urlopen(request, timeout=30) as answer:
        said: list[str] = json.load(answer)["changes"]
    return said


def records(program: Program, camera: str) -> int:
    """Return the pid of the process that records a camera and gets pictures, 0 if there is none."""
    one = program.json("/api/stats")["cameras"].get(camera)
    return one["capture_pid"] if one and one["camera_fps"] else 0


def steps(data: Path, camera: str) -> list[float]:
    """Return the times between neighbouring packets of all that is recorded of a camera."""
    times: list[float] = []
    for path in files(data):
        if path.parent.name == camera:
            with av.open(str(path)) as container:
                video = container.streams.video[0]
                times += [float(p.dts * video.time_base) for p in container.demux(video) if p.dts is not None]  # type: ignore[operator]
    return [round(after - before, 3) for before, after in pairwise(times)]


@pytest.mark.timeout(240)
def test_cameras_that_are_not_changed_lose_nothing(program: Program, films: list[str]) -> None:
    recorders = {name: program.wait(lambda name=name: records(program, name), 20, "pictures") for name in KEPT}  # type: ignore[misc]
    inputs = [{"ffmpeg": {"inputs": [{"path": film, "roles": ["record", "detect"]}]}} for film in films]
    pids: set[int] = set()
    for number in range(10):
        match number % 3:
            case 0:
                assert change(program, "south", None) == ["camera south: removed"]
                program.wait(lambda: "south" not in program.json("/api/config")["cameras"], 10, "removal")
                assert program.get("/api/south/latest.jpg")[0] == 404
            case 1:
                assert change(program, "south", inputs[0]) == ["camera south: added"]
            case 2:
                assert change(program, "south", inputs[1]) == ["camera south: ffmpeg changed"]
        if number % 3:
            fresh = program.wait(lambda: {records(program, "south")} - {0} - pids, 20, "pictures of the new camera")
            pids.update(fresh)
        assert change(program, "east", {"motion": {"threshold": 31 + number}}) == ["camera east: motion changed"]
        assert change(program, "north", {"detect": {"fps": 6 + number % 2}}) == ["camera north: detect changed"]
        program.wait(
            lambda n=number: program.json("/api/config")["cameras"]["east"]["motion"]["threshold"] == 31 + n,  # type: ignore[misc]
            10,
            "the changed threshold",
        )
    program.wait(lambda: all(records(program, name) for name in KEPT), 20, "pictures of all")
    assert {name: records(program, name) for name in KEPT} == recorders
    program.stop()
    for name in KEPT:
        found = steps(program.data, name)
        assert len(found) > 5 * FPS
        assert max(found) < 1.5 / FPS, name
        assert min(found) > 0.5 / FPS, name


def analysed(program: Program, *cameras: str) -> dict[str, int] | None:
    """Return the pid of the process that analyses each camera, once all of them, and no others, are analysed."""
    found = {name: one["pid"] for name, one in program.json("/api/stats")["cameras"].items()}
    return found if found.keys() == set(cameras) and all(found.values()) else None


@pytest.mark.skipif(os.cpu_count() == 1, reason="one processor core has one analysis process")
def test_a_fifth_camera_moves_no_other_to_another_process(program: Program, films: list[str]) -> None:
    """Four share a process. So a fifth one needs another, also when a new core takes all of them over."""
    four = (*KEPT, "south")
    before = program.wait(lambda: analysed(program, *four), 20, "analysis of four")
    assert len(set(before.values())) == 1
    inputs = {"ffmpeg": {"inputs": [{"path": films[1], "roles": ["record", "detect"]}]}}
    assert change(program, "fifth", inputs) == ["camera fifth: added"]
    after = program.wait(lambda: analysed(program, *four, "fifth"), 20, "analysis of five")
    assert {name: after[name] for name in four} == before
    assert after["fifth"] not in before.values()
    os.kill(program.core().pid, signal.SIGKILL)
    program.follow(2, 20)
    assert program.wait(lambda: analysed(program, *four, "fifth"), 20, "analysis with another core") == after
    assert change(program, "fifth", None) == ["camera fifth: removed"]
    assert program.wait(lambda: analysed(program, *four), 20, "analysis of four again") == before


def test_reload_says_what_has_changed_or_what_is_wrong(program: Program) -> None:
    def reload() -> tuple[int, str, str]:
        command = [sys.executable, "-m", "dogwatch", "reload", "--data", str(program.data)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    file = program.data / "config.yml"
    text = file.read_text()
    assert reload() == (0, "nothing has changed\n", "")
    file.write_text(text + "ui: {time_format: 24hour}\n")
    assert reload() == (0, "ui changed\n", "")
    assert program.json("/api/config")["ui"]["time_format"] == "24hour"
    file.write_text(text + "nonsense: 1\nui: {time_format: 25hour}\n")
    status, _, said = reload()
    assert status == 1
    line = text.count("\n") + 1
    assert f"line {line}, column 1: nonsense" in said
    assert f"line {line + 1}" in said
    assert program.json("/api/config")["ui"]["time_format"] == "24hour"
    file.write_text(text + "ui: {time_format: 12hour}\n")
    program.process.send_signal(signal.SIGHUP)
    program.wait(lambda: program.json("/api/config")["ui"]["time_format"] == "12hour", 20, "change by SIGHUP")
    kept = program.data / "config.last-worked.yml"  # written when all have taken the change over
    program.wait(lambda: kept.read_text() == file.read_text(), 20, "the copy of what works")


def test_what_only_a_start_can_do_restarts_the_core_alone(program: Program) -> None:
    recorders = {name: program.wait(lambda name=name: records(program, name), 20, "pictures") for name in KEPT}  # type: ignore[misc]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    file = program.data / "config.yml"
    file.write_text(re.sub(r'internal: "127.0.0.1:\d+"', f'internal: "127.0.0.1:{port}"', file.read_text(), count=1))
    command = [sys.executable, "-m", "dogwatch", "reload", "--data", str(program.data)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "the core starts anew because of networking.listen.internal" in said
    program.follow(2, 20)
    assert program.address.endswith(f":{port}")
    program.wait(lambda: all(records(program, name) for name in KEPT), 20, "pictures of all")
    assert {name: records(program, name) for name in KEPT} == recorders
    program.stop()
    for name in KEPT:
        assert max(steps(program.data, name)) < 1.5 / FPS, name
