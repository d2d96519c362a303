"""Exports of real recordings: what is in the files, and what is left when something goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import which
from typing import Any, NamedTuple

import av
import pytest

from dogwatch.config.record import RecordConfig
from dogwatch.errors import ConflictError, NoFootageError, NotFoundError, RefusedError
from dogwatch.jobs.runner import JobRunner
from dogwatch.media import clip, picture, timelapse
from dogwatch.media.encoder_spec import TimelapseSpec
from dogwatch.recordings import encoder_process, export_job
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.recordings.export_job import ExportKind, ExportSettings
from dogwatch.recordings.exports import ExportRequest, Exports
from dogwatch.recordings.preview_catalogue import PreviewCatalogue
from dogwatch.recordings.preview_frames import PreviewFrames
from dogwatch.recordings.retention import Retention
from dogwatch.recordings.rules import rules_of
from dogwatch.store import reviews, segment_deletion, segments
from dogwatch.store.database import Database
from dogwatch.store.exports import Export, ExportFilter
from dogwatch.testing.recordings import T0, Shape, number, record
from tests import plain_recordings

NOW = T0 + 10_000


class Usage(NamedTuple):
    """What `shutil.disk_usage` returns, as far as exports read it."""

    free: int


@dataclass
class Studio:
    """Recordings of one camera and everything that exports them."""

    root: Path
    db: Database
    jobs: JobRunner
    exports: Exports
    kind: ExportKind

    def made(self, wanted: ExportRequest) -> Export:
        """Export, wait, and return the finished export."""
        export = self.exports.begin(wanted)
        self.wait(export.id)
        job = self.jobs.find(export.id)
        assert job.state == "success", job.error
        return self.exports.one(export.id)

    def wait(self, job_id: str) -> None:
        """Wait until a job has ended."""
        end = time.monotonic() + 60
        while self.jobs.find(job_id).ended_at is None:
            assert time.monotonic() < end
            time.sleep(0.01)

    def files(self) -> list[str]:
        """Return all files of exports."""
        folders = (self.root / "exports", self.root / "clips" / "export")
        return sorted(path.name for folder in folders for path in folder.glob("*")) + [
            path.name for path in (self.root / "exports").glob(".*")
        ]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    db = Database(f"sqlite:///{tmp_path}/x.db")
    db.migrate()
    for segment in record(tmp_path, "front", T0, count=3):
        init = (tmp_path / segment.path).read_bytes()[: segment.fragments[0].offset]
        db.write(lambda connection, one=segment, data=init: segments.add(connection, one, data))  # type: ignore[misc]
    catalogue = Catalogue(db, tmp_path)
    previews = PreviewCatalogue(db, PreviewFrames(tmp_path, 0), tmp_path)
    kind = ExportKind(db, catalogue, previews, tmp_path, ExportSettings(2, 0, "none"))
    runner = JobRunner(db, [kind])
    exports = Exports(db, catalogue, previews, runner, tmp_path, clock=lambda: NOW, timezone="Europe/Berlin")
    exports.remove_leftovers()
    runner.start()
    yield Studio(tmp_path, db, runner, exports, kind)
    runner.close()
    db.close()


def numbers(path: Path) -> list[int]:
    """Return the numbers of all pictures of a film."""
    with av.open(str(path)) as container:
        return [number(frame.to_ndarray(format="bgr24")) for frame in container.decode(video=0)]


def test_realtime_holds_every_picture_and_the_sound(studio: Studio) -> None:
    export = studio.made(ExportRequest("front", T0 + 2, T0 + 9))
    path = studio.exports.file(export)
    assert numbers(path) == list(range(20, 90))
    with av.open(str(path)) as container:
        assert container.streams.audio
    assert export.file.startswith("front_20251118_120642-20251118_120649_")
    assert export.name == "front 2025-11-18 12:06:42 2025-11-18 12:06:49"
    assert (export.in_progress, export.size_bytes) == (False, path.stat().st_size)
    assert studio.files() == sorted([f"{export.id}.webp", export.file])
    with av.open(str(studio.exports.thumb(export))) as picture:
        frame = next(picture.decode(video=0))
    assert number(frame.to_ndarray(format="bgr24")) in (20, 21)


def test_a_timelapse_runs_25_times_as_fast(studio: Studio) -> None:
    export = studio.made(ExportRequest("front", T0, T0 + 12, "timelapse_25x"))
    found = numbers(studio.exports.file(export))
    with av.open(str(studio.exports.file(export))) as container:
        stream: Any = container.streams.video[0]
        assert not container.streams.audio
        assert float(stream.average_rate) == pytest.approx(30, rel=0.05)
        assert container.duration is not None
        assert container.duration / 1e6 == pytest.approx(12 / 25, abs=0.05)
    # One picture each 25/30 of a second, which is the one that was on then.
    assert found == pytest.approx([n * 25 / 3 for n in range(len(found))], abs=5)
    assert 14 <= len(found) <= 15


def test_a_timelapse_of_imported_recordings(tmp_path: Path) -> None:
    made = plain_recordings.record(tmp_path)
    spec = TimelapseSpec(
        tuple(str(tmp_path / one.path) for one in made),
        T0 + 3,
        T0 + 9,
        str(tmp_path / "out.mp4"),
        speed=1.0,
        shifts=tuple(one.start_time for one in made),
    )
    timelapse.encode(spec)
    assert numbers(tmp_path / "out.mp4") == list(range(30, 90))


@pytest.mark.skipif(which("ffprobe") is None, reason="ffprobe is not installed")
def test_chapters(studio: Studio) -> None:
    def row(key: str, start: float, severity: str, objects: list[str]) -> dict[str, Any]:
        return {
            "id": key, "camera": "front", "severity": severity, "start_time": start, "end_time": start + 2,
            "thumb_path": "", "data": {"objects": objects, "audio": []},
        }  # fmt: skip

    studio.db.write(lambda connection: reviews.put(connection, row("a", T0 + 3, "alert", ["person", "dog"])))
    studio.db.write(lambda connection: reviews.put(connection, row("b", T0 + 7, "detection", [])))
    wanted = ExportRequest("front", T0, T0 + 12, chapters="review_items")
    assert chapters(studio.exports.file(studio.made(wanted))) == [(3.0, "Alert: person, dog"), (7.0, "Detection")]
    cut = replace(wanted, start=T0 + 4, end=T0 + 8)  # the alert goes on in it
    assert chapters(studio.exports.file(studio.made(cut))) == [(0.0, "Alert: person, dog"), (3.0, "Detection")]
    each = replace(wanted, chapters="recording_segments")
    assert chapters(studio.exports.file(studio.made(each))) == [
        (0.0, "Segment 1"), (4.0, "Segment 2"), (8.0, "Segment 3")
    ]  # fmt: skip


def chapters(path: Path) -> list[tuple[float, str]]:
    """Return the chapters that ffprobe sees, and make sure that the film still plays."""
    assert numbers(path)
    command = ["ffprobe", "-v", "error", "-print_format", "json", "-show_chapters", str(path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["chapters"]
    return [(round(float(one["start_time"]), 1), one["tags"]["title"]) for one in found]


@pytest.mark.parametrize(
    ("wanted", "error", "message"),
    [
        (ExportRequest("front", T0 - 100, T0 - 50), NoFootageError, "No recordings found"),
        (ExportRequest("front", NOW + 100, NOW + 200), NoFootageError, "No recordings found"),
        (ExportRequest("back", T0, T0 + 5), NoFootageError, "No recordings found"),
        (ExportRequest("front", T0 + 5, T0 + 5), RefusedError, "not after its start"),
        (ExportRequest("front", T0, T0 + 5, case_id="x"), NotFoundError, "Case not found"),
    ],
)
def test_what_cannot_be_exported_is_refused(studio: Studio, wanted: ExportRequest, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        studio.exports.begin(wanted)
    assert studio.exports.listed(ExportFilter()) == []


def test_no_room_is_told_before_anything_is_written(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = studio.jobs._kinds["export"]
    monkeypatch.setattr(kind, "_floor", 1 << 60)
    export = studio.exports.begin(ExportRequest("front", T0, T0 + 5))
    studio.wait(export.id)
    assert "no room" in studio.jobs.find(export.id).error
    assert studio.exports.listed(ExportFilter()) == []
    assert studio.files() == []


def test_nothing_is_written_or_deleted_while_the_disk_is_away(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    made = studio.made(ExportRequest("front", T0, T0 + 3))

    def away() -> None:
        raise OSError(2, "the disk of exports is not there: is it mounted?")

    monkeypatch.setattr(studio.jobs._kinds["export"], "_verify", away)
    monkeypatch.setattr(studio.exports, "_verify", away)
    export = studio.exports.begin(ExportRequest("front", T0, T0 + 5))
    studio.wait(export.id)
    assert "is it mounted" in studio.jobs.find(export.id).error
    with pytest.raises(OSError, match="is it mounted"):
        studio.exports.delete([made.id])
    assert [one.id for one in studio.exports.listed(ExportFilter())] == [made.id]
    assert studio.files() == sorted([made.file, f"{made.id}.webp"])


@pytest.mark.parametrize("playback", ["realtime", "timelapse_25x"])
def test_cancelling_leaves_nothing(studio: Studio, playback: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_job, "COPY_BYTES", 64)
    export = studio.exports.begin(ExportRequest("front", T0, T0 + 12, playback))
    end = time.monotonic() + 20
    while studio.jobs.find(export.id).state == "queued":
        assert time.monotonic() < end
    studio.jobs.cancel(export.id)
    studio.wait(export.id)
    if studio.jobs.find(export.id).state == "cancelled":  # else it was quicker
        assert studio.files() == []
        with pytest.raises(NotFoundError):
            studio.exports.one(export.id)


def test_a_segment_that_is_deleted_meanwhile_is_left_out(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = clip.plan
    calls: list[int] = []

    def planned(*arguments: Any) -> Any:
        found = plan(*arguments)
        calls.append(1)
        if len(calls) == 1:
            gone = sorted(studio.root.glob("recordings/**/*.mp4"))[1]
            gone.unlink()
            relative = str(gone.relative_to(studio.root))

            def forget(connection: Any) -> None:
                ids = [one.id for one in segments.spans(connection, "front", 0, 1e12) if one.path == relative]
                segment_deletion.drop(connection, ids)

            studio.db.write(forget)
        return found

    monkeypatch.setattr(clip, "plan", planned)
    export = studio.made(ExportRequest("front", T0, T0 + 12))
    assert numbers(studio.exports.file(export)) == [*range(40), *range(80, 120)]
    assert len(calls) == 2


def test_names_deleting_and_cases(studio: Studio) -> None:
    first, second = (studio.made(ExportRequest("front", T0 + n, T0 + n + 3, name=f"n{n}")) for n in (0, 4))
    exports = studio.exports
    assert [one.name for one in exports.listed(ExportFilter())] == ["n4", "n0"]
    assert exports.rename(first.file.removesuffix(".mp4"), "renamed").id == first.id
    assert exports.one(first.id).name == "renamed"
    case = exports.cases.add("burglary", "at night")
    exports.assign([first.id], case.id)
    assert [one.id for one in exports.listed(ExportFilter(case=case.id))] == [first.id]
    assert [one.id for one in exports.listed(ExportFilter(case=""))] == [second.id]
    assert exports.cases.change(case.id, "break-in", None).description == "at night"
    with pytest.raises(NotFoundError):
        exports.delete([first.id, "x"])
    assert len(studio.files()) == 4
    exports.delete([second.file])
    assert studio.files() == sorted([first.file, f"{first.id}.webp"])
    exports.delete_case(case.id, with_exports=False)
    assert exports.one(first.id).case_id is None
    again = exports.cases.add("once more")
    exports.assign([first.id], again.id)
    exports.delete_case(again.id, with_exports=True)
    assert (studio.files(), exports.listed(ExportFilter()), exports.cases.listed()) == ([], [], [])


def test_one_in_progress_is_not_deleted(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_job, "COPY_BYTES", 16)
    export = studio.exports.begin(ExportRequest("front", T0, T0 + 12))
    assert studio.exports.one(export.id).in_progress
    with pytest.raises(ConflictError, match="in progress"):
        studio.exports.delete([export.id])
    studio.jobs.cancel(export.id)
    studio.wait(export.id)


def test_what_a_crash_has_left_is_removed_at_start(studio: Studio) -> None:
    folder = studio.root / "exports"
    folder.mkdir(exist_ok=True)
    (folder / ".front_1-2_abcdef.mp4.part").write_bytes(b"half")
    (folder / "mine.mp4").write_bytes(b"somebody's own")
    studio.exports.remove_leftovers()
    assert studio.files() == ["mine.mp4"]


def test_streams_of_other_shapes(tmp_path: Path, studio: Studio) -> None:
    """A stream with B frames keeps their order."""
    start = T0 + 1000
    for segment in record(studio.root, "side", start, count=2, shape=Shape(b_frames=2, audio=False)):
        init = (studio.root / segment.path).read_bytes()[: segment.fragments[0].offset]
        studio.db.write(lambda connection, one=segment, data=init: segments.add(connection, one, data))  # type: ignore[misc]
    export = studio.made(ExportRequest("side", start, start + 8))
    found = numbers(studio.exports.file(export))
    assert found == sorted(found)
    assert len(found) >= 76


@pytest.mark.parametrize(
    ("program", "error"),
    [
        (
            "print('x264 [info]: hello'); print('[1]'); print(' \\udcff'.encode('utf-8', 'replace'))",
            "the encoder has died",
        ),
        ("import sys; print('noise'); print('{\"error\": \"no room\"}'); sys.exit(2)", "no room"),
        ("import os; os.close(0); os._exit(1)", "the encoder has died"),
        ("import time; time.sleep(60)", "the encoder has reported nothing for 1 s"),
    ],
    ids=["noise", "error", "deaf", "hung"],
)
def test_an_encoder_that_misbehaves_fails_its_job(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, program: str, error: str
) -> None:
    monkeypatch.setattr(encoder_process, "ENCODER", (sys.executable, "-c", program))
    monkeypatch.setattr(encoder_process, "HUNG_S", 1.0)
    export = studio.exports.begin(ExportRequest("front", T0, T0 + 12, "timelapse_25x"))
    studio.wait(export.id)
    assert (studio.jobs.find(export.id).state, studio.jobs.find(export.id).error) == ("failed", error)
    assert studio.files() == []


def test_what_else_is_on_the_encoders_output_does_no_harm(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "print('x264 [info]: hello', flush=True)\nfrom dogwatch.media import encoder\nencoder.main()"
    monkeypatch.setattr(encoder_process, "ENCODER", (sys.executable, "-c", program))
    assert numbers(studio.exports.file(studio.made(ExportRequest("front", T0, T0 + 12, "timelapse_25x"))))


def test_a_timelapse_is_on_the_disk_before_it_has_its_name(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def noted(fd: int) -> None:
        synced.append(Path(f"/proc/self/fd/{fd}").readlink().name)
        fsync(fd)

    monkeypatch.setattr(os, "fsync", noted)
    export = studio.made(ExportRequest("front", T0, T0 + 12, "timelapse_25x"))
    assert synced == [f".{export.file}.part", "exports"]


def test_a_picture_that_cannot_be_written_costs_no_export(studio: Studio) -> None:
    (studio.root / "clips").mkdir()
    (studio.root / "clips" / "export").write_bytes(b"in the way")
    export = studio.made(ExportRequest("front", T0, T0 + 12))
    assert studio.exports.file(export).is_file()


def test_the_picture_is_made_in_the_pool_and_an_image_has_a_limit(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    makers: list[str] = []
    encode = picture.encode

    def noted(*arguments: Any) -> bytes:
        makers.append(threading.current_thread().name)
        return encode(*arguments)

    monkeypatch.setattr(picture, "encode", noted)
    studio.made(ExportRequest("front", T0, T0 + 3))
    assert [name.split()[0] for name in makers] == ["pictures"]
    image = studio.root / "large.jpg"
    image.touch()
    os.truncate(image, export_job.IMAGE_BYTES + 1)
    export = studio.made(ExportRequest("front", T0, T0 + 3, image=str(image)))
    assert not studio.exports.thumb(export).exists()


def test_a_disk_that_fills_up_meanwhile_ends_the_export(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    free = [1 << 40, 1 << 40, 0]
    monkeypatch.setattr(export_job, "SYNC_BYTES", 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(free.pop(0) if free else 0))
    studio.kind._floor = 1 << 20
    export = studio.exports.begin(ExportRequest("front", T0, T0 + 12))
    studio.wait(export.id)
    assert "must stay free" in studio.jobs.find(export.id).error
    assert studio.files() == []


def test_retention_waits_for_exports_in_progress(studio: Studio) -> None:
    cameras = {"front": rules_of(RecordConfig())}
    keeper = Retention(studio.db, studio.root, cameras, clock=lambda: NOW + 100 * 86_400)
    studio.jobs.close()
    export = studio.exports.begin(ExportRequest("front", T0 + 5, T0 + 6))
    keeper.expire()
    assert len(list(studio.root.glob("recordings/**/*.mp4"))) == 3  # what is within five seconds of it stays, too
    studio.jobs.start()
    studio.wait(export.id)
    assert set(numbers(studio.exports.file(studio.exports.one(export.id)))) >= set(range(50, 60))
    keeper.expire()
    assert not list(studio.root.glob("recordings/**/*.mp4"))
