"""Notices that a PostgreSQL server has fallen silent.

A server that is stopped, or whose packets get lost, closes no connection: its clients would wait for ever. So whoever
has waited for some seconds asks over a fresh connection whether the server is there. If it is not, everybody who waits
is told at once. If it is, the wait may go on up to the limit of a statement, unless the server says, twice, that its
process which is to answer has nothing to do: that is stopped, or what it was asked has not reached it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from typing import Any

from dogwatch.store.few_answers import FewAnswers

SILENT_S = 3.0  # without a byte from the server, before it is asked
ASK_S = 3  # for the answer
CURRENT_S = 2.0  # how long an answer counts
LOST_S = 10.0  # how long a silent server is taken for lost, unless it is found earlier
SPARE_S = 5.0  # beyond the limit of a statement, which the server itself keeps
WORDS = "the server has fallen silent"

NONE = 0
"""What a generator of the driver is sent when nothing has come for a tenth of a second."""


class Pulse:
    """What is known of a server that may have fallen silent; shared by all connections to it."""

    def __init__(self, ask: Callable[[], frozenset[int] | None]) -> None:
        """Have `ask` find out, in `ASK_S`, which of the server's processes are idle; None if the server is silent."""
        self._ask, self._lock = ask, threading.Lock()
        self._asked, self._there = float("-inf"), True
        self._idle: frozenset[int] = frozenset()

    @property
    def is_lost(self) -> bool:
        """Whether the server was silent a moment ago."""
        return not self._there and time.monotonic() - self._asked < LOST_S

    def answers(self) -> bool:
        """Ask the server whether it is there, unless that was just asked."""
        with self._lock:
            if time.monotonic() - self._asked > CURRENT_S:
                idle = self._ask()
                self._there, self._idle, self._asked = idle is not None, idle or frozenset(), time.monotonic()
            return self._there

    def is_idle(self, pid: int) -> bool:
        """Whether this process of the server was idle when the server was asked last."""
        return pid in self._idle

    def lost(self) -> None:
        """Note that the server was found to be silent."""
        self._there, self._asked = False, time.monotonic()

    def found(self) -> None:
        """Note that the server answers."""
        self._there = True


def connection_class(pulse: Pulse, limit_s: float) -> Any:
    """Return the class of the driver's connections which end when the server falls silent.

    Args:
        pulse: Tells whether the server is there.
        limit_s: How long a server that is there may be silent, because a statement takes that long.
    """
    import psycopg

    class WatchedConnection(FewAnswers, psycopg.Connection[Any]):  # type: ignore[misc,unused-ignore]
        """One whose waits end. `is_patient` until the end of the transaction: its statements may take for ever."""

        is_patient = False

        def wait(self, gen: Any, *words: Any, **named: Any) -> Any:
            """Run a generator of the driver."""
            limit = float("inf") if self.is_patient else limit_s
            watched = _watched(self.hurried(gen), pulse, limit, self.pgconn.backend_pid)
            try:
                return super().wait(watched, *words, **named)
            except TimeoutError:
                self.pgconn.finish()
                raise psycopg.OperationalError(WORDS) from None

        def commit(self) -> None:
            """Commit the transaction."""
            super().commit()
            self.is_patient = False

        def rollback(self) -> None:
            """Roll the transaction back."""
            self.is_patient = False
            super().rollback()

    return WatchedConnection


def within(gen: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:
    """Pass on what `gen` waits for, and what it is sent.

    Raises:
        TimeoutError: That takes longer than `seconds`.
    """
    deadline = time.monotonic() + seconds
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if ready == NONE and time.monotonic() > deadline:
                raise TimeoutError
            wanted = gen.send(ready)
    except StopIteration as end:
        return end.value


def _watched(gen: Generator[Any, Any, Any], pulse: Pulse, limit_s: float, pid: int) -> Generator[Any, Any, Any]:
    """Pass on what `gen` waits for, and what it is sent; `pid` is the server's process that is to answer.

    Raises:
        TimeoutError: The server has been silent for too long.
    """
    since, asked, was_idle = None, 0.0, False
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if ready != NONE:
                since, was_idle = None, False
            else:
                now = time.monotonic()
                if since is None:
                    since = asked = now
                if pulse.is_lost or now - since > limit_s:
                    raise TimeoutError
                if now - asked > SILENT_S:
                    before, was_idle = was_idle, pulse.answers() and pulse.is_idle(pid)
                    if pulse.is_lost or (before and was_idle):
                        raise TimeoutError
                    asked = time.monotonic()
            wanted = gen.send(ready)
    except StopIteration as end:
        return end.value
