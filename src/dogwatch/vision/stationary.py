"""Whether an object moves or stands (docs/vision.md).

An object stands while its box agrees with the running average of its boxes. The boxes of detectors jitter, so one box
that disagrees does not count: it takes two in a row.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from dogwatch.model import Box

AVERAGED = 10
MOVED_IOU = 0.6
MOVED_IOU_STATIONARY = 0.5  # an object that has stood for long must move more
CONFIRMATIONS = 2


@dataclass(slots=True)
class Stillness:
    """How long one object has stood; `threshold` frames at `fps` make it stationary.

    `motionless_count` is in frames at the detect rate, computed from timestamps, so that it does not depend on how
    often a detector looked. `position_changes` increases when the object first moves, and each time it moves again
    after it was stationary.
    """

    threshold: int
    fps: float
    stationary: bool = False
    motionless_count: int = 0
    position_changes: int = 0
    _since: float | None = None
    _disagreed: int = 0
    _boxes: deque[Box] = field(default_factory=deque)
    _sums: tuple[int, int, int, int] = (0, 0, 0, 0)

    def seen(self, box: Box, time: float) -> None:
        """Add the object's box at `time`."""
        if self._since is None:
            self._since = time
        if not self._boxes or box.iou(self._average()) >= self._limit():
            self._disagreed = 0
            self._add(box)
            self.passed(time)
            return
        self._disagreed += 1
        if self._disagreed < CONFIRMATIONS:
            return
        if self.stationary or not self.position_changes:
            self.position_changes += 1
        self.stationary, self.motionless_count, self._since, self._disagreed = False, 0, time, 0
        self._boxes.clear()
        self._sums = (0, 0, 0, 0)
        self._add(box)

    def passed(self, time: float) -> None:
        """Advance to `time` without a detection of the object."""
        if self._since is not None:
            self.motionless_count = max(self.motionless_count, round((time - self._since) * self.fps))
            self.stationary = self.stationary or self.motionless_count >= self.threshold

    @property
    def settled(self) -> bool:
        """Whether the object stands and its last box agreed."""
        return self.stationary and not self._disagreed

    def _limit(self) -> float:
        return MOVED_IOU_STATIONARY if self.stationary else MOVED_IOU

    def _add(self, box: Box) -> None:
        left, top, right, bottom = self._sums
        if len(self._boxes) == AVERAGED:
            old = self._boxes.popleft()
            left, top, right, bottom = left - old.x1, top - old.y1, right - old.x2, bottom - old.y2
        self._boxes.append(box)
        self._sums = left + box.x1, top + box.y1, right + box.x2, bottom + box.y2

    def _average(self) -> Box:
        left, top, right, bottom = self._sums
        count = len(self._boxes)
        return Box(round(left / count), round(top / count), round(right / count), round(bottom / count))
