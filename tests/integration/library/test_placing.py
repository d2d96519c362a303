"""A film becomes the past of a camera: all of it or nothing, at its time, as if it had been live."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from sqlalchemy import select

from dogwatch.analysis import NOTHING_LEARNT
from dogwatch.config import parse
from dogwatch.events.region_grids import RegionGrids
from dogwatch.jobs.runner import JobRunner
from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.placing import CameraPlacing, PlacingKind
from dogwatch.library.placing_request import KIND
from dogwatch.recordings import recovery, staging, volume
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.placing_settings import placing_of
from dogwatch.store import coverage, event_reasons, segments, tables
from dogwatch.store.database import Database
from dogwatch.store.jobs import ENDED, Job
from dogwatch.testing import numbered, recordings
from dogwatch.testing.numbered import Codec, Variant, number_of

NOW = datetime(2024, 7, 19, 12, tzinfo=UTC).timestamp()
AT = datetime(2024, 7, 18, 14, 30, 5, tzinfo=UTC).timestamp()
CONFIG = """
cameras:
  front:
    ffmpeg: {inputs: [{path: "rtsp://10.0.0.2/main", roles: [record, detect]}]}
ui: {timezone: UTC}
record: {enabled: true, continuous: {days: 3}, space: {floor: 100}}
snapshots: {enabled: true}
detect: {enabled: true, fps: 15}
detectors: {plain: {type: pattern}}
model: {width: 320, height: 320}
"""
PICTURES = 330  # more than one segment
SECONDS = PICTURES / numbered.FPS


def wait_until(probe: Callable[[], object], seconds: float) -> None:
    """Wait until `probe` answers with something true."""
    end = time.monotonic() + seconds
    while not probe():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.005)


@dataclass
class Place:
    """A core's parts around the recordings below a directory."""

    root: Path
    db: Database
    catalogue: Catalogue
    grids: RegionGrids
    runner: JobRunner

    def job(self, film: Path, camera: str = "front", **params: Any) -> Job:
        """Place `film` and wait for the end."""
        submitted = self.submit(film, camera, **params)
        wait_until(lambda: self.runner.find(submitted.id).state in ENDED, 240)
        return self.runner.find(submitted.id)

    def submit(self, film: Path, camera: str = "front", **params: Any) -> Job:
        return self.runner.submit(KIND, f"place_{time.monotonic_ns()}", {"path": str(film), **params}, camera=camera)

    def rows(self, table: Any) -> list[dict[str, Any]]:
        with self.db.read() as connection:
            return [dict(row._mapping) for row in connection.execute(select(table))]

    def nothing(self) -> bool:
        """Whether neither files nor rows of footage and events are there."""
        every = (tables.segments, tables.events, tables.timeline, tables.reviews, tables.previews, tables.event_reasons)
        return not self.files() and not any(self.rows(table) for table in every)

    def files(self) -> list[str]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        names = [str(path.relative_to(self.root)) for path in found]
        return sorted(name for name in names if name.startswith(("recordings/2", "clips/")))


WORKERS = FileWorkers()


@pytest.fixture(scope="module", autouse=True)
def workers() -> Iterator[None]:
    yield
    WORKERS.close()


def make(root: Path, config: str = CONFIG, clock: Callable[[], float] = lambda: NOW) -> Place:
    db = Database(f"sqlite:///{root / 'dogwatch.db'}")
    db.migrate()
    volume.check(db, root)
    catalogue, grids = Catalogue(db, root, clock=clock), RegionGrids(db, clock)
    paths = Paths(root, root, root, str(root))

    def settings(camera: str) -> CameraPlacing | None:
        return placing_of(parse(config).config, camera, paths, NOTHING_LEARNT)

    kind = PlacingKind(db, root, catalogue, grids, WORKERS, settings, lambda: None, clock=clock)
    return Place(root, db, catalogue, grids, JobRunner(db, [kind]))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = make(tmp_path)
    made.runner.start()
    yield made
    made.runner.close()
    made.db.close()


