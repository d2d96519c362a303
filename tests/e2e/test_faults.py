"""What goes wrong elsewhere costs no footage.

DOGWATCH_FAULT_SECONDS lengthens the detector's stop and the camera's absence (default 6; 60 for the long trial).
"""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from tests.e2e.program import Program
from tests.media import street
from tests.mounts import small_disk
from tests.rtsp import RtspServer, serving

SECONDS = float(os.environ.get("DOGWATCH_FAULT_SECONDS", "6"))
DRAWN = """
cameras:
  street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=10&size=640x360"}]}}
"""


def gaps(program: Program, camera: str) -> list[tuple[float, float]]:
    rows = program.segments(camera)
    return [(a["end_time"], b["start_time"]) for a, b in pairwise(rows) if b["start_time"] - a["end_time"] > 0.05]


def recorded_until(program: Program, time: float) -> bool:
    return any(row["end_time"] > time for row in program.segments("front"))


@pytest.mark.timeout(120 + 2 * SECONDS)
def test_a_stopped_detector_costs_no_footage(tmp_path: Path) -> None:
    program = Program.run(tmp_path / "data", DRAWN)
    try:
        program.wait(lambda: program.segments("street"), 30, "first segment")
        program.wait(lambda: [e for e in program.events() if e["label"] == "person"], 40, "first person")
        detector = next(w for name, w in program.workers().items() if name.startswith("detection"))
        detector.send_signal(signal.SIGSTOP)
        stopped = time.time()
        time.sleep(SECONDS)
        detector.send_signal(signal.SIGCONT)
        resumed = time.time()
        program.wait(
            lambda: [e for e in program.events() if e["start_time"] > resumed],
            60,
            "an event after the detector is back",
        )
        # What is written reaches the disk, and the list, a second or two later.
        program.wait(lambda: program.recorded_until("street") > resumed, 10, "what came behind")
        rows = program.segments("street")
        assert rows[0]["start_time"] < stopped
        assert gaps(program, "street") == []
    finally:
        assert program.stop() < 10


@pytest.mark.timeout(180 + SECONDS)
def test_recording_is_back_within_three_seconds_of_the_camera(tmp_path: Path) -> None:
    with RtspServer(serving(street())) as server:
        camera = f"cameras: {{front: {{ffmpeg: {{inputs: [{{path: '{server.url}'}}]}}}}}}\n"
        program = Program.run(tmp_path / "data", camera + "detectors: {instant: {type: fixed}}\n")
        try:
            program.wait(lambda: program.segments("front"), 30, "first segment")
            memory = None
            for absence in (1.0, SECONDS):
                server.kill()
                time.sleep(absence)
                server.start()
                back = time.time()
                program.wait(partial(recorded_until, program, back + 1), 15, "recording after the camera's return")
                first = min(r["start_time"] for r in program.segments("front") if r["end_time"] > back + 1)
                assert first - back < 3.0, f"back {first - back:.1f} s after the camera"
                ingest = next(w for name, w in program.workers().items() if name.startswith("ingest"))
                used = ingest.memory_info().rss
                assert memory is None or used < memory * 1.2
                memory = used
            stats = program.json("/api/stats")["cameras"]["front"]
            assert stats["reconnects_last_hour"] >= 2
        finally:
            assert program.stop() < 10


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "160m") as disk:
        yield disk


def test_a_full_disk_loses_the_oldest_first(disk: Path) -> None:
    config = """
record: {enabled: true, continuous: {days: 5}, space: {floor: 100}}
detectors: {instant: {type: fixed}}
cameras:
  street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=15&size=1920x1080"}]}}
"""
    data = disk / "data"
    program = Program.run(data, config)
    try:
        program.wait(lambda: program.segments("street"), 30, "first segment")
        (disk / "ballast").write_bytes(bytes(55_000_000))  # somebody else fills the disk
        oldest = program.segments("street")[0]["start_time"]

        def all_are_newer() -> bool:
            """There may be none for a moment, when the only whole segment had to go."""
            return all(row["start_time"] > oldest for row in (program.segments("street") or [{"start_time": 0.0}]))

        program.wait(all_are_newer, 40, "deletion of the oldest")
        newest = program.recorded_until("street") or oldest
        program.wait(lambda: program.recorded_until("street") > newest + 1, 15, "recording going on")
        with sqlite3.connect(data / "dogwatch.db") as connection:
            reasons = {row[0] for row in connection.execute("SELECT reason FROM deletions")}
        assert "free_space" in reasons
        assert gaps(program, "street") == []
        assert "Traceback" not in program.output()
    finally:
        assert program.stop() < 10
