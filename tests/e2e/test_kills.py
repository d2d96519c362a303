"""Whatever is killed, what was written stays, is indexed, and nothing is left running.

DOGWATCH_KILLS sets how many processes are killed at random (default 8; 200 for the long trial).
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import psutil
import pytest

from dogwatch.errors import MediaError
from dogwatch.media.fragments import scan
from tests.e2e.program import Program

KILLS = int(os.environ.get("DOGWATCH_KILLS", "8"))
CONFIG = """
cameras:
  street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=10&size=640x360"}]}}
detectors: {instant: {type: fixed, boxes: "person,0.9,110,60,210,280"}}
"""
FRAGMENT_S = 1.0
SLACK_S = 0.5  # of a loaded machine: what was encoded but not yet written
pytestmark = pytest.mark.in_pairs


@dataclass
class Kill:
    kind: str
    time: float


def gone(pids: list[int], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(_alive(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def files(data: Path) -> Iterator[Path]:
    for path in sorted((data / "recordings").rglob("*.mp4")):
        if not any(part.startswith(".") for part in path.relative_to(data).parts):
            yield path


def rows(data: Path) -> set[str]:
    with sqlite3.connect(data / "dogwatch.db") as connection:
        return {row[0] for row in connection.execute("SELECT path FROM segments")}


def recording_since(data: Path, time: float) -> bool:
    """Whether a segment that was begun after `time` holds a whole fragment."""
    for path in files(data):
        if path.stat().st_mtime > time and path.stat().st_size > 2000:
            with contextlib.suppress(MediaError):
                if scan(path).start_time > time:
                    return True
    return False


@pytest.mark.timeout(120 + KILLS * 15)
def test_random_kills(data: Path) -> None:
    chance = random.Random(20261121)
    program = Program.run(data, CONFIG)
    kills: list[Kill] = []
    try:
        program.wait(lambda: program.segments("street"), 30, "first segment")
        while len(kills) < KILLS:
            program.wait(lambda: recording_since(data, kills[-1].time if kills else 0.0), 15, "recording")
            time.sleep(chance.uniform(0.0, 4.0))
            kind = chance.choice(["ingest", "ingest", "analysis", "detection", "supervisor"])
            workers = program.wait(program.workers, 10, "workers")
            if kind == "supervisor":
                pids = [process.pid for process in program.family()]
                os.kill(program.process.pid, signal.SIGKILL)
                kills.append(Kill(kind, time.time()))
                program.process.wait()
                assert gone(pids, 8), "orphans after the supervisor's death"
                program = Program(data)
                continue
            victims = [worker for key, worker in workers.items() if key.startswith(kind)]
            if victims:
                os.kill(victims[0].pid, signal.SIGKILL)
                kills.append(Kill(kind, time.time()))
        program.wait(lambda: sum(1 for k in program.workers() if k.startswith("ingest")) == 1, 15, "ingest back")
    finally:
        pids = [process.pid for process in program.family()]
        assert program.stop() < 10
        assert gone(pids, 5)
    left = {str(path.relative_to(data)) for path in files(data)}
    again = Program(data)  # a last start reconciles disk and table
    try:
        again.wait(lambda: left <= rows(data), 15, "reconciled index")
    finally:
        again.stop()
    check_footage(data, kills)


def check_footage(data: Path, kills: list[Kill]) -> None:
    """Every file plays, is in the index, and each kill cost at most its open fragment."""
    found = [str(path.relative_to(data)) for path in files(data)]
    assert sorted(found) == sorted(rows(data))
    ends = []
    for path in files(data):
        index = scan(path)
        assert index.complete, path
        assert index.fragments, path
        with av.open(str(path)) as container:
            assert sum(1 for _ in container.decode(video=0)) > 0, path
        ends.append(index.fragments[-1].start_time + index.fragments[-1].duration)
    for kill in kills:
        if kill.kind in {"ingest", "supervisor"}:
            before = [end for end in ends if end <= kill.time + FRAGMENT_S]
            lost = kill.time - max(before)
            assert lost <= FRAGMENT_S + SLACK_S, f"{kill.kind} killed: {lost:.2f} s lost"
