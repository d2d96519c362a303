"""Keeps a clock that leaps ahead from making everything look old.

A dead battery, a wrong time server or a slip of the hand can set the clock years ahead; footage that is kept for days
would be gone at the next look. So when more time has passed between two looks than the program can account for,
nothing is deleted by age for a day. Budgets and the free-space floor go by order, not by age, and hold meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from dogwatch.store import marks
from dogwatch.store.database import Database

LEAP_S = 86_400.0  # beyond the distance of two looks: more than a night without power
HOLD_S = 86_400.0  # long enough for a time server, or a person, to notice
BACK_S = 3600.0
SEEN, HELD_UNTIL = "retention_seen", "retention_held_until"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """When the clock was last looked at, and until when nothing is deleted by age (epoch s)."""

    seen: float
    held_until: float = 0.0


def look(before: Look | None, now: float, every_s: float) -> Look:
    """Return what a look at the clock that says `now` makes of the one before it. Pure.

    Args:
        before: The last look, by an earlier run of the program perhaps.
        now: Epoch seconds.
        every_s: How far two looks are apart as a rule.
    """
    if before is None or now < before.seen - BACK_S:
        return Look(now)  # set back: if it had leapt before, that is undone
    if now - before.seen > LEAP_S + every_s:
        return Look(now, now + HOLD_S)
    return Look(max(now, before.seen), before.held_until)


class LeapGuard:
    """Looks at the clock and remembers it in the database; for worker threads."""

    def __init__(self, db: Database, clock: Callable[[], float]) -> None:
        """Remember in `db` what `clock` says."""
        self._db, self._clock = db, clock

    def holds(self, every_s: float) -> bool:
        """Look at the clock, as is done every `every_s` seconds; return whether nothing may go for its age."""
        with self._db.read() as connection:
            seen, held_until = marks.load(connection, SEEN), marks.load(connection, HELD_UNTIL)
        before = None if seen is None else Look(seen, held_until or 0.0)
        now = self._clock()
        present = look(before, now, every_s)
        if before is not None and present.held_until > before.held_until:
            days = (now - before.seen) / 86_400
            _log.error(
                "the clock is %.1f days ahead of the last look at the recordings; in case it is wrong, nothing is "
                "deleted for its age for a day",
                days,
            )
        self._db.write(partial(_save, present=present))
        return now < present.held_until


def _save(connection: Connection, present: Look) -> None:
    marks.save(connection, SEEN, present.seen)
    marks.save(connection, HELD_UNTIL, present.held_until)
