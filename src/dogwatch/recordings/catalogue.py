"""The catalogue of recordings, including the file that is being written.

Messages arrive on the event loop, and only touch memory and the write queue. Queries may come from any thread.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from functools import partial
from operator import itemgetter
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from dogwatch.bus.messages import FootageLost, FrameTracks, IngestStats, SegmentOpened, SegmentWritten
from dogwatch.errors import DogwatchError, MediaError, NoFootageError
from dogwatch.model import LONGEST_SEGMENT_S, Segment
from dogwatch.recordings import recovery
from dogwatch.recordings.activity import CameraActivity
from dogwatch.store import deletions, segments
from dogwatch.store.database import Database
from dogwatch.store.deletions import Deletion
from dogwatch.store.segments import EntryTuple, ListedSegment, SegmentRow, SegmentSummary

INITS_KEPT = 64
RETRIES = 1000  # rows of one camera; the files of any more are indexed at the next start
OPEN_ID = "opened"  # the row id of a segment that has no row yet
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _CameraState:
    """The state of one camera that is not in its rows.

    `open` maps paths to start times; `queued` has segments whose row is in the write queue; `failed` has segments and
    init sections that could not be written, and are tried again with the next segment. `written` is when the newest
    file ends, and before there was one `begun`, the time of the first message. Up to `sure` (epoch s) no message was
    lost; `dropped` is how many messages ingest had to drop since it started.
    """

    activity: CameraActivity = field(default_factory=CameraActivity)
    open: dict[str, float] = field(default_factory=dict)
    queued: dict[str, Segment] = field(default_factory=dict)
    failed: dict[str, tuple[Segment, bytes]] = field(default_factory=dict)
    begun: float = 0.0
    written: float = 0.0
    sure: float = 0.0
    dropped: int = 0


class Catalogue:
    """The recordings of all cameras below `media_root`."""

    def __init__(self, db: Database, media_root: Path, *, clock: Callable[[], float] = time.time) -> None:
        """Keep rows in `db`; `clock` gives the time for rows of lost footage."""
        self.db, self.media_root, self._clock = db, media_root, clock
        self._cameras: dict[str, _CameraState] = {}
        self._inits: dict[str, bytes] = {}
        self._unnoted: deque[Deletion] = deque(maxlen=RETRIES)

    # -------------------------------------------------------------- messages, on the event loop

    def on_segment_opened(self, message: SegmentOpened) -> None:
        """Add a file that ingest has begun to write."""
        camera = self._camera(message.camera)
        camera.open[message.path] = message.start_time
        camera.activity.opened(message.path, message.start_time)

    def on_segment_written(self, message: SegmentWritten) -> None:
        """Write the row of a complete file, and of older files that their writer could not complete."""
        segment = message.segment
        camera = self._camera(segment.camera)
        camera.activity.written(segment)
        camera.written = segment.end_time
        again, camera.failed = list(camera.failed.values())[-RETRIES:], {}
        for one, init in [*again, (segment, message.init)]:
            self._write(camera, one, init)
        unnoted, self._unnoted = list(self._unnoted), deque(maxlen=RETRIES)
        for lost in unnoted:
            self._note(lost)
        camera.open.pop(segment.path, None)  # last, because another thread may be querying
        for path in [path for path, start in camera.open.items() if start < segment.start_time]:
            del camera.open[path]
            # Reading may take long: neither the event loop nor the database may wait for the disk.
            threading.Thread(target=self._rescue, args=(camera, path), name="rescue", daemon=True).start()

    def on_footage_lost(self, message: FootageLost) -> None:
        """Add a row for footage that was lost before it reached the disk."""
        detail = f"{message.reason}: {message.detail}" if message.detail else message.reason
        lost = Deletion(self._clock(), message.camera, message.start_time, message.end_time, 0, 0, "lost", detail)
        _log.warning("lost footage of %s, %.1f s: %s", lost.camera, lost.end_time - lost.start_time, detail)
        self._note(lost)

    def on_tracks(self, message: FrameTracks) -> None:
        """Add motion and objects of one analysed frame to its segment."""
        camera = self._camera(message.camera)
        active = sum([not (one.stationary or one.false_positive) for one in message.objects])
        area = message.motion_area if message.motion_known else None
        boxes = (message.motion_boxes, message.width, message.height)
        camera.activity.frame(message.frame_time, area, active, message.detected_time, boxes)
        for done in camera.activity.settled(message.frame_time):
            self.db.submit(partial(segments.set_activity, **asdict(done)))

    def settle(self, name: str) -> None:
        """Store the activity of all complete segments of a camera: no more of its frames will come."""
        for done in self._camera(name).activity.settled(math.inf):
            self.db.submit(partial(segments.set_activity, **asdict(done)))

    def on_stats(self, message: IngestStats) -> None:
        """When ingest had to drop messages, look on the disk for what they told of."""
        camera = self._camera(message.camera)
        before = camera.dropped if message.dropped_messages >= camera.dropped else 0  # a new process counts from 0
        camera.dropped = message.dropped_messages
        if message.dropped_messages > before:
            _log.warning("%d messages about %s were lost", message.dropped_messages - before, message.camera)
            since = min(camera.sure, self._clock()) - LONGEST_SEGMENT_S
            known = {*camera.open, *camera.queued, *camera.failed}
            threading.Thread(target=self._reindex, args=(message.camera, since, known), daemon=True).start()
        camera.sure = camera.written

    # -------------------------------------------------------------- queries, from any thread

    def segments(self, camera: str, start: float, end: float) -> list[Segment]:
        """Return the segments that overlap `start` to `end` (epoch s), oldest first, an open one as far as flushed."""
        newest = self.without_rows(camera, start, end)
        with self.db.read(once=True) as connection:
            found = segments.overlapping(connection, camera, start, end)
        paths = {one.path for one in found}
        return sorted(found + [one for one in newest if one.path not in paths], key=lambda one: one.start_time)

    def spans(self, camera: str, start: float, end: float) -> list[SegmentRow]:
        """Like `segments`, without fragments: cheap for long ranges."""
        newest = [_span(one) for one in self.without_rows(camera, start, end)]
        with self.db.read(once=True) as connection:
            found = segments.spans(connection, camera, start, end)
        paths = {one.path for one in found}
        return sorted(found + [one for one in newest if one.path not in paths], key=lambda one: one.start_time)

    def listed(self, camera: str, start: float, end: float) -> list[ListedSegment]:
        """Return of each segment that overlaps `start` to `end` what lists show, oldest first."""
        newest = [_span(one) for one in self.without_rows(camera, start, end)]
        with self.db.read(once=True) as connection:
            found = segments.listed(connection, camera, start, end)
        known = {start for _, start, *_ in found} if newest else set()
        found += [
            (one.id, one.start_time, one.end_time, one.size_bytes, one.motion, one.objects, None)
            for one in newest
            if one.start_time not in known
        ]
        return sorted(found, key=itemgetter(1)) if newest else found

    def listing(self, camera: str, start: float, end: float) -> tuple[list[EntryTuple], list[Segment], list[Segment]]:
        """Return the segments that overlap `start` to `end` (epoch s), for playlists of whole days.

        Returns:
            Summaries of the segments wholly inside; the segments that overlap one of the ends; and the segments without
            a row yet, of which one may be growing. Each list has the oldest first.
        """
        newest = self.without_rows(camera, start, end)
        with self.db.read() as connection:
            whole = segments.whole(connection, camera, start, end)
            ends = [one for at in (start, end) for one in segments.overlapping(connection, camera, at, at)]
        cut = list({one.path: one for one in ends}.values())
        known = {start for start, *_ in whole} | {one.start_time for one in cut} if newest else set()
        return whole, cut, [one for one in newest if one.start_time not in known]

    def first(self, camera: str, start: float, end: float, init_id: str = "") -> SegmentSummary | None:
        """Return the first segment that overlaps `start` to `end` (epoch s), of those that use `init_id` if given."""
        newest = self.without_rows(camera, start, end)
        with self.db.read(once=True) as connection:
            found = segments.first(connection, camera, start, end, init_id)
        fitting = [_brief(one) for one in newest if init_id in ("", one.init_id)]
        return min([found, *fitting] if found else fitting, default=None)

    def peak(self, camera: str, start: float, end: float, shortest_s: float) -> float:
        """Return the highest rate in bytes a second; see `segments.peak`."""
        newest = self.without_rows(camera, start, end)
        with self.db.read(once=True) as connection:
            found = segments.peak(connection, camera, start, end, shortest_s)
        return max([found, *(one.size_bytes / max(one.duration, shortest_s) for one in newest)])

    def without_rows(self, name: str, start: float, end: float) -> list[Segment]:
        """Return the segments between `start` and `end` (epoch s) that have no row yet; one may be growing."""
        camera = self._camera(name)
        found = [one for one in list(camera.queued.values()) if one.start_time < end and one.end_time > start]
        for path, began in list(camera.open.items()):
            if began >= end:
                continue
            try:
                segment, init, _ = recovery.index(self.media_root, path)
            except (MediaError, OSError):
                continue  # nothing of it has been flushed yet
            self._keep_init(segment.init_id, init)
            if segment.start_time < end and segment.end_time > start:
                found.append(segment)
        return found

    def init(self, init_id: str) -> bytes:
        """Return the init section (`ftyp` + `moov`) named `init_id`.

        Raises:
            NoFootageError: No segment uses it any more.
        """
        data = self._inits.get(init_id)
        if data is None:
            with self.db.read(once=True) as connection:
                data = segments.init(connection, init_id)
            if data is None:
                raise NoFootageError("the recordings of this stream have gone")
            self._keep_init(init_id, data)
        return data

    def footprint(self, camera: str) -> tuple[float, ...] | None:
        """Return what changes whenever footage of `camera` reaches the disk; None while nothing is known of it.

        That is when the newest complete file ends, and the sizes of those that are being written.
        """
        state = self._cameras.get(camera)
        if state is None or not (state.open or state.written > state.begun):
            return None
        sizes = [_size(self.media_root / path) for path in list(state.open)]
        return (state.written, *sizes)

    def reconcile(
        self, progress: recovery.Progress | None = None, *, changes_files: bool = True, since: float | None = None
    ) -> recovery.RecoveryReport:
        """Bring disk and database together; call at start, from a worker thread (see `recovery.reconcile`).

        Raises:
            RecordingError: The recordings directory is not the one that the database knows.
        """
        return recovery.reconcile(self.db, self.media_root, progress, changes_files=changes_files, since=since)

    def reindex(self, cameras: Iterable[str]) -> None:
        """Index the newest files that nobody has told of: their writer has died without a core. For a worker thread."""
        since = self._clock() - LONGEST_SEGMENT_S
        for name in cameras:
            camera = self._camera(name)
            self._reindex(name, since, {*camera.open, *camera.queued, *camera.failed})

    # -------------------------------------------------------------- steps

    def _camera(self, name: str) -> _CameraState:
        camera = self._cameras.get(name)
        if camera is None:
            now = self._clock()
            camera = self._cameras.setdefault(name, _CameraState(begun=now, written=now, sure=now))
        return camera

    def _write(self, camera: _CameraState, segment: Segment, init: bytes) -> None:
        def done(future: Future[None]) -> None:
            if (error := future.exception()) is not None:
                _log.error("cannot write the row of %s yet: %s", segment.path, error)
                camera.failed[segment.path] = (segment, init)
            else:
                camera.queued.pop(segment.path, None)

        self._keep_init(segment.init_id, init)
        camera.queued[segment.path] = segment
        self.db.submit(partial(segments.add, segment=segment, init=init)).add_done_callback(done)

    def _note(self, lost: Deletion) -> None:
        """Add a row for lost footage; later, if the database's disk has failed as well."""

        def done(future: Future[None]) -> None:
            if future.exception() is not None:
                self._unnoted.append(lost)

        self.db.submit(partial(deletions.add, deletion=lost)).add_done_callback(done)

    def _rescue(self, camera: _CameraState, path: str) -> None:
        """Write the row of a file that its writer could not complete."""
        try:
            segment, init, _ = recovery.index(self.media_root, path)
        except (MediaError, OSError) as error:
            _log.warning("nothing to rescue of %s: %s", path, error)
            return
        self._write(camera, segment, init)

    def _reindex(self, camera: str, since: float, known: set[str]) -> None:
        try:
            added = recovery.reindex(self.db, self.media_root, camera, since, known)
        except (DogwatchError, SQLAlchemyError, OSError) as error:
            _log.error("recordings of %s without rows wait for the next start: %s", camera, error)
        else:
            _log.info("%d recordings of %s had no row", added, camera)

    def _keep_init(self, init_id: str, data: bytes) -> None:
        if len(self._inits) >= INITS_KEPT:
            self._inits.clear()
        self._inits[init_id] = data


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _brief(segment: Segment) -> SegmentSummary:
    return SegmentSummary(segment.start_time, segment.end_time, segment.init_id, segment.has_audio)


def _span(segment: Segment) -> SegmentRow:
    values = {name: getattr(segment, name) for name in SegmentRow._fields if name != "id"}
    return SegmentRow(id=f"{segment.start_time:.6f}-{OPEN_ID}", **values)
