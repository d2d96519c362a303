"""What is switched reaches the workers that run, and those go on: also when the core is started anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.e2e.program import Program

CONFIG = """
detectors: {instant: {type: fixed, boxes: "person,0.9,110,60,210,280"}}
cameras:
  street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=1&fps=8&size=320x180"}]}}
  lane: {ffmpeg: {inputs: [{path: "synthetic://street?seed=2&fps=8&size=320x180"}]}}
"""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program.run(tmp_path / "data", CONFIG)
    try:
        yield made
    finally:
        made.stop()


def switch(program: Program, name: str, value: str) -> None:
    """Switch something of the camera `street`, and wait until that is in force."""
    state = f"street/{name}/state"
    with connect(f"{program.address.replace('http', 'ws')}/ws") as socket:
        socket.send(json.dumps({"topic": f"street/{name}/set", "payload": value}))
        while True:
            message = json.loads(socket.recv(timeout=10))
            if message["topic"] == state and message["payload"] == value:
                return


def fps(program: Program, camera: str) -> float:
    found: dict[str, Any] = program.json("/api/stats")["cameras"]
    return float(found.get(camera, {}).get("camera_fps", 0))


def test_a_camera_is_switched_off_and_on_without_a_new_process(program: Program) -> None:
    program.wait(lambda: fps(program, "street") > 0 and fps(program, "lane") > 0, 30, "frames")
    workers = program.workers().keys()
    assert len(workers) == 4
    switch(program, "enabled", "OFF")
    shown = program.json("/api/config")["cameras"]["street"]
    assert (shown["enabled"], shown["enabled_in_config"]) == (False, True)
    program.wait(lambda: fps(program, "street") == 0, 20, "end of frames")
    program.post("/api/restart", {})
    program.follow(2, 30)
    assert program.workers().keys() == workers
    assert program.json("/api/config")["cameras"]["street"]["enabled"] is False
    program.wait(lambda: fps(program, "lane") > 0, 20, "frames of the other camera")
    assert fps(program, "street") == 0
    switch(program, "enabled", "ON")
    program.wait(lambda: fps(program, "street") > 0, 20, "frames again")
    assert program.workers().keys() == workers