@pytest.fixture(scope="module")
def numbered_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered.make(tmp_path_factory.mktemp("film"), Codec.H264, Variant.SOUND, PICTURES).path


@pytest.fixture
def film(tmp_path: Path, numbered_film: Path) -> Path:
    """A film in which a red square, a person, moves."""
    return Path(shutil.copy(numbered_film, tmp_path / "20240718_143005.mp4"))


def _number(frame: av.VideoFrame) -> int:
    return number_of(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))


REORDERED = 3  # a picture comes in the file at most so many pictures early


def shown(root: Path, rows: list[dict[str, Any]]) -> dict[float, int]:
    """Return the number of each recorded picture by its time (epoch s)."""
    found: dict[float, int] = {}
    for row in rows:
        with av.open(str(root / row["path"])) as container:
            for frame in container.decode(video=0):
                assert frame.pts is not None
                assert frame.time_base is not None
                found[float(frame.pts * frame.time_base)] = _number(frame)
    return found


def test_a_film_is_recorded_at_the_time_in_its_name_to_a_frame(place: Place, film: Path) -> None:
    job = place.job(film)
    assert job.state == "success", job.error
    assert job.result is not None
    assert (job.result["time_from"], job.result["start_time"]) == ("name", AT)
    rows = place.rows(tables.segments)
    pictures = shown(place.root, rows)
    assert [pictures[at] for at in sorted(pictures)] == list(range(PICTURES))
    assert all(abs(at - AT - n / numbered.FPS) < 1e-4 for at, n in pictures.items())
    assert job.result["segments"] == len(rows) == 2
    assert sorted(row["end_time"] - row["start_time"] for row in rows) == pytest.approx([1, 10], abs=0.6)
    assert all(row["has_audio"] for row in rows)
    assert all(row["motion"] and row["objects"] is not None and row["cells"] for row in rows)


def test_what_a_live_camera_would_have_made_is_there(place: Place, film: Path) -> None:
    assert place.job(film).state == "success"
    events, reviews, moments = (place.rows(table) for table in (tables.events, tables.reviews, tables.timeline))
    assert events
    assert reviews
    assert {row["source_id"] for row in moments} <= {row["id"] for row in events}
    for row in events:
        assert AT <= row["start_time"] < row["end_time"] <= AT + SECONDS
        assert (row["camera"], row["label"], row["has_clip"], row["has_snapshot"]) == ("front", "person", True, True)
        assert row["duration"] == pytest.approx(row["end_time"] - row["start_time"])
        assert (place.root / f"clips/front-{row['id']}-clean.jpg").stat().st_size > 100
        assert (place.root / f"clips/thumbs/front/{row['id']}.jpg").stat().st_size > 100
        # The picture is the very frame that its time says.
        at = row["data"]["snapshot_frame_time"]
        with av.open(str(place.root / f"clips/front-{row['id']}-clean.jpg")) as picture:
            image = next(picture.decode(video=0))
        assert _number(image) == round((at - AT) * numbered.FPS)
    for row in reviews:
        assert row["end_time"] is not None
        assert set(row["data"]["detections"]) <= {one["id"] for one in events}
        assert (place.root / row["thumb_path"]).with_suffix(".jpg").is_file()
    (preview,) = place.rows(tables.previews)
    assert preview["start_time"] == pytest.approx(AT, abs=1.0)
    with av.open(str(place.root / preview["path"])) as container:
        assert sum(1 for _ in container.decode(video=0)) >= SECONDS - 2
    with place.db.read() as connection:
        assert event_reasons.many(connection, [row["id"] for row in events]).keys() == {row["id"] for row in events}
        assert coverage.covered(connection, ["front"], AT, AT + SECONDS)[0].tolist() == pytest.approx(
            [AT, AT + SECONDS], abs=0.1
        )
    assert place.rows(tables.event_counts)
    assert not place.rows(tables.ongoing)


