"""The system clock set an hour ahead and back while the program records.

This machine's clock stays as it is: each process of the program loads a `sitecustomize` that adds what a file says to
`time.time`, which is all that Dogwatch asks for the time of day.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

import av
import pytest

from tests.e2e.program import Program

HOUR = 3600.0
FAKE = """
import os, time
_real, _path = time.time, os.environ.get("DOGWATCH_TEST_CLOCK", "")
def _set():
    with open(_path) as file:
        return float(file.read() or 0)
if _path:
    time.time = lambda: _real() + _set()
"""
CAMERAS = """
record: {enabled: true, continuous: {days: 1}}
cameras:
  drawn: {detect: {enabled: false}, ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=10&size=320x180"}]}}
"""


class Clock:
    """What the clock of the program says."""

    def __init__(self, path: Path) -> None:
        self._path, self.ahead = path, 0.0
        path.write_text("0")

    def set(self, ahead: float) -> None:
        """Set it to be `ahead` seconds before the true time."""
        new = self._path.with_suffix(".new")
        new.write_text(str(ahead))
        new.rename(self._path)
        self.ahead = ahead

    def now(self) -> float:
        return time.time() + self.ahead


def files(program: Program) -> list[Path]:
    return sorted((program.data / "recordings").rglob("*.mp4"))


def seconds_in(path: Path) -> float:
    with av.open(str(path)) as container:
        pictures = [frame.time or 0.0 for frame in container.decode(video=0)]
    return pictures[-1] - pictures[0] + 0.1 if pictures else 0.0


def test_the_clock_set_an_hour_ahead_and_back_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clock").mkdir()
    (tmp_path / "clock" / "sitecustomize.py").write_text(FAKE)
    clock = Clock(tmp_path / "clock" / "ahead")
    monkeypatch.setenv("DOGWATCH_TEST_CLOCK", str(tmp_path / "clock" / "ahead"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "clock"), os.environ.get("PYTHONPATH", "")]))
    program = Program.run(tmp_path / "data", CAMERAS)

    def covers(moment: float) -> bool:
        found = program.json(f"/api/drawn/recordings?after={moment - 30}&before={moment + 30}")
        return any(row["start_time"] <= moment <= row["end_time"] for row in found)

    try:
        program.wait(lambda: program.segments("drawn"), 30, "first segment")
        begun = time.monotonic()
        moments = []
        for ahead in (HOUR, 0.0, -HOUR, 0.0):
            clock.set(ahead)
            moments.append(clock.now() + 3.0)
            program.wait(lambda at=moments[-1]: covers(at), 30, f"footage {ahead:g} s ahead")  # type: ignore[misc]
        took = time.monotonic() - begun
        assert all(covers(moment) for moment in moments)
        kept = files(program)
    finally:
        program.stop()
    assert set(kept) <= set(files(program))
    assert sum(seconds_in(path) for path in files(program)) >= took - 1.0
    database = program.data / "dogwatch.db"
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT reason, detail FROM deletions").fetchall() == []
        rows = {path for (path,) in connection.execute("SELECT path FROM segments")}
    connection.close()
    assert rows == {str(path.relative_to(program.data)) for path in files(program)}
