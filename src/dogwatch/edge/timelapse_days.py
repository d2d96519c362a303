"""When timelapse frames are taken, and when a day is over; without files, threads and clocks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from dogwatch.edge.files import local

FIRST_YEAR = 2024  # before, the clock is not set
LONGEST_WAIT_S = 60.0  # clocks are set, and computers sleep
SHORTEST_WAIT_S = 0.05
_FRAME = re.compile(r"frame_([0-9]{6})(?:_([0-9]{1,6}))?\.jpg")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_VIDEO = re.compile(r"timelapse_([0-9]{8})(?:_[0-9]+)?\.mp4")


@dataclass(frozen=True, slots=True)
class DayStep:
    """What is to do now: `begins` is a day that has just begun, `capture` whether a frame is due."""

    begins: date | None = None
    capture: bool = False


class DayMachine:
    """Goes from day to day, and from frame to frame, by the local clock."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        """Begin on no day; `zone` None is the system's."""
        self._zone = zone
        self.day: date | None = None
        self._tried: float | None = None

    def restart(self) -> None:
        """Take the next frame at once."""
        self._tried = None

    def step(self, now: float, enabled: bool, interval_s: float) -> DayStep:
        """Return what is to do at `now` (epoch s).

        A day begins at the first step after the local midnight, whether frames are taken or not, and at the first one
        with a clock that is set. Between two frames pass `interval_s`, unless the clock is set back.
        """
        today = today_of(now, self._zone)
        begins = today if today != self.day else None
        self.day = today
        capture = enabled and today is not None and self._wait(now, interval_s) <= 0
        if capture:
            self._tried = now
        return DayStep(begins, capture)

    def wait_s(self, now: float, enabled: bool, interval_s: float) -> float:
        """Return after how many seconds to look again."""
        if self.day is None:
            return LONGEST_WAIT_S
        until = self._until_midnight(now)
        if enabled:
            until = min(until, self._wait(now, interval_s))
        return min(max(until, SHORTEST_WAIT_S), LONGEST_WAIT_S)

    def _wait(self, now: float, interval_s: float) -> float:
        if self._tried is None or now < self._tried:
            return 0.0
        return self._tried + interval_s - now

    def _until_midnight(self, now: float) -> float:
        tomorrow = local(now, self._zone).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(), self._zone).timestamp() - now


def today_of(now: float, zone: tzinfo | None = None) -> date | None:
    """Return the local date; None while the clock is not set."""
    today = local(now, zone).date()
    return today if today.year >= FIRST_YEAR else None


def frame_order(names: Iterable[str]) -> list[str]:
    """Return the names that are those of frames, in the order in which they were taken."""
    found = [(match[1], int(match[2] or 0), name) for name in names if (match := _FRAME.fullmatch(name))]
    return [name for _, _, name in sorted(found)]


def frame_time(day: date, name: str, zone: tzinfo | None, near: float) -> float | None:
    """Return when a frame was taken (epoch s), by its name; None if the name tells no time.

    A time that a day has twice, as clocks are set back, is the one nearer to `near`, such as the file's time.
    """
    match = _FRAME.fullmatch(name)
    if match is None:
        return None
    try:
        at = datetime.combine(day, datetime.strptime(match[1], "%H%M%S").time(), zone)  # noqa: DTZ007 - a time of day
    except ValueError:
        return None
    return min(at.timestamp(), at.replace(fold=1).timestamp(), key=lambda found: abs(found - near))


def day_of(name: str) -> date | None:
    """Return the date that a directory of frames is named after, None for other directories."""
    return _date(name) if _DAY.fullmatch(name) else None


def video_day(name: str) -> date | None:
    """Return the date of a timelapse video by its name; None if it has another name."""
    match = _VIDEO.fullmatch(name)
    return _date(match[1]) if match else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
