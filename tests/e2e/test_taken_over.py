"""Events go on while the core is killed or started anew: what is tracked stays one event."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import Program

CONFIG = """
cameras:
  street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=10&size=640x360"}]}}
"""
RESTARTS = ("kill", "restart", "kill")
pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    running = Program.run(tmp_path / "data", CONFIG)
    yield running
    running.stop()


def ended(program: Program, ids: set[str]) -> dict[str, dict[str, Any]] | None:
    now = {one["id"]: one for one in program.events() if one["id"] in ids}
    return now if all(one["end_time"] is not None for one in now.values()) else None


def test_events_survive_restarts_of_the_core(program: Program) -> None:
    for number, how in enumerate(RESTARTS):
        running = program.wait(lambda: [one for one in program.events() if one["end_time"] is None], 60, "an event")
        before = {one["id"]: one for one in running}
        analysis = {key for key in program.workers() if key.startswith("analysis")}
        if how == "kill":
            os.kill(program.core().pid, signal.SIGKILL)
        else:
            program.post("/api/restart", {})
        program.follow(number + 2, 20)
        assert {key for key in program.workers() if key.startswith("analysis")} == analysis

        after = program.wait(partial(ended, program, set(before)), 60, "end of what was tracked")
        assert after.keys() == before.keys()
        for key, one in after.items():
            assert one["start_time"] == before[key]["start_time"]
            assert set(before[key]["zones"]) <= set(one["zones"])
            assert one["end_time"] != one["start_time"] + 30.0, "it was given up"
            assert (one["has_clip"], one["has_snapshot"]) >= (before[key]["has_clip"], before[key]["has_snapshot"])
            if one["has_snapshot"]:
                assert program.get(f"/api/events/{key}/snapshot.jpg")[0] == 200
    begun = time.time()
    ids = [one["id"] for one in program.events()]
    assert len(ids) == len(set(ids))
    found = program.json(f"/api/review?after={begun - 3600}&before={begun}")
    assert sum(one["end_time"] is None for one in found) <= 1
