"""A database that another program locks costs nothing: what happens meanwhile is written when the lock has gone."""

from __future__ import annotations

import json
import sqlite3
import time
import urllib.error
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import Program

LOCKED_S = 10.0
CONFIG = """
record: {enabled: true, continuous: {days: 1}}
cameras:
  street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=10&size=640x360"}]}}
detectors: {instant: {type: fixed, boxes: "person,0.9,110,60,210,280"}}
"""


@pytest.mark.timeout(180)
def test_a_database_that_is_locked_for_ten_seconds(tmp_path: Path) -> None:
    data = tmp_path / "data"
    program = Program.run(data, CONFIG)
    try:
        program.wait(program.events, 40, "first event")
        first = program.wait(lambda: program.segments("street"), 30, "first segment")[0]["start_time"]
        program.wait(partial(later_than, first + 12), 20, "some footage")
        path = f"/api/export/street/start/{first}/end/{first + 8}"
        queued = program.post(path, {"playback": "timelapse_25x"})[1]["export_id"]
        with locked(data / "dogwatch.db"):
            began = time.time()
            with pytest.raises(urllib.error.HTTPError) as caught:
                program.post(path, {})
            told = json.loads(caught.value.read())
            assert caught.value.code == 503
            assert "locked by another program" in told["message"]
            for shown in ("/api/events", "/api/review", "/api/stats", "/api/street/recordings"):
                program.json(shown)
            program.wait(partial(later_than, began + LOCKED_S), LOCKED_S, "the end of the lock")
        ended = time.time()
        program.wait(lambda: program.segments("street")[-1]["start_time"] > ended, 30, "recording after the lock")
        assert [b for a, b in pairwise(program.segments("street")) if b["start_time"] - a["end_time"] > 0.05] == []
        assert [row for row in program.segments("street") if began < row["start_time"] < ended]
        program.wait(lambda: succeeded(program, queued), 30, "the export")
        again = program.post(path, {})[1]["export_id"]
        program.wait(lambda: succeeded(program, again), 30, "the next export")
        assert "Traceback" not in program.output()
        assert "what happens now is written when the lock has gone" in program.output()
    finally:
        program.stop()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock that a program which writes has."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA busy_timeout=5000")
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def later_than(moment: float) -> bool:
    return time.time() > moment


def succeeded(program: Program, export_id: str) -> bool:
    jobs: list[dict[str, Any]] = program.json("/api/jobs/export")
    return any(job["id"] == export_id and job["status"] == "success" for job in jobs)
