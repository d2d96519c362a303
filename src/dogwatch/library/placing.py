"""Puts a film into the recordings of a camera, as if it had been recorded live: a kind of job.

The work is done by `replay.placing`, a process of its own, below a directory that nobody reads. Then the files are
moved to their places, and all rows are written in the transaction in which the job ends. So nobody ever sees a part of
it, and a job that is cut off or cancelled leaves nothing.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from dogwatch.analysis import AnalysisSettings
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.errors import FileError, MediaError
from dogwatch.events.region_grids import RegionGrids
from dogwatch.events.rules import CameraRules
from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.library import placed_rows
from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.placed_rows import PlacedRows
from dogwatch.library.placing_request import KIND
from dogwatch.library.placing_spec import PlacingSpec
from dogwatch.library.placing_times import TOUCH_S, PlacingTimes, in_words, when
from dogwatch.media.codecs import unfit
from dogwatch.recordings import encoder_process, staging, volume
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.recordings.rules import Rules
from dogwatch.recordings.space import free_bytes
from dogwatch.recordings.staging import Staging
from dogwatch.store.database import Database
from dogwatch.store.jobs import Job
from dogwatch.workers.files.spec import IndexTask

CHILD = (sys.executable, "-m", "dogwatch.replay.placing")
LOOKING = "looking at the film"
PLACING = encoder_process.Words("the process that analyses the film", "recording and analysing")
GROWTH = 1.15  # what is stored takes at most about so much of the film's size
MOST_IN_A_SECOND = 100  # recordings
TIME_TAGS = ("com.apple.quicktime.creationdate", "creation_time", "date")  # the first names its time zone


class Moments(NamedTuple):
    """When a film begins (epoch s), when that is in its own time (s), and its length (s)."""

    start: float
    first: float
    length: float


@dataclass(frozen=True, slots=True)
class CameraPlacing:
    """What placing needs to know of a camera; `zone` is that of times in names, None for the machine's."""

    settings: AnalysisSettings
    rules: CameraRules
    detector: DetectorSpec
    deblock: bool
    audio: bool
    segment_seconds: float
    preview_crf: int
    retention: Rules
    floor_bytes: int
    zone: tzinfo | None


