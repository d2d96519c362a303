"""An export whose program is killed at any moment ends, after a restart, whole or not at all."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

from dogwatch.jobs.runner import JobRunner
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.recordings.export_job import ExportKind, ExportSettings
from dogwatch.recordings.exports import ExportRequest, Exports
from dogwatch.recordings.preview_catalogue import PreviewCatalogue
from dogwatch.recordings.preview_frames import PreviewFrames
from dogwatch.store import segments
from dogwatch.store.database import Database
from dogwatch.store.exports import ExportFilter
from dogwatch.testing.recordings import T0, record

KILLS = int(os.environ.get("DOGWATCH_EXPORT_KILLS", "6"))
PLAYBACKS = ("realtime", "timelapse_25x")


def build(root: Path) -> tuple[Database, JobRunner, Exports]:
    """Return what a core has for exports."""
    db = Database(f"sqlite:///{root}/x.db")
    db.migrate()
    catalogue = Catalogue(db, root)
    previews = PreviewCatalogue(db, PreviewFrames(root, 0), root)
    runner = JobRunner(db, [ExportKind(db, catalogue, previews, root, ExportSettings(2, 0, "none"))])
    return db, runner, Exports(db, catalogue, previews, runner, root, clock=time.time, timezone="UTC")


def serve(root: Path) -> None:
    """Run exports as a core does, until killed."""
    from dogwatch.recordings import export_job

    export_job.COPY_BYTES = 512  # so that there is something to be killed in
    _, runner, exports = build(root)
    exports.remove_leftovers()
    runner.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        time.sleep(1)


@pytest.mark.timeout(120 + 6 * KILLS)
def test_killed_at_random_moments(tmp_path: Path) -> None:
    db, runner, exports = build(tmp_path)
    for segment in record(tmp_path, "front", T0, count=5):
        init = (tmp_path / segment.path).read_bytes()[: segment.fragments[0].offset]
        db.write(lambda connection, one=segment, data=init: segments.add(connection, one, data))  # type: ignore[misc]
    dice = random.Random(KILLS)
    asked = []
    for n in range(KILLS):
        playback = PLAYBACKS[n % 2]
        asked.append(exports.begin(ExportRequest("front", T0, T0 + 20, playback, name=f"export {n}")).id)  # type: ignore[arg-type]
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"from tests.e2e.test_export_kills import serve, Path; serve(Path({str(tmp_path)!r}))",
            ],
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(dice.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    exports.remove_leftovers()
    runner.start()
    end = time.monotonic() + 60
    while runner.listed("export", None, live=True):
        assert time.monotonic() < end
        time.sleep(0.05)
    whole = {one.id: one for one in exports.listed(ExportFilter())}
    for export_id in asked:
        job = runner.find(export_id)
        if job.state == "failed":
            assert "cut off" in job.error
            assert export_id not in whole
            continue
        assert job.state == "success", job
        with av.open(str(exports.file(whole[export_id]))) as container:
            pictures = sum(1 for _ in container.decode(video=0))
        assert pictures == (200 if "realtime" in str(job.params["playback"]) else pictures)
        assert pictures > 20
    kept = {one.file for one in whole.values()}
    assert {path.name for path in (tmp_path / "exports").iterdir()} == kept
    assert {path.stem for path in (tmp_path / "clips" / "export").iterdir()} == set(whole)
    runner.close()
    db.close()
