"""Query parameters in the forms that clients write them (docs/api/conventions.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dogwatch.api.errors import ApiError
from dogwatch.auth.caller import Caller

ALL = "all"
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


def listed(value: str) -> tuple[str, ...] | None:
    """Return the different items of a comma list; None when it is `all`. Items are taken as they are."""
    return None if value == ALL else tuple(dict.fromkeys(value.split(",")))


def either(plural: str, singular: str) -> tuple[str, ...] | None:
    """Return the plural form's items; the singular one (a single value) counts only if that says `all`."""
    if plural != ALL:
        return listed(plural)
    return None if singular == ALL else (singular,)


def visible(caller: Caller, wanted: Iterable[str] | None) -> tuple[str, ...] | None:
    """Return those of `wanted` cameras (None: all) that the caller may see; None means no limit at all."""
    if wanted is None:
        return None if caller.cameras is None else tuple(sorted(caller.cameras))
    return tuple(caller.only(wanted))


def timezone(name: str) -> ZoneInfo:
    """Return a timezone by its IANA name, with `,` or `/` between its parts.

    Raises:
        ApiError: 400; there is no such timezone.
    """
    try:
        return ZoneInfo("UTC" if name.lower() == "utc" else name.replace(",", "/"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ApiError(400, f"Unknown timezone {name!r}") from None


def clock_hour(year_month: str, day: str, hour: str, tz_name: str | None) -> tuple[float, float]:
    """Return start and end (epoch s) of an hour of a timezone's clock, or of the server's own.

    It is two hours long when the clock is turned back, and empty when it is put forward.

    Raises:
        ApiError: 400; it is no hour of the form YYYY-MM/DD/HH, or there is no such timezone.
    """
    zone = timezone(tz_name) if tz_name is not None else None
    text = f"{year_month}/{day}/{hour}"
    try:
        begin = datetime.strptime(text, "%Y-%m/%d/%H")  # noqa: DTZ007 - the zone comes next
        after = begin + timedelta(hours=1)
        start, end = (one.replace(tzinfo=zone).timestamp() for one in (begin, after))
    except (ValueError, OverflowError, OSError):
        raise ApiError(400, f"{text!r} is no hour of the form YYYY-MM/DD/HH") from None
    return start, end


def time_range(text: str) -> tuple[int, int]:
    """Return `HH:MM,HH:MM` as seconds since midnight.

    Raises:
        ApiError: 400; it has another form.
    """
    first, comma, last = text.partition(",")
    found = [_CLOCK.fullmatch(part.strip()) for part in (first, last)]
    if not comma or found[0] is None or found[1] is None:
        raise ApiError(400, "time_range has the form HH:MM,HH:MM")
    after, before = (int(match[1]) * 3600 + int(match[2]) * 60 for match in found if match is not None)
    return after, before