class PlacingKind:
    """The kind of job; see `JobKind`. One at a time: two films might want the same time."""

    name = KIND
    workers = 1
    queue_limit = 1000

    def __init__(
        self,
        db: Database,
        media_root: Path,
        catalogue: Catalogue,
        grids: RegionGrids,
        workers: FileWorkers,
        settings: Callable[[str], CameraPlacing | None],
        present: Callable[[], None],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Place films below `media_root`.

        Args:
            db: The database.
            media_root: The directory that holds `recordings/` and `clips/`.
            catalogue: Knows what is recorded.
            grids: Learn from the objects.
            workers: Look at films.
            settings: Returns what is configured of a camera, None if it is not configured.
            present: Raises an `OSError` if the disk of `clips/` is missing.
            clock: Gives epoch seconds.
        """
        self._db, self._media, self._catalogue, self._grids = db, media_root, catalogue, grids
        self._workers = workers
        self._settings, self._present = settings, present
        self._times = PlacingTimes(catalogue, clock)
        self._rows: dict[str, PlacedRows] = {}

    def run(self, job: Job, control: JobControl) -> dict[str, Any]:
        """Make everything of the film, move the files, and return what there is.

        Raises:
            JobError: The film cannot be placed; the message says why.
        """
        try:
            return self._run(job, control)
        except OSError as error:
            raise JobError(f"it cannot be stored: {error.strerror or error}") from error
        except MediaError as error:
            raise JobError(str(error)) from error

    def undo(self, job: Job) -> None:
        """Take away what has been moved, and what lies ready.

        Raises:
            OSError: A file cannot be deleted.
        """
        self._rows.pop(job.id, None)
        files = Staging(self._media, job.id)
        files.roll_back()
        files.remove()

    def settle(self, connection: Connection, job: Job) -> None:
        """Make all of it visible."""
        if job.state == "success":
            placed_rows.put(connection, self._rows[job.id])

    def _run(self, job: Job, control: JobControl) -> dict[str, Any]:
        camera, params = str(job.camera), job.params
        own = self._settings(camera)
        if own is None:
            raise JobError(f"camera {camera} is not configured")
        volume.verify(self._db, self._media)
        self._present()
        staging.tidy(self._db, self._media)
        self._rows.clear()
        film, files = Path(params["path"]), Staging(self._media, job.id)
        stage = files.begin()
        length, created, first = self._look(film, control)
        begun = when(film, created, params, own.zone)
        end = begun.time + length
        self._times.check(camera, begun.time, end, own.retention.longest_s)
        ranges = self._times.free(camera, begun.time, end, cut=bool(params.get("cut")))
        self._check_room(own, film)
        spec = _spec(own, film, stage, Moments(begun.time, first, length), ranges)
        encoder_process.encode(spec, control, CHILD, PLACING)
        rows = self._fitting(placed_rows.read(Path(spec.out)), camera, stage)
        control.check()
        self._rows[job.id] = rows
        files.publish(rows.files)
        self._grids.learn(camera, rows.sizes)
        return {
            "start_time": max(begun.time, rows.segments[0].segment.start_time),
            "end_time": rows.segments[-1].segment.end_time,
            "time_from": begun.source,
            "segments": len(rows.segments),
            "size_bytes": sum(one.segment.size_bytes for one in rows.segments),
            "events": len(rows.events),
            "review_items": len(rows.reviews),
        }

    def _look(self, film: Path, control: JobControl) -> tuple[float, list[str], float]:
        """Have a worker look at the film; return its length, when it says it was made, and its first picture's time.

        Raises:
            JobError: It is no film that can be recorded.
        """
        from dogwatch.media.frame_index import FrameIndex

        index = bytearray()

        def told(share: object) -> None:
            control.step(LOOKING, 10 * share if isinstance(share, float) else 0.0)

        try:
            found = self._workers.run(IndexTask(), film, check=control.check, told=told, write=index.extend)
        except FileError as error:
            raise JobError(str(error)) from error
        if (reason := unfit(found["facts"]["video"]["codec"])) is not None:
            raise JobError(reason)
        if turn := found["facts"]["rotation"]:
            raise JobError(f"it has to be turned by {turn} degrees, and recordings cannot be turned")
        tags = found["probe"]["format"]["tags"]
        frames = FrameIndex.decode(bytes(index))
        if frames.by_order:  # as in AVI files with pictures that are reordered
            raise JobError("its pictures do not say when they are shown; put it into another container first")
        return (
            frames.duration,
            [tags[name] for name in TIME_TAGS if name in tags],
            float(frames.ticks[0] * frames.time_base),
        )

    def _check_room(self, own: CameraPlacing, film: Path) -> None:
        wanted = int(film.stat().st_size * GROWTH)
        free = free_bytes(self._media / "recordings")
        if free < own.floor_bytes + wanted:
            raise JobError(f"it takes {wanted >> 20} MiB, and {own.floor_bytes >> 20} of {free >> 20} MiB stay free")

    def _fitting(self, rows: PlacedRows, camera: str, stage: Path) -> PlacedRows:
        """Return the rows with paths that are free; check first that they are what was asked for.

        Raises:
            JobError: They are not, or there are recordings of that time now.
        """
        _check(rows, camera, stage)
        first, last = rows.segments[0].segment, rows.segments[-1].segment
        spans = self._catalogue.spans(camera, first.start_time, last.end_time)
        for placed in rows.segments:
            start, end = placed.segment.start_time + TOUCH_S, placed.segment.end_time - TOUCH_S
            if any(one.start_time < end and one.end_time > start for one in spans):
                raise JobError(f"{camera} has recordings of that time: {in_words([(start, end)])}")
        found = []
        for placed in rows.segments:
            path = self._free_path(placed.segment.path, stage)
            (stage / placed.segment.path).rename(stage / path)
            found.append(msgspec.structs.replace(placed, segment=replace(placed.segment, path=path)))
        return msgspec.structs.replace(rows, segments=tuple(found))

    def _free_path(self, path: str, stage: Path) -> str:
        """Return a path for a segment that no other one of the same second has."""
        folder, _, name = path.rpartition("/")
        for number in range(MOST_IN_A_SECOND):
            other = f"{folder}/{name[:5]}{f'_{number}' if number else ''}.mp4"
            if not (self._media / other).exists() and (other == path or not (stage / other).exists()):
                return other
        raise JobError(f"too many recordings begin in the second of {path}")


def _spec(
    own: CameraPlacing,
    film: Path,
    stage: Path,
    at: Moments,
    ranges: Sequence[tuple[float, float]],
) -> PlacingSpec:
    return PlacingSpec(
        path=str(film),
        camera=own.settings.camera,
        stage=str(stage),
        start=at.start,
        first=at.first,
        length=at.length,
        ranges=tuple(ranges),
        segment_seconds=own.segment_seconds,
        settings=own.settings,
        rules=own.rules,
        detector=own.detector,
        deblock=own.deblock,
        audio=own.audio,
        crf=own.preview_crf,
        out=str(stage / "rows"),
    )


def _check(rows: PlacedRows, camera: str, stage: Path) -> None:
    """Check what the process has made: it has read a foreign film.

    Raises:
        JobError: It is not what was asked for.
    """
    name = re.escape(camera)
    footage = re.compile(rf"recordings/\d{{4}}-\d\d-\d\d/\d\d/{name}/\d\d\.\d\d(_\d+)?\.mp4", re.ASCII)
    other = re.compile(
        rf"clips/(previews/{name}/[\d.-]+\.mp4|thumbs/{name}/[\w.-]+\.jpg|(review/thumb-)?{name}-[\w.-]+\.jpg)",
        re.ASCII,
    )
    paths = {one.segment.path for one in rows.segments}
    fits = (
        rows.camera == camera
        and 0 < len(paths) == len(rows.segments)
        and all(one.segment.camera == camera and one.segment.init_id in rows.inits for one in rows.segments)
        and all(row["camera"] == camera for row in (*rows.events, *rows.moments, *rows.reviews))
        and all(footage.fullmatch(path) for path in paths)
        and all(other.fullmatch(path) for path in (*rows.pictures, *(one.path for one in rows.previews)))
        and all((stage / path).is_file() and not (stage / path).is_symlink() for path in rows.files)
    )
    if not fits:
        raise JobError("what was made of it is not what was asked for")