def test_footage_is_never_placed_over_footage(place: Place, film: Path) -> None:
    assert place.job(film).state == "success"
    before = place.files()
    again = place.job(film, at=AT + 10)
    assert (again.state, len(place.files())) == ("failed", len(before))
    assert "front has recordings of that time: 2024-07-18 14:30:" in again.error
    assert place.files() == before


def test_a_film_is_cut_around_footage(place: Place, film: Path) -> None:
    there = recordings.record(place.root, start=AT + 4, count=1, length_s=4.0)
    (segment, init, _) = recovery.index(place.root, there[0].path)
    place.db.write(partial(segments.add, segment=segment, init=init))
    job = place.job(film, cut=True)
    assert job.state == "success", job.error
    rows = sorted(place.rows(tables.segments), key=lambda row: row["start_time"])
    edges = [row[name] - AT for row in rows for name in ("start_time", "end_time")]
    assert edges == pytest.approx([0, 4, 4, 8, 8, SECONDS], abs=0.1)  # pictures are reordered
    pictures = shown(place.root, [rows[0], rows[2]])
    assert all(abs(at - AT - n / numbered.FPS) < 1e-4 for at, n in pictures.items())
    beyond = {n for n in pictures.values() if 120 <= n < 240}  # decoded before the cut, shown just after it
    assert sorted(set(pictures.values()) - beyond) == [*range(120), *range(240, PICTURES)]
    assert all(n <= 120 + REORDERED for n in beyond)


def test_two_films_that_follow_one_another_leave_no_gap(place: Place, film: Path) -> None:
    assert place.job(film).state == "success"
    second = place.job(film, at=AT + SECONDS)
    assert second.state == "success", second.error
    with place.db.read() as connection:
        assert len(coverage.covered(connection, ["front"], AT - 10, AT + 60)) == 1


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"at": NOW - 10}, "not in the past"),
        ({"at": 1e20}, "not in the past"),
        ({"at": -3.0}, "recordings begin in 1970"),
        ({"at": -1e20}, "recordings begin in 1970"),
        ({"at": NOW - 20 * 86400}, "keeps recordings for 10 days at most"),
        ({"timezone": "Mars/Phobos"}, "there is no time zone Mars/Phobos"),
    ],
)
def test_times_that_cannot_be(place: Place, film: Path, params: dict[str, Any], message: str) -> None:
    job = place.job(film, **params)
    assert job.state == "failed"
    assert message in job.error
    assert place.nothing()


def encoded(codec: str, container: str, name: str, root: Path) -> Path:
    path = root / name
    with av.open(str(path), "w", format=container) as out:
        video: Any = out.add_stream(codec, rate=10)
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        for n in range(10):
            frame = av.VideoFrame(320, 240, "yuv420p")
            frame.pts = n
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


def test_films_that_cannot_be_recorded_are_refused_with_the_reason(place: Place, tmp_path: Path) -> None:
    vp9 = place.job(encoded("libvpx-vp9", "webm", "vp9.webm", tmp_path), at=AT)
    assert "its video is vp9, but must be H.264, H.265, MJPEG" in vp9.error
    text = tmp_path / "20240718_143005.mp4"
    text.write_text("no film at all\n" * 100)
    assert "not a video that can be decoded" in place.job(text).error
    playlist = tmp_path / "list.mp4"
    playlist.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n/etc/passwd\n#EXT-X-ENDLIST\n")
    assert "not a video that can be decoded" in place.job(playlist, at=AT).error
    unnamed = encoded("libx264", "mp4", "GH010123.mp4", tmp_path)
    assert "nothing tells when GH010123.mp4 was taken" in place.job(unnamed).error
    assert "camera back is not configured" in place.job(unnamed, "back", at=AT).error
    assert place.job(tmp_path / "gone.mp4", at=AT).state == "failed"
    assert place.nothing()


