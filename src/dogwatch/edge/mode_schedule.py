"""When a schedule changes the mode: pure functions over local times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from dogwatch.config.edge_modes import DAYS, Mode
from dogwatch.edge.files import local

if TYPE_CHECKING:
    from dogwatch.config.edge_modes import ModeTimeConfig

FIRST_YEAR = 2024
"""A clock that shows an earlier year has not been set yet."""


def latest(schedule: Iterable[ModeTimeConfig], now: float, zone: tzinfo | None) -> tuple[float, Mode] | None:
    """Return when (epoch s) the schedule changed the mode last, and to which; None if it never does.

    A time that a change to summer time leaves out counts as the one an hour later; one that comes twice counts the
    first time. Of two at the same time the one that is listed last counts.
    """
    today = local(now, zone)
    if today.year < FIRST_YEAR:
        return None
    found: tuple[float, Mode] | None = None
    for entry in schedule:
        clock = time.fromisoformat(entry.at)
        for back in range(8):
            day = (today - timedelta(days=back)).date()
            at = datetime.combine(day, clock, zone).timestamp()  # without a zone: that of the system
            if DAYS[day.weekday()] in entry.days and at <= now:
                if found is None or at >= found[0]:
                    found = at, entry.mode
                break
    return found
