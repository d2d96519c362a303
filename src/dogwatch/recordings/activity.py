"""Adds up motion, where it was, and objects over segments, and tells which segments were analysed without a gap."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from dogwatch.model import Box, Segment
from dogwatch.recordings.motion_cells import CellCounts

BLIND_S = 2.5  # frames come several times a second; a busy machine may skip some
WATCHES = 60  # about ten minutes: analysis that lags further behind does not count
ORPHANS = 600  # frames that arrive before their segment is announced: two minutes at 5 a second
_Boxes = tuple[tuple[Box, ...], int, int]
"""Boxes of motion, and the width and height of the frame in whose pixels they are."""
_Frame = tuple[float, int | None, int, float | None, _Boxes]
NO_BOXES: _Boxes = ((), 1, 1)


@dataclass(frozen=True, slots=True)
class SegmentActivity:
    """The activity in a whole segment: the sum of motion areas and the count of active objects over frames.

    Either is None if it was not analysed, or not all the time. `cells` are the packed cells in which something moved;
    None if there are none, or if `motion` is None.
    """

    path: str
    motion: int | None
    objects: int | None
    cells: bytes | None = None


@dataclass(slots=True)
class _Coverage:
    """The times at which a segment was analysed: `seen` is the last, `blind` the longest time between two."""

    seen: float
    blind: float = 0.0

    def at(self, time: float) -> None:
        """Add a time."""
        self.blind = max(self.blind, time - self.seen)
        self.seen = max(self.seen, time)

    def complete(self, end: float, patience: float) -> bool:
        """Whether no gap up to `end` is longer than `patience`."""
        return max(self.blind, end - self.seen) <= patience


@dataclass(slots=True)
class _WatchedSegment:
    """A segment whose activity is being added up."""

    path: str
    start: float
    motion_looks: _Coverage
    object_looks: _Coverage
    end: float | None = None
    patience: float = BLIND_S
    motion: int = 0
    objects: int = 0
    cells: CellCounts = field(default_factory=CellCounts)


@dataclass(slots=True)
class CameraActivity:
    """The segments of one camera that are open, or complete but not yet analysed to the end.

    Motion and objects of a segment count as known if no time between two analysed frames was longer than its keyframe
    distance plus `BLIND_S`. (While the picture is quiet, only keyframes are analysed.) Otherwise they stay null in its
    row.
    """

    _watches: deque[_WatchedSegment] = field(default_factory=lambda: deque(maxlen=WATCHES))
    _orphans: deque[_Frame] = field(default_factory=lambda: deque(maxlen=ORPHANS))

    def opened(self, path: str, start: float) -> None:
        """Add a segment that starts at `start`."""
        if any(watch.path == path for watch in self._watches):
            return
        self._watches.append(_WatchedSegment(path, start, _Coverage(start), _Coverage(start)))
        waiting, self._orphans = self._orphans, deque(maxlen=ORPHANS)
        for frame in waiting:
            self.frame(*frame)

    def written(self, segment: Segment) -> None:
        """Set the end of a segment."""
        self.opened(segment.path, segment.start_time)
        for watch in list(self._watches):
            if watch.end is None and watch.start < segment.start_time and watch.path != segment.path:
                self._watches.remove(watch)  # its writer died: its end is unknown
        watch = next(watch for watch in self._watches if watch.path == segment.path)
        watch.end, watch.patience = segment.end_time, BLIND_S + _keyframe_distance(segment)

    def frame(
        self,
        time: float,
        motion: int | None,
        objects: int,
        detected_time: float | None = None,
        boxes: _Boxes = NO_BOXES,
    ) -> None:
        """Add an analysed frame.

        Args:
            time: The frame's (epoch s).
            motion: Its motion area, None if motion was not analysed.
            objects: Active objects in it.
            detected_time: The newest frame in which a detector looked for objects; None for this one.
            boxes: Where something moved.
        """
        looked = time if detected_time is None else detected_time
        if (earlier := self._at(looked)) is not None:
            earlier.object_looks.at(looked)
        if (watch := self._at(time)) is not None:
            watch.objects += objects
            if motion is not None:
                watch.motion_looks.at(time)
                watch.motion += motion
                watch.cells.add(*boxes)
        elif not self._watches or time >= self._watches[-1].start:
            self._orphans.append((time, motion, objects, detected_time, boxes))

    def settled(self, time: float) -> Iterator[SegmentActivity]:
        """Yield the segments that are done, now that everything before `time` has been analysed."""
        while self._watches and (end := self._watches[0].end) is not None and end <= time:
            watch = self._watches.popleft()
            motion = watch.motion if watch.motion_looks.complete(end, watch.patience) else None
            objects = watch.objects if watch.object_looks.complete(end, watch.patience) else None
            if motion is not None or objects is not None:
                yield SegmentActivity(watch.path, motion, objects, watch.cells.packed() if motion else None)

    def _at(self, time: float) -> _WatchedSegment | None:
        """Return the segment that covers `time`."""
        for watch in reversed(self._watches):
            if watch.start <= time and (watch.end is None or time < watch.end):
                return watch
        return None


def _keyframe_distance(segment: Segment) -> float:
    keys = [fragment.start_time for fragment in segment.fragments if fragment.keyframe] + [segment.end_time]
    return max((after - before for before, after in pairwise(keys)), default=0.0)