def test_a_job_that_is_cancelled_leaves_nothing(place: Place, film: Path) -> None:
    job = place.submit(film)
    wait_until(lambda: list(place.root.glob("recordings/.staged/*/recordings/**/*.mp4")), 240)
    place.runner.cancel(job.id)
    wait_until(lambda: place.runner.find(job.id).state in ENDED, 240)
    assert place.runner.find(job.id).state == "cancelled"
    assert place.nothing()
    assert not (place.root / "recordings" / staging.FOLDER).exists()


def test_a_move_that_was_cut_off_is_undone_before_the_disk_is_looked_through(place: Place, film: Path) -> None:
    assert place.job(film).state == "success"
    before, row = place.files(), place.rows(tables.segments)[0]
    files = staging.Staging(place.root, "place_cut_off")
    stage = files.begin()
    moved = row["path"].replace("30.", "40.")
    for path in (moved, "clips/front-1.5-abc-clean.jpg"):
        (stage / path).parent.mkdir(parents=True, exist_ok=True)
        (stage / path).write_bytes((place.root / row["path"]).read_bytes())
    files.publish([moved, "clips/front-1.5-abc-clean.jpg"])
    assert (place.root / moved).exists()
    past = time.time() - 100
    for path in (files.folder, files.folder / staging.LIST, place.root / moved):
        os.utime(path, (past, past))
    place.catalogue.reconcile()
    assert place.files() == before
    assert len(place.rows(tables.segments)) == 2


CUT_OFF = """
import sys
from pathlib import Path
from tests.integration.library.test_placing import make
made = make(Path(sys.argv[1]))
made.runner.start()
print("started", flush=True)
sys.stdin.read()
"""


def test_a_core_that_is_killed_at_any_moment_leaves_all_or_nothing_and_goes_on(tmp_path: Path, film: Path) -> None:
    made = make(tmp_path)
    made.runner.submit(KIND, "place_killed", {"path": str(film)}, camera="front")
    made.db.close()
    for wanted in ("recordings", "rows", staging.LIST):
        with subprocess.Popen(
            [sys.executable, "-c", CUT_OFF, str(tmp_path)], stdin=subprocess.PIPE, cwd=Path(__file__).parents[3]
        ) as core:
            wait_until(partial(_made_or_ended, tmp_path, wanted, core), 240)
            core.send_signal(signal.SIGKILL)
        again = make(tmp_path)
        try:
            again.catalogue.reconcile()
            state = again.runner.find("place_killed").state
            assert state == "running" if not again.rows(tables.segments) else state == "success"
            if state == "running":
                assert not again.files()
        finally:
            again.db.close()
        if state == "success":
            break
        _forget_attempts(tmp_path)
    last = make(tmp_path)
    last.runner.start()
    try:
        wait_until(lambda: last.runner.find("place_killed").state in ENDED, 240)
        assert last.runner.find("place_killed").state == "success", last.runner.find("place_killed").error
        assert len(last.rows(tables.segments)) == 2
        assert len({row["start_time"] for row in last.rows(tables.segments)}) == 2
    finally:
        last.runner.close()
        last.db.close()


def _made_or_ended(root: Path, wanted: str, core: subprocess.Popen[bytes]) -> bool:
    """Whether there is what is wanted, or it is too late for that: the list of moves is there for milliseconds."""
    if list(root.glob(f"recordings/.staged/*/{wanted}")) or core.poll() is not None:
        return True
    with closing(sqlite3.connect(root / "dogwatch.db")) as connection:
        return connection.execute("SELECT state FROM jobs").fetchone()[0] in ENDED


def _forget_attempts(root: Path) -> None:
    db = Database(f"sqlite:///{root / 'dogwatch.db'}")
    db.write(lambda connection: connection.execute(tables.jobs.update().values(attempts=0)))
    db.close()
