"""Stores what recorder and analysis tell of one camera as the core does, but in a directory of its own.

Files lie below the directory as they would below the media root. Rows go to a database there. Nobody sees either until
the files are moved and the rows are written to the real database, which is done elsewhere (`library.placing`).
"""

from __future__ import annotations

import asyncio
import time as time_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select

from dogwatch.bus.messages import BestPicture, FrameTracks, Message, PreviewPicture, SegmentOpened, SegmentWritten
from dogwatch.errors import MediaError
from dogwatch.events.hub import EventHub
from dogwatch.events.live_object import LiveObject
from dogwatch.events.region_grids import Sample, sample_of
from dogwatch.events.rules import CameraRules
from dogwatch.library.placed_rows import PlacedPreview, PlacedRows, PlacedSegment
from dogwatch.media import preview_film
from dogwatch.media.encoder_spec import PreviewSpec
from dogwatch.media.preview_files import PreviewSource, frame_name, frame_names, frame_time
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.recordings.preview_frames import HOUR_S
from dogwatch.recordings.preview_job import path_of, shown_until
from dogwatch.store import segments as segment_rows
from dogwatch.store.database import Database
from dogwatch.store.tables import event_reasons, events, reviews, segments, timeline

TICK_S = 1.0
SETTLE_S = 5.0  # of the film, after which the database has to have caught up
MOST_WAITING = 32  # pictures; a live camera would leave thumbnails out instead
MOST_SAMPLES = 20_000
_MADE_BY_TABLE = frozenset({"duration", "group_id"})  # of an event: what follows from its other columns
_SET_BY_USERS = frozenset({"retain_indefinitely", "plus_id", "false_positive"})


class StagedCamera:
    """One camera whose past is being made."""

    def __init__(self, stage: Path, rules: CameraRules) -> None:
        """Work below the directory `stage`, which is empty."""
        self._stage, self._camera = stage, rules.camera
        self._now = self._ticked = self._settled = 0.0
        self._db = Database(f"sqlite:///{stage / 'rows.db'}")
        self._db.migrate()
        self._samples: list[Sample] = []
        self._hours: set[int] = set()
        self._catalogue = Catalogue(self._db, stage, clock=self._time)
        self._events = EventHub(
            self._db, stage, {rules.camera: rules}, _publish, seen=self._note, clock=self._time, monotonic=self._time
        )

    def take(self, message: Message) -> bool:
        """Store what a message tells; True, because nothing gets lost."""
        match message:
            case SegmentOpened():
                self._catalogue.on_segment_opened(message)
            case SegmentWritten():
                self._catalogue.on_segment_written(message)
            case FrameTracks():
                self._pass(message.frame_time)
                self._catalogue.on_tracks(message)
                self._events.on_tracks(message)
            case BestPicture():
                self._wait_for_pictures()
                self._events.on_picture(message)
            case PreviewPicture():
                self._keep_preview(message)
        return True

    def finish(self, crf: int) -> PlacedRows:
        """End everything, make the previews with the quality `crf`, and return the rows.

        Raises:
            MediaError: A picture, a row or a preview could not be written.
            OSError: The disk is full or broken.
        """
        asyncio.run(self._events.close())
        self._catalogue.settle(self._camera)
        self._db.write(_nothing)
        self._check()
        previews = tuple(self._preview(hour, crf) for hour in sorted(self._hours))
        with self._db.read() as connection:
            return self._rows(connection, previews)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def _time(self) -> float:
        return self._now

    def _pass(self, time: float) -> None:
        """Let the clock of the camera go on to `time`."""
        self._now = max(self._now, time)
        if self._now - self._ticked >= TICK_S:
            self._ticked = self._now
            self._events.tick()
            self._wait_for_pictures()
        if self._now - self._settled >= SETTLE_S:
            self._settled = self._now
            self._db.write(_nothing)

    def _wait_for_pictures(self) -> None:
        while self._events.outputs.workers.waiting > MOST_WAITING:
            time_module.sleep(0.005)

    def _note(self, live: LiveObject) -> None:
        if len(self._samples) < MOST_SAMPLES and (sample := sample_of(live)) is not None:
            self._samples.append(sample)

    def _check(self) -> None:
        """Make sure that nothing was left out: what a live camera can only report, fails here."""
        outputs, counts = self._events.outputs, self._events.statistics()
        lost = [name for name in ("lost_pictures", "dropped_jobs", "failed_jobs", "failed_writes") if counts[name]]
        if lost or self._db.dropped or outputs.files.bytes_held:
            raise MediaError(f"its events cannot be stored: {', '.join(lost) or 'the disk is full or broken'}")

    def _keep_preview(self, picture: PreviewPicture) -> None:
        hour = int(picture.frame_time // HOUR_S)
        folder = self._stage / "previews" / str(hour)
        if hour not in self._hours:
            folder.mkdir(parents=True)
            self._hours.add(hour)
        (folder / frame_name(picture.frame_time)).write_bytes(picture.jpeg)

    def _preview(self, hour: int, crf: int) -> PlacedPreview:
        folder = self._stage / "previews" / str(hour)
        names = frame_names(folder)
        start, end = frame_time(names[0]), shown_until(frame_time(names[-1]), (hour + 1) * HOUR_S)
        end = min(end, max(self._now, frame_time(names[-1]) + 1.0))
        path = path_of(self._camera, start, end)
        (self._stage / path).parent.mkdir(parents=True, exist_ok=True)
        source = PreviewSource(str(folder), start, end)
        preview_film.encode(PreviewSpec((source,), start, end, str(self._stage / path), crf))
        return PlacedPreview(path, start, end)

    def _rows(self, connection: Connection, previews: tuple[PlacedPreview, ...]) -> PlacedRows:
        found = segment_rows.overlapping(connection, self._camera, 0.0, float("inf"))
        known = {row["path"]: (row["id"], row["cells"]) for row in _all(connection, segments)}
        clips = self._stage / "clips"
        pictures = [one for one in clips.rglob("*.jpg") if one.is_file()]
        return PlacedRows(
            camera=self._camera,
            segments=tuple(PlacedSegment(known[one.path][0], one, known[one.path][1]) for one in found),
            inits={one.init_id: segment_rows.init(connection, one.init_id) or b"" for one in found},
            events=tuple(_without(row, _MADE_BY_TABLE | _SET_BY_USERS) for row in _all(connection, events)),
            moments=tuple(_without(row, {"id", "label"}) for row in _all(connection, timeline)),
            reasons={row["id"]: row["data"] for row in _all(connection, event_reasons)},
            reviews=tuple(_all(connection, reviews)),
            previews=previews,
            pictures=tuple(sorted(str(one.relative_to(self._stage)) for one in pictures)),
            sizes=tuple(self._samples),
        )


def _all(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(select(table))]


def _without(row: dict[str, Any], names: frozenset[str] | set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _publish(*_: Any, **__: Any) -> None:
    """Tell nobody of the past."""


def _nothing(_: Connection) -> None:
    """Wait for everything that was written before."""
