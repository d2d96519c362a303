"""Chooses which pictures of a stream are due for detection.

The pictures after the last due one of a GOP need not be decoded. There are most of them if a due picture is the GOP's
first. So where keyframes come at multiples of the detect period, the due pictures are counted from them.
"""

from __future__ import annotations

import math

CLOSEST = 0.6  # of a period: a picture that follows the last due one sooner is left for the next in its slot
AHEAD = 1.3  # frame intervals: a picture that jitter may move into the next slot is not waited for
FOLLOW = 0.25  # of the distance between a keyframe and its slot: jitter averages out, and slow clocks are followed
MOVE_PERIODS = 60  # between two moves of all slots, each of which changes the number of due pictures by 0.6 at most
STRAY_GOPS = 2  # after so many GOPs in a row that are no multiple of a period, slots are fixed to the epoch
WEIGHT = 1 / 8  # of a new picture in the average frame interval
LONGEST_STEP_S = 1.0  # a longer gap tells nothing about the frame interval


class DetectGrid:
    """Slots of `1 / fps` seconds, in each of which the first picture is due; for pictures in the order of their times.

    A slot begins half a frame interval before its ideal time, so that jitter does not move a picture into another one.
    Where GOPs are no multiple of a slot, the slots are fixed to the epoch. Then, too, the choice hardly depends on when
    decoding began.
    """

    def __init__(self, fps: float) -> None:
        """Start without a picture."""
        self.fps = fps
        self._interval = 0.0  # between pictures, in seconds; 0 if not known
        self.restart()

    def restart(self) -> None:
        """Begin anew with the next picture."""
        self._origin = 0.0  # the ideal time of slot 0 (epoch s)
        self._newest = self._due_at = self._keyframe = self._moved = -math.inf
        self._slot: int | None = None  # of the last due picture
        self._strays = 0

    def is_due(self, at: float, *, keyframe: bool) -> bool:
        """Whether the picture at `at` (epoch s), which is a `keyframe` or not, is due."""
        if 0 < (step := at - self._newest) < LONGEST_STEP_S:
            self._interval += (step - self._interval) * (WEIGHT if self._interval else 1.0)
        self._newest = at
        if self._slot is None:
            self._moved = at  # the beginning counts as a move: another one soon after it would add a picture
        if keyframe:
            self._align(at)
        slot = self._slot_of(at)
        if self._slot is not None and (slot <= self._slot or self._is_too_close(at, slot)):
            return False
        self._slot, self._due_at = slot, at
        return True

    def after(self, at: float) -> float:
        """Return when the slot after that of `at` begins (epoch s)."""
        return self._origin + (self._slot_of(at) + 1) / self.fps - self.early

    @property
    def early(self) -> float:
        """How long before its ideal time a slot begins, in seconds."""
        return min(self._interval, 1 / self.fps) / 2

    def _slot_of(self, at: float) -> int:
        return math.floor((at - self._origin + self.early) * self.fps)

    def _is_too_close(self, at: float, slot: int) -> bool:
        """Whether a later picture of the same slot has a better distance from the last due one."""
        return (at - self._due_at) * self.fps < CLOSEST and self._slot_of(at + self._interval * AHEAD) == slot

    def _align(self, at: float) -> None:
        """Let slots begin with the keyframe at `at`, or with the epoch if keyframes are no multiple of a slot apart."""
        periods, self._keyframe = (at - self._keyframe) * self.fps, at  # infinite at the first keyframe
        if self._slot is None:
            self._origin = at
        elif math.isinf(periods) or (round(periods) >= 1 and self._is_near(periods)):
            self._strays = 0
            phase = (at - self._origin) * self.fps
            if self._is_near(phase):
                self._origin += (phase - round(phase)) / self.fps * FOLLOW
            else:
                self._move(at)
        else:
            self._strays += 1
            if self._strays >= STRAY_GOPS:
                self._move(0.0)

    def _is_near(self, periods: float) -> bool:
        return abs(periods - round(periods)) <= self.early * self.fps

    def _move(self, origin: float) -> None:
        if origin != self._origin and (self._newest - self._moved) * self.fps >= MOVE_PERIODS:
            self._origin, self._moved = origin, self._newest
            self._slot = self._slot_of(self._due_at)
