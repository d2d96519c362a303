"""Settings are tried as a job, in a process of its own."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dogwatch.api.nvr.settings_trial import KIND, RESULT, folder_of
from dogwatch.config import Config, Keeper, parse
from dogwatch.config.file import changed
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.jobs.kinds import CancelledError, JobControl, JobError
from dogwatch.runtime import settings_trial
from dogwatch.runtime.settings_trial import SettingsTrialKind
from dogwatch.store import jobs
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
FILTER = {"objects": {"filters": {"person": {"min_score": 0.95}}}}


@pytest.fixture
def db() -> Iterator[Database]:
    made = Database("sqlite://")
    made.migrate()
    yield made
    made.close()


def detector(_: Config) -> DetectorSpec:
    options: dict[str, str | int | float | bool] = {"boxes": "person,0.9,20,20,120,300"}
    return DetectorSpec(name="all", type="fixed", model=ModelSpec(), options=options)


def kind(db: Database, root: Path) -> SettingsTrialKind:
    keeper = Keeper(parse(CONFIG))

    def with_changes(changes: Mapping[tuple[str, ...], Any]) -> Config:
        return keeper.with_layers(changed(keeper.loaded, changes))

    return SettingsTrialKind(db, root, lambda: keeper.config, with_changes, detector)


def job(start: float, end: float, number: int = 1, camera: str = "front", config: Any = None) -> Job:
    params = {"start": start, "end": end, "config": config or FILTER}
    return Job(
        f"try_{number}", KIND, camera, "ann", "running", params, None, "", "", 0.0, 1,
        cancelled=False, created_at=float(number), started_at=0.0, ended_at=None,
    )  # fmt: skip


def control(
    stopping: Callable[[], bool] = lambda: False, told: Callable[[str, float], None] = lambda *_: None
) -> JobControl:
    return JobControl(stopping, told)


def test_a_trial_writes_its_result_and_nothing_else(db: Database, tmp_path: Path) -> None:
    segments = record(tmp_path)
    wanted, steps = job(segments[0].start_time, segments[-1].end_time), set()
    result = kind(db, tmp_path).run(wanted, control(told=lambda step, _: steps.add(step)))
    assert result["counts"].keys() == {"gained", "lost", "changed", "unchanged"}
    assert steps == {"replaying"}
    folder = folder_of(tmp_path, wanted)
    body = json.loads((folder / RESULT).read_text())
    assert body["detector"] == "all"
    assert body["seconds"] == pytest.approx(12, abs=1.5)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.parts[-4] for path in tmp_path.rglob("*") if path.is_file() and "recordings" not in path.parts} == {
        "tries"
    }
    with db.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM events").scalar() == 0


def test_what_cannot_be_tried_any_more_fails(db: Database, tmp_path: Path) -> None:
    made = kind(db, tmp_path)
    with pytest.raises(JobError, match="not configured any more"):
        made.run(job(1.0, 2.0, camera="back"), control())
    with pytest.raises(JobError, match=r"not valid any more.*fps"):
        made.run(job(1.0, 2.0, config={"detect": {"fps": "never"}}), control())
    wanted = job(1.0, 2.0)
    with pytest.raises(JobError, match="nothing of front is recorded in this time"):
        made.run(wanted, control())
    made.undo(wanted)
    assert not folder_of(tmp_path, wanted).exists()


def test_a_trial_ends_when_it_is_cancelled(db: Database, tmp_path: Path) -> None:
    segments = record(tmp_path)
    wanted, made = job(segments[0].start_time, segments[-1].end_time), kind(db, tmp_path)
    begun = time.monotonic()
    with pytest.raises(CancelledError):
        made.run(wanted, control(stopping=lambda: time.monotonic() - begun > 0.5))
    made.undo(wanted)
    assert not folder_of(tmp_path, wanted).exists()


def test_old_results_go(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_trial, "KEPT", 2)
    made = kind(db, tmp_path)
    rows = [job(1.0, 2.0, number) for number in range(4)]
    for one in rows:
        db.write(partial(jobs.add, job=one))
        folder_of(tmp_path, one).mkdir(parents=True)
    without_row = job(1.0, 2.0, 99)
    folder_of(tmp_path, without_row).mkdir(parents=True)
    with pytest.raises(JobError):
        made.run(rows[3], control())
    left = {path.name for path in (tmp_path / "tries" / "front").iterdir()}
    assert left == {"try_2", "try_3"}
