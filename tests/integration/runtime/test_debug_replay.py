"""Recordings are replayed as a job, in a process of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dogwatch.api.nvr.debug_replay import KIND
from dogwatch.config import Config, parse
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.jobs.kinds import CancelledError, JobControl, JobError
from dogwatch.runtime.debug_replay import DebugReplayKind
from dogwatch.store.database import Database
from dogwatch.store.jobs import Job
from dogwatch.testing.recordings import record

CONFIG = """
cameras:
  front:
    ffmpeg: {inputs: [{path: "rtsp://10.0.0.2/main", roles: [record, detect]}]}
record: {enabled: true, continuous: {days: 1}}
snapshots: {enabled: true}
detect: {enabled: true}
"""


@pytest.fixture
def db() -> Iterator[Database]:
    made = Database("sqlite://")
    made.migrate()
    yield made
    made.close()


def detector(_: Config) -> DetectorSpec:
    """Find a person in every region, so that there is an event or a candidate."""
    options: dict[str, str | int | float | bool] = {"boxes": "person,0.9,20,20,120,300"}
    return DetectorSpec(name="all", type="fixed", model=ModelSpec(), options=options)


def kind(db: Database, root: Path) -> DebugReplayKind:
    scratch = root / "run"
    scratch.mkdir(exist_ok=True)
    return DebugReplayKind(db, root, scratch, lambda: parse(CONFIG).config, detector)


def job(start: float, end: float, camera: str = "front", **params: Any) -> Job:
    given = {"start": start, "end": end, "file": "", **params}
    return Job("debug_replay_1", KIND, camera, "ann", "running", given, None, "", "", 0.0, 1, False, 0.0, 0.0, None)


def control(
    stopping: Callable[[], bool] = lambda: False, told: Callable[[str, float], None] = lambda *_: None
) -> JobControl:
    return JobControl(stopping, told)


def files(root: Path) -> set[str]:
    return {str(path) for path in root.rglob("*") if path.is_file()}


def test_a_replay_tells_what_it_would_make_and_writes_nothing(db: Database, tmp_path: Path) -> None:
    segments = record(tmp_path)
    start, end = segments[0].start_time, segments[-1].end_time
    before, steps = files(tmp_path), set()
    result = kind(db, tmp_path).run(job(start, end), control(told=lambda step, _: steps.add(step)))
    assert (result["camera"], result["detector"]) == ("front", "all")
    assert result["seconds"] == pytest.approx(end - start, abs=1.5)
    assert result["events"] or result["candidates"]
    assert all(one["reasons"] for one in result["candidates"])
    assert steps == {"replaying"}
    assert files(tmp_path) == before
    with db.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM events").scalar() == 0


def test_an_exported_file_is_replayed_at_its_time(db: Database, tmp_path: Path) -> None:
    segments = record(tmp_path)
    (tmp_path / "exports").mkdir()
    os.link(tmp_path / segments[0].path, tmp_path / "exports" / "one.mp4")
    wanted = job(segments[0].start_time, segments[0].end_time, file="one.mp4")
    result = kind(db, tmp_path).run(wanted, control())
    assert result["seconds"] == pytest.approx(segments[0].duration, abs=1.0)
    for one in (*result["events"], *result["candidates"]):
        assert segments[0].start_time - 1 <= one["start_time"] <= segments[0].end_time + 1


def test_a_range_without_footage_fails_with_a_reason(db: Database, tmp_path: Path) -> None:
    with pytest.raises(JobError, match="nothing of front is recorded in this time"):
        kind(db, tmp_path).run(job(1.0, 2.0), control())


def test_a_camera_that_is_gone_fails(db: Database, tmp_path: Path) -> None:
    with pytest.raises(JobError, match="not configured any more"):
        kind(db, tmp_path).run(job(1.0, 2.0, camera="back"), control())


def test_a_replay_ends_when_it_is_cancelled(db: Database, tmp_path: Path) -> None:
    segments = record(tmp_path)
    wanted, made = job(segments[0].start_time, segments[-1].end_time), kind(db, tmp_path)
    begun = time.monotonic()
    with pytest.raises(CancelledError):
        made.run(wanted, control(stopping=lambda: time.monotonic() - begun > 0.5))
    made.undo(wanted)
    assert not list((tmp_path / "run").iterdir())
