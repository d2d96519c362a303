"""What is switched reaches the workers that run, and those go on: also when the core is started anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.e2e.program import RECORD, Program

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


def test_a_profile_changes_a_camera_without_a_new_process(tmp_path: Path) -> None:
    part = "profiles: {away: {detect: {enabled: false}, record: {enabled: false}}}"
    text = CONFIG.replace('seed=1&fps=8&size=320x180"}]}', f'seed=1&fps=8&size=320x180"}}]}}, {part}')
    program = Program.run(tmp_path / "data", text.replace("detectors:", f"profiles: {{away: }}\n{RECORD}detectors:"))
    try:
        program.wait(lambda: fps(program, "street") > 0 and fps(program, "lane") > 0, 30, "frames")
        workers = program.workers().keys()

        def street() -> tuple[str | None, bool, bool]:
            found = program.json("/api/config")
            camera = found["cameras"]["street"]
            return found.get("active_profile"), camera["detect"]["enabled"], camera["record"]["enabled"]

        assert street() == (None, True, True)
        activate(program, "away")
        assert street() == ("away", False, False)
        program.post("/api/restart", {})
        program.follow(2, 30)
        assert street() == ("away", False, False)
        activate(program, "none")
        assert street() == (None, True, True)
        program.wait(lambda: fps(program, "street") > 0, 20, "frames")
        assert program.workers().keys() == workers
    finally:
        program.stop()


def activate(program: Program, profile: str) -> None:
    """Activate a profile, and wait until clients are told."""
    with connect(f"{program.address.replace('http', 'ws')}/ws") as socket:
        socket.send(json.dumps({"topic": "profile/set", "payload": profile}))
        while (message := json.loads(socket.recv(timeout=10)))["topic"] != "profile/state":
            continue
        assert message["payload"] == profile


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
