"""Detects that the wall clock was set ahead, and then prevents deletion by age for a day.

A dead battery, a wrong time server or a typing error can set the clock hours or years ahead. All footage would then
look old and be deleted. So each reading of the clock is compared with the one before. Within a run, the monotonic clock
tells how much time has really passed; from one run to the next, up to a day is accepted. If the clock is further ahead,
nothing is deleted for its age for a day. Budgets and the free-space floor go by order, not by age, and still apply.
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

JUMP_S = 86_400.0  # from run to run, beyond the usual time between two readings: longer than a night without power
STEP_S = 60.0  # within a run: time servers correct by less
HOLD_S = 86_400.0  # long enough for a time server, or a person, to notice
SEEN, HELD_UNTIL, AHEAD = "retention_seen", "retention_held_until", "retention_ahead"
_log = logging.getLogger(__name__)


def uptime() -> float:
    """Return monotonic seconds, which also count while the computer sleeps if the system has such a clock."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The last reading of the clock, and until when nothing is deleted by age (epoch s).

    `ahead_s` is by how much the clock has jumped ahead and not gone back since.
    """

    seen: float
    held_until: float = 0.0
    ahead_s: float = 0.0


def compare(before: ClockReading | None, now: float, every_s: float, passed_s: float | None = None) -> ClockReading:
    """Compare a clock reading with the one before, and return the new reading with any jump ahead. Pure.

    Args:
        before: The last reading, perhaps by an earlier run of the program.
        now: The clock's present time (epoch s).
        every_s: The usual time between two readings.
        passed_s: The time that has really passed since the last reading, if known.
    """
    if before is None:
        return ClockReading(now)
    held = now < before.held_until
    ahead = before.ahead_s if held or before.seen < before.held_until else 0.0
    step = now - before.seen - (passed_s or 0.0)
    if step > (STEP_S if passed_s is not None else JUMP_S + every_s):
        return ClockReading(now, now + HOLD_S, ahead + step)
    left = ahead + step
    if step < -STEP_S:
        # The clock was set back. If part of an earlier jump is left, the hold ends when it would have ended.
        until = before.held_until + step if held and left > STEP_S else 0.0
        return ClockReading(now, until, left if until else 0.0)
    return ClockReading(max(now, before.seen), before.held_until if held else 0.0, ahead if held else 0.0)


class ClockJumpGuard:
    """Reads the clock, and stores the readings in the database. For any number of worker threads."""

    def __init__(self, db: Database, clock: Callable[[], float], monotonic: Callable[[], float] = uptime) -> None:
        """Store readings of `clock` in `db`; `monotonic` gives monotonic seconds."""
        self._db, self._clock, self._monotonic = db, clock, monotonic
        self._first: float | None = clock()
        self._last = monotonic()
        self._lock = threading.Lock()
        self.held_until = 0.0
        """Until when nothing may be deleted for its age, as of the last reading (epoch s)."""

    def holds(self, every_s: float) -> bool:
        """Read the clock, as is done every `every_s` seconds; return whether nothing may be deleted for its age."""
        with self._lock:
            before, present, now = self._read(every_s)
            if before is not None and present.ahead_s > before.ahead_s and present.held_until > before.held_until:
                _log.error(
                    "the clock seems to have jumped ahead by %.1f hours; in case it is wrong, nothing is deleted for "
                    "its age for a day",
                    (present.ahead_s - before.ahead_s) / 3600,
                )
            self._db.write(partial(_save, present=present))
            self.held_until = present.held_until
        return now < present.held_until

    def _read(self, every_s: float) -> tuple[ClockReading | None, ClockReading, float]:
        with self._db.read() as connection:
            seen, held_until, ahead = (kept_times.load(connection, name) for name in (SEEN, HELD_UNTIL, AHEAD))
        stored = None if seen is None else ClockReading(seen, held_until or 0.0, ahead or 0.0)
        now, moment = self._clock(), self._monotonic()
        passed, self._last = moment - self._last, moment
        before = stored
        if self._first is not None:  # the time between the runs is not known, but the time since the start is
            before, self._first = compare(stored, self._first, every_s), None
        return stored, compare(before, now, every_s, passed), now


def _save(connection: Connection, present: ClockReading) -> None:
    kept_times.save(connection, SEEN, present.seen)
    kept_times.save(connection, HELD_UNTIL, present.held_until)
    kept_times.save(connection, AHEAD, present.ahead_s)
