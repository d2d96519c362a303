"""Adds up motion and objects over segments, and knows which spans have been looked at without a blind spot."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from dogwatch.model import Segment

BLIND_S = 2.5  # frames come several times a second; a busy machine may skip some
WATCHES = 60  # analysis that lags further behind than ten minutes is as good as none
ORPHANS = 600  # frames that came before their segment was announced: two minutes at 5 a second


@dataclass(frozen=True, slots=True)
class Activity:
    """What a whole segment held: the sum of motion areas and the count of active objects over frames."""

    path: str
    motion: int
    objects: int


@dataclass(slots=True)
class _Watch:
    """One segment under observation; `seen` is the last analysed time, `blind` the longest time without analysis."""

    path: str
    start: float
    seen: float
    end: float | None = None
    patience: float = BLIND_S
    blind: float = 0.0
    motion: int = 0
    objects: int = 0


@dataclass(slots=True)
class CameraActivity:
    """The segments of one camera that are open, or complete but not yet looked at to the end.

    A segment counts as analysed when no stretch of it longer than its keyframe distance (while the picture is quiet
    only keyframes are analysed) and `BLIND_S` went unseen. One that does not is never reported, and its row keeps
    saying that nobody knows.
    """

    _watches: deque[_Watch] = field(default_factory=lambda: deque(maxlen=WATCHES))
    _orphans: deque[tuple[float, int, int]] = field(default_factory=lambda: deque(maxlen=ORPHANS))

    def opened(self, path: str, start: float) -> None:
        """Begin to watch a segment that starts at `start`."""
        if any(watch.path == path for watch in self._watches):
            return
        self._watches.append(_Watch(path, start, start))
        waiting, self._orphans = self._orphans, deque(maxlen=ORPHANS)
        for time, motion, objects in waiting:
            self.frame(time, motion, objects)

    def written(self, segment: Segment) -> None:
        """Take note of where a segment ends."""
        self.opened(segment.path, segment.start_time)
        for watch in list(self._watches):
            if watch.end is None and watch.start < segment.start_time and watch.path != segment.path:
                self._watches.remove(watch)  # its writer died: nothing says where it ends
        watch = next(watch for watch in self._watches if watch.path == segment.path)
        watch.end, watch.patience = segment.end_time, BLIND_S + _keyframe_distance(segment)

    def frame(self, time: float, motion: int, objects: int) -> None:
        """Take note of an analysed frame."""
        for watch in reversed(self._watches):
            if watch.start <= time and (watch.end is None or time < watch.end):
                watch.blind = max(watch.blind, time - watch.seen)
                watch.seen = max(watch.seen, time)
                watch.motion += motion
                watch.objects += objects
                return
        if not self._watches or time >= self._watches[-1].start:
            self._orphans.append((time, motion, objects))

    def settled(self, time: float) -> Iterator[Activity]:
        """Yield the segments that are through now that everything before `time` has been looked at."""
        while self._watches and (end := self._watches[0].end) is not None and end <= time:
            watch = self._watches.popleft()
            if max(watch.blind, end - watch.seen) <= watch.patience:
                yield Activity(watch.path, watch.motion, watch.objects)


def _keyframe_distance(segment: Segment) -> float:
    keys = [fragment.start_time for fragment in segment.fragments if fragment.keyframe] + [segment.end_time]
    return max((after - before for before, after in pairwise(keys)), default=0.0)
