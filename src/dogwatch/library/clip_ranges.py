"""Which frames a clip has: asked for by frames, or by times. Times are never computed from a rate that nobody gave."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from dogwatch.errors import FileError

if TYPE_CHECKING:
    from dogwatch.media.frame_times import FrameTimes

FRAMES_A_SECOND = 60
"""A clip may have so many frames for each second of its longest length."""
HALF_MICROSECOND = 5e-7
"""Times that clients were told may be rounded."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says, None where it says nothing; `end_frame` is included, `end_time` is not."""

    start_frame: int | None = None
    end_frame: int | None = None
    start_time: float | None = None
    end_time: float | None = None
    fps: float | None = None

    def check(self) -> None:
        """Judge the request by itself.

        Raises:
            FileError: 400.
        """
        first, last = (self.start_frame, self.end_frame) if self.by_frames else (self.start_time, self.end_time)
        if first is None or last is None:
            text = "start_frame and end_frame, or start_time and end_time, are required"
            raise FileError(400, "clip_range_required", text)
        if first > last or (first == last and not self.by_frames):
            raise FileError(400, "range_reversed", "The range ends before it begins")

    @property
    def by_frames(self) -> bool:
        """Whether the range is one of frames; times are of no account then."""
        return self.start_frame is not None or self.end_frame is not None


@dataclass(frozen=True, slots=True)
class ClipRange:
    """The frames of a clip, `end` included."""

    start: int
    end: int
    start_time: float
    duration: float

    @property
    def frames(self) -> int:
        """How many there are."""
        return self.end - self.start + 1


def choose(asked: Asked, times: FrameTimes, longest_s: float) -> ClipRange:
    """Return the frames that are `asked` for, which was checked, of a file with these `times`.

    Raises:
        FileError: 422; the file does not have them, or they are too many.
    """
    start, end = _of_frames(asked, times) if asked.by_frames else _of_times(asked, times)
    end = min(end, times.total - 1)
    duration = times.length(start, end)
    chosen = ClipRange(start, end, times.time(start), duration)
    if duration > longest_s or chosen.frames > longest_s * FRAMES_A_SECOND:
        text = f"A clip has at most {longest_s:g} s and {longest_s * FRAMES_A_SECOND:g} frames"
        raise FileError(422, "clip_too_long", text, max_seconds=longest_s)
    return chosen


def _of_frames(asked: Asked, times: FrameTimes) -> tuple[int, int]:
    assert asked.start_frame is not None  # noqa: S101 - it was checked
    assert asked.end_frame is not None  # noqa: S101
    if asked.start_frame >= times.total:
        raise FileError(422, "frame_out_of_range", f"The file has {times.total} frames", total_frames=times.total)
    return asked.start_frame, asked.end_frame


def _of_times(asked: Asked, times: FrameTimes) -> tuple[int, int]:
    assert asked.start_time is not None  # noqa: S101 - it was checked
    assert asked.end_time is not None  # noqa: S101
    if asked.fps is not None:
        # As they are written: 1.1 s at 30 frames a second are 33 frames, but a little more with floats.
        start, end = (ceil(_exact(time) * _exact(asked.fps)) for time in (asked.start_time, asked.end_time))
        beyond = start >= times.total
    else:
        start, end = (times.after(time - HALF_MICROSECOND) for time in (asked.start_time, asked.end_time))
        beyond = asked.start_time >= times.duration
    if beyond:
        raise FileError(422, "time_out_of_range", f"The file lasts {times.duration:.3f} s", duration=times.duration)
    if start >= end:
        raise FileError(422, "empty_range", "No frame is first shown in this range")
    return start, end - 1


def _exact(number: float) -> Fraction:
    return Fraction(repr(number))
