"""Tells when a film was taken: from its name, or from what its container says.

Cameras name files by their own clock, most of them by local time, and the name is the time of the first picture. What
containers say is less sure: by the standard it is UTC, but many cameras write local time there, and phones write the
time at which the recording ended. So the name comes first.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

FIRST_YEAR = 1995  # cameras without a battery begin at 1970, 1980 or 1904
NEAR_S = 600.0  # how far the time of the container may be from the one of two times that a name can mean
PARENTS = 4  # directories of a path that may hold a part of the time

_DATE = r"(?P<year>(?:19|20)\d\d)(?P<a>[-_. ]?)(?P<month>[01]\d)(?P<b>[-_. ]?)(?P<day>[0-3]\d)"
_CLOCK = r"(?P<hour>[012]\d)[-_.:h ]?(?P<minute>[0-5]\d)(?:[-_.:m ]?(?P<second>[0-5]\d)(?:[.,](?P<part>\d{1,6}))?)?"
_ZONE = r"(?P<zone>Z|[+-][01]\d:?[0-5]\d)?"
_BETWEEN = r"[-_. ]{0,3}[T@]?[-_. ]{0,2}"
# The first that fits, at the first place where it does. Of two digits for the year there are only names of some makers.
_NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<utc>PXL_){_DATE}_(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?P<part>\d{{3}})(?!\d)",
        rf"(?<!\d){_DATE}{_BETWEEN}{_CLOCK}{_ZONE}(?!\d)",
        r"(?:FILE|MOVI|REC_?)(?P<short>\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)[-_]"
        r"(?P<hour>[012]\d)(?P<minute>[0-5]\d)(?P<second>[0-5]\d)(?!\d)",
    )
)
_EPOCH = re.compile(r"(?<!\d)(?P<seconds>1\d{9})(?P<part>\d{3})?(?!\d)")
# Names that hold the time of day alone; the directories above hold the date.
_FOLDERS = tuple(
    re.compile(pattern)
    for pattern in (
        # recordings/2026-04-01/12/front/30.22.mp4, as Dogwatch records: UTC
        rf"(?P<utc>recordings)/{_DATE}/(?P<hour>[012]\d)/[^/]+/(?P<minute>[0-5]\d)\.(?P<second>[0-5]\d)(?:_\d+)?\.mp4$",
        rf"(?:^|/){_DATE}(?:/[^/]+)*/(?P<hour>[012]\d)[-_.:](?P<minute>[0-5]\d)[-_.:](?P<second>[0-5]\d)(?!\d)[^/]*$",
        rf"(?:^|/){_DATE}/(?P<hour>[012]\d)/(?P<minute>[0-5]\d)\.[^/.]+$",
        rf"(?:^|/){_DATE}(?P<hour>[012]\d)/(?P<minute>[0-5]\d)M(?P<second>[0-5]\d)S[^/]*$",
    )
)


@dataclass(frozen=True, slots=True)
class FoundTime:
    """When a film begins (epoch s), and what says so."""

    time: float
    source: Literal["given", "name", "container"]


def find(path: PurePath, created: float | None, zone: datetime.tzinfo | None) -> FoundTime | None:
    """Return when the film at `path` begins; None if nothing tells.

    Args:
        path: Its path, of which the last directories may hold a part of the time.
        created: The creation time of its container (epoch s), if that has one.
        zone: The time zone of names that say none, None for the machine's.
    """
    named = of_name(path, zone, created)
    if named is not None:
        return FoundTime(named, "name")
    if created is not None and _plausible(created):
        return FoundTime(created, "container")
    return None


def of_name(path: PurePath, zone: datetime.tzinfo | None, near: float | None = None) -> float | None:
    """Return the time in the name of a file (epoch s); None if there is none.

    A local time that comes twice, when the clocks are put back, is the first one, unless `near` (epoch s) says that it
    is the second.
    """
    text = "/".join(path.parts[-PARENTS - 1 :])
    for found in (*_matches(path.stem, text),):
        times = _times(found.groupdict(), zone)
        if times and _plausible(times[0]):
            second = near is not None and abs(times[-1] - near) < NEAR_S
            return times[-1] if second else times[0]
    if (epoch := _EPOCH.search(path.stem)) is not None:
        time = float(f"{epoch['seconds']}.{epoch['part'] or 0}")
        return time if _plausible(time) else None
    return None


def of_container(text: str) -> float | None:
    """Return the time (epoch s) that a container says, in ISO 8601 (UTC without an offset); None if it is none."""
    try:
        found = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (found if found.tzinfo is not None else found.replace(tzinfo=datetime.UTC)).timestamp()


def _matches(stem: str, text: str) -> Iterator[re.Match[str]]:
    for pattern in _NAMES:
        yield from pattern.finditer(stem)
    for pattern in _FOLDERS:
        if (found := pattern.search(text)) is not None:
            yield found


def _times(parts: dict[str, str | None], zone: datetime.tzinfo | None) -> list[float]:
    """Return the times (epoch s) that may be meant, earliest first; none if the digits are no time."""
    number = {name: int(text) for name, text in parts.items() if text and text.isdecimal() and name != "part"}
    try:
        local = datetime.datetime(  # noqa: DTZ001 - the zone follows
            number.get("year") or 2000 + number["short"],
            number["month"],
            number["day"],
            number["hour"],
            number["minute"],
            number.get("second", 0),
            int((parts.get("part") or "0").ljust(6, "0")),
        )
    except ValueError:
        return []
    if parts.get("utc"):
        return [local.replace(tzinfo=datetime.UTC).timestamp()]
    if said := parts.get("zone"):
        return [datetime.datetime.fromisoformat(f"{local.isoformat()}{said}").timestamp()]
    both = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return sorted({one.timestamp() if zone is not None else one.astimezone().timestamp() for one in both})


def _plausible(time: float) -> bool:
    return time >= datetime.datetime(FIRST_YEAR, 1, 1, tzinfo=datetime.UTC).timestamp()
