"""When a film was taken, and which times of a camera's past it may fill."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dogwatch.jobs.kinds import JobError
from dogwatch.library import file_times
from dogwatch.library.file_times import FoundTime
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.recordings.rules import DAY_S

PRESENT_S = 60.0  # what is younger may be recorded at this moment
LONGEST_S = 48 * 3600.0
TOUCH_S = 0.5  # films that follow one another may overlap by so much
SHORTEST_S = 1.0  # between two recordings: a shorter gap is not filled
TOLD_RANGES = 3


class PlacingTimes:
    """The times of the cameras that films may fill."""

    def __init__(self, catalogue: Catalogue, clock: Callable[[], float] = time.time) -> None:
        """Look into `catalogue` for what is recorded; `clock` gives epoch seconds."""
        self._catalogue, self._clock = catalogue, clock

    def check(self, camera: str, start: float, end: float, kept_s: float) -> None:
        """Check that a film may be placed from `start` to `end` (epoch s), where recordings are kept for `kept_s`.

        Raises:
            JobError: It may not.
        """
        now = self._clock()
        if end - start > LONGEST_S:
            raise JobError(f"it is longer than {LONGEST_S / 3600:.0f} hours")
        if not start >= 0:  # nor is it a number, if it is NaN
            raise JobError(f"it would begin at {_text(start)}, and recordings begin in 1970")
        if end > now - PRESENT_S:
            raise JobError(f"it would end at {_text(end)}, which is not in the past")
        if end < now - kept_s:
            raise JobError(
                f"{camera} keeps recordings for {kept_s / DAY_S:g} days at most, and the film is from {_text(start)}: "
                "it would be deleted at once. Raise record.continuous.days, or give old films a camera of their own"
            )

    def free(self, camera: str, start: float, end: float, *, cut: bool) -> list[tuple[float, float]]:
        """Return the times that may be filled.

        Raises:
            JobError: There are recordings of that time, and not to be `cut` around, or of all of it.
        """
        import numpy as np  # here, as below: the core starts without

        from dogwatch.recordings.gaps import find_gaps

        there = self.recorded(camera, start, end)
        if not there:
            return [(start - LONGEST_S, end + LONGEST_S)]  # all of the film, whatever its header says of its length
        if not cut:
            raise JobError(f"{camera} has recordings of that time: {in_words(there)}")
        free = find_gaps(np.array(there), start, end, SHORTEST_S)
        if not free:
            raise JobError(f"{camera} has recordings of all of that time")
        first, last = free[0], free[-1]
        if last[1] >= end:  # nothing follows, so that the film may be longer than its header says
            free[-1] = (last[0], end + LONGEST_S if not self.recorded(camera, end, end + LONGEST_S) else end)
        if first[0] <= start:
            free[0] = (start - SHORTEST_S, free[0][1])
        return free

    def recorded(self, camera: str, start: float, end: float) -> list[tuple[float, float]]:
        """Return the recorded times between `start` and `end`, with those that touch joined."""
        joined: list[tuple[float, float]] = []
        for one in self._catalogue.spans(camera, start + TOUCH_S, end - TOUCH_S):
            if joined and one.start_time <= joined[-1][1] + SHORTEST_S:
                joined[-1] = (joined[-1][0], max(joined[-1][1], one.end_time))
            else:
                joined.append((one.start_time, one.end_time))
        return joined


def when(film: Path, created: Sequence[str], params: Mapping[str, Any], zone: tzinfo | None) -> FoundTime:
    """Return when a film was taken: `at` of a job's parameters (epoch s), or what its name or container says.

    `created` are the texts of the container, the surest first.

    Names are times of the zone `timezone` of the parameters, or else of `zone`.

    Raises:
        JobError: Nothing tells.
    """
    if (given := params.get("at")) is not None:
        return FoundTime(float(given), "given")
    if name := params.get("timezone"):
        try:
            zone = ZoneInfo(str(name))
        except (ValueError, ZoneInfoNotFoundError) as error:
            raise JobError(f"there is no time zone {name}") from error
    said = next((time for text in created if (time := file_times.of_container(text)) is not None), None)
    found = file_times.find(film, said, zone)
    if found is None:
        raise JobError(f"nothing tells when {film.name} was taken: give its time")
    return found


def in_words(ranges: Sequence[tuple[float, float]]) -> str:
    """Return times in words."""
    told = ", ".join(f"{_text(start)} to {_text(end)}" for start, end in ranges[:TOLD_RANGES])
    more = len(ranges) - TOLD_RANGES
    return f"{told} and {more} more" if more > 0 else told


def _text(time: float) -> str:
    try:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError):  # there are no such years
        return f"{time:g} s after 1970"
