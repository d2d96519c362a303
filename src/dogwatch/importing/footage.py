"""Brings recordings over: links or copies the files, and indexes them as they lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from dogwatch.errors import DogwatchError, MediaError
from dogwatch.importing import media_rows
from dogwatch.importing.files import FileCarrier
from dogwatch.importing.layout import InstallationLayout, LeftOutError
from dogwatch.importing.media_rows import RecordingRow
from dogwatch.importing.report import ImportReport
from dogwatch.importing.source import Row, SourceDatabase
from dogwatch.media import plain_file
from dogwatch.model import LONGEST_SEGMENT_S, Segment
from dogwatch.store import segments
from dogwatch.store.database import Database
from dogwatch.store.segments import There

RECORDINGS = "recordings"


class FootageImport:
    """Brings the recordings of one installation over; without a database it only looks at the files."""

    def __init__(
        self,
        layout: InstallationLayout,
        source: SourceDatabase,
        db: Database | None,
        carrier: FileCarrier,
        report: ImportReport,
        progress: Callable[[int], object],
    ) -> None:
        """Read rows from `source`, bring files by `carrier`, and write to `db`."""
        self._layout, self._source, self._db, self._carrier = layout, source, db, carrier
        self._report, self._progress = report, progress
        self._ends: dict[str, float] = {}

    def bring(self) -> None:
        """Bring all recordings over."""
        try:
            for rows in self._source.rows(media_rows.RECORDINGS, media_rows.RECORDING_COLUMNS):
                self._batch(rows)
                self._progress(len(rows))
        except DogwatchError as error:
            self._report.leave(RECORDINGS, str(error))

    def _batch(self, rows: list[Row]) -> None:
        wanted: list[RecordingRow] = []
        for row in rows:
            with self._report.leaving(RECORDINGS, row.get("path")):
                wanted.append(media_rows.recording(row))
        if self._db is None:
            there = There(set(), {})
        else:
            with self._db.read() as connection:
                there = segments.there(connection, [one.id for one in wanted], [one.path for one in wanted])
        batch = _Batch({}, {}, set(there.ends))
        for one in wanted:
            if one.id in there.ids or one.id in batch.found:
                self._report.keep(RECORDINGS)
                self._ends[one.camera] = there.ends.get(one.path, 0.0)
                continue
            with self._report.leaving(RECORDINGS, one.origin):
                self._one(one, batch)
        if self._db is not None and batch.found:
            self._db.write(partial(segments.add_all, found=batch.found, inits=batch.inits))
        self._report.bring(RECORDINGS, len(batch.found))

    def _one(self, one: RecordingRow, batch: _Batch) -> None:
        if one.path in batch.paths:
            raise LeftOutError("another recording is in its place")
        origin = self._layout.inside(one.origin)
        stat = self._carrier.stat(origin)
        try:
            index = plain_file.scan(self._carrier.source / origin, one.start_time, self._ends.get(one.camera))
        except MediaError as error:
            raise LeftOutError(f"its file does not play:{str(error).rpartition(':')[2]}") from error
        except OSError as error:
            raise LeftOutError(f"its file cannot be read: {error.strerror}") from error
        if index.end_time - index.start_time > LONGEST_SEGMENT_S:
            raise LeftOutError(f"it is longer than {LONGEST_SEGMENT_S:.0f} s")
        self._carrier.bring(origin, one.path, stat)
        self._ends[one.camera] = index.end_time
        batch.paths.add(one.path)
        batch.inits[index.init_id] = index.init
        batch.found[one.id] = Segment(
            camera=one.camera,
            path=one.path,
            start_time=index.start_time,
            end_time=index.end_time,
            size_bytes=index.valid_bytes,
            init_id=index.init_id,
            fragments=index.fragments,
            has_audio=index.has_audio,
            dbfs=one.dbfs,
            motion=one.motion,
            objects=one.objects,
        )


@dataclass(slots=True)
class _Batch:
    """Segments by id, init sections by id, and the paths that are taken."""

    found: dict[str, Segment]
    inits: dict[str, bytes]
    paths: set[str]
