"""Keeps a clock that leaps ahead from making everything look old.

A dead battery, a wrong time server or a slip of the hand can set the clock hours or years ahead; footage that is kept
for days would be gone at the next look. So when more time has passed between two looks than the program can account
for, nothing is deleted by age for a day. Within a run a clock that nobody sets says how much time has passed; from one
run to the next a day counts as accounted for. Budgets and the free-space floor go by order, not by age, and hold
meanwhile.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from dogwatch.store import kept_times
from dogwatch.store.database import Database

LEAP_S = 86_400.0  # beyond the distance of two looks, from run to run: more than a night without power
STEP_S = 60.0  # within a run: time servers correct by less
HOLD_S = 86_400.0  # long enough for a time server, or a person, to notice
SEEN, HELD_UNTIL, AHEAD = "retention_seen", "retention_held_until", "retention_ahead"
_log = logging.getLogger(__name__)


def uptime() -> float:
    """Return seconds that nobody sets and that count while the computer sleeps, where the system has such a clock."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


@dataclass(frozen=True, slots=True)
class Look:
    """When the clock was last looked at, and until when nothing is deleted by age (epoch s).

    `ahead_s` is by how much the clock has leapt ahead and not gone back since.
    """

    seen: float
    held_until: float = 0.0
    ahead_s: float = 0.0


def look(before: Look | None, now: float, every_s: float, passed_s: float | None = None) -> Look:
    """Return what a look at the clock that says `now` makes of the one before it. Pure.

    Args:
        before: The last look, by an earlier run of the program perhaps.
        now: Epoch seconds.
        every_s: How far two looks are apart as a rule.
        passed_s: How much time has really passed since the last look, if that is known.
    """
    if before is None:
        return Look(now)
    held = now < before.held_until
    ahead = before.ahead_s if held or before.seen < before.held_until else 0.0
    step = now - before.seen - (passed_s or 0.0)
    if step > (STEP_S if passed_s is not None else LEAP_S + every_s):
        return Look(now, now + HOLD_S, ahead + step)
    left = ahead + step
    if step < -STEP_S:
        # Set back. What is left of an earlier leap holds for as long as it would have.
        until = before.held_until + step if held and left > STEP_S else 0.0
        return Look(now, until, left if until else 0.0)
    return Look(max(now, before.seen), before.held_until if held else 0.0, ahead if held else 0.0)


class ClockJumpGuard:
    """Looks at the clock and remembers it in the database; for worker threads, any number of them."""

    def __init__(self, db: Database, clock: Callable[[], float], monotonic: Callable[[], float] = uptime) -> None:
        """Remember in `db` what `clock` says; `monotonic` gives seconds that nobody sets."""
        self._db, self._clock, self._monotonic = db, clock, monotonic
        self._first: float | None = clock()
        self._last = monotonic()
        self._lock = threading.Lock()

    def holds(self, every_s: float) -> bool:
        """Look at the clock, as is done every `every_s` seconds; return whether nothing may go for its age."""
        with self._lock:
            before, present, now = self._look(every_s)
            if before is not None and present.ahead_s > before.ahead_s and present.held_until > before.held_until:
                _log.error(
                    "the clock has leapt ahead by %.1f hours, as it seems; in case it is wrong, nothing is deleted for "
                    "its age for a day",
                    (present.ahead_s - before.ahead_s) / 3600,
                )
            self._db.write(partial(_save, present=present))
        return now < present.held_until

    def _look(self, every_s: float) -> tuple[Look | None, Look, float]:
        with self._db.read() as connection:
            seen, held_until, ahead = (kept_times.load(connection, name) for name in (SEEN, HELD_UNTIL, AHEAD))
        stored = None if seen is None else Look(seen, held_until or 0.0, ahead or 0.0)
        now, moment = self._clock(), self._monotonic()
        passed, self._last = moment - self._last, moment
        before = stored
        if self._first is not None:  # how much time passed between the runs is not known, but since the start it is
            before, self._first = look(stored, self._first, every_s), None
        return stored, look(before, now, every_s, passed), now


def _save(connection: Connection, present: Look) -> None:
    kept_times.save(connection, SEEN, present.seen)
    kept_times.save(connection, HELD_UNTIL, present.held_until)
    kept_times.save(connection, AHEAD, present.ahead_s)
