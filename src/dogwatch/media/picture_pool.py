"""Every picture that the core makes for somebody is made here: by a few threads, in fair turns, within a budget.

A picture takes tens of megabytes while it is made. So two are made at a time, and larger ones, which say so by `need`,
only as far as `WORK_BYTES` go; one that wants more is made alone. Thumbnails have one more thread. Callers take turns,
however much one of them asks for. What has been made counts as its caller's until it is delivered: who takes nothing
gets nothing more.

Threads come with the first job and go when there has been none for a while, and their memory with them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sized
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial, wraps
from typing import Any, Generic, ParamSpec, TypeVar

from dogwatch.errors import DogwatchError

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 2
QUICK_THREADS = 1  # a thumbnail does not wait until large pictures are made
WORK_BYTES = 96 << 20
UNDELIVERED_BYTES = 64 << 20
UNDELIVERED_EACH = 24 << 20
WAITING = 256
WAITING_EACH = 64
IDLE_S = 5.0
OURS = ""
"""The caller's name when Dogwatch itself needs a picture."""


class Kind(StrEnum):
    """What a thread does."""

    ANY = "any"
    QUICK = "quick"


class TooManyWaitingError(DogwatchError):
    """So many pictures wait that no other may; `each` if all of them are the caller's own."""

    def __init__(self, limit: int, *, each: bool) -> None:
        """Say what the limit is."""
        super().__init__(f"{limit} pictures are waiting to be made")
        self.limit, self.each = limit, each


class Turn(Generic[T]):
    """One job: waiting, at work or done, as `future` tells; `release` it when the result is delivered or not wanted."""

    def __init__(self, pool: PicturePool, caller: str, make: Callable[[], T]) -> None:
        """Made by `PicturePool.submit`."""
        self.future: Future[T] = Future()
        self.caller, self.make = caller, make
        self.held = 0
        self.over = False
        self._pool = pool

    def release(self) -> None:
        """Leave: a job that waits is never done, a result counts no longer."""
        self._pool.release(self)


@dataclass(slots=True)
class _Line:
    """The jobs of one caller, those of little work first."""

    quick: deque[Turn[Any]] = field(default_factory=deque)
    slow: deque[Turn[Any]] = field(default_factory=deque)
    held: int = 0

    @property
    def waiting(self) -> int:
        return len(self.quick) + len(self.slow)


class PicturePool:
    """Safe to use from any thread."""

    def __init__(self, threads: int = THREADS, work_bytes: int = WORK_BYTES, idle_s: float = IDLE_S) -> None:
        """Begin without threads."""
        self._limits = {Kind.ANY: threads, Kind.QUICK: QUICK_THREADS}
        self._budget, self._idle_s = work_bytes, idle_s
        self._changed = threading.Condition()
        self._lines: OrderedDict[str, _Line] = OrderedDict()
        self._threads = dict.fromkeys(Kind, 0)
        self._idle = dict.fromkeys(Kind, 0)
        self._waiting = self._held = self._needed = 0
        self._here = threading.local()

    def submit(self, caller: str, make: Callable[[], T], *, quick: bool = False) -> Turn[T]:
        """Queue `make`, a job of `caller`; a `quick` one goes before the caller's others.

        Raises:
            TooManyWaitingError: The caller's queue is full, or all are together.
        """
        turn = Turn(self, caller, make)
        with self._changed:
            line = self._lines.setdefault(caller, _Line())
            if line.waiting >= WAITING_EACH:
                raise TooManyWaitingError(WAITING_EACH, each=True)
            if self._waiting >= WAITING:
                raise TooManyWaitingError(WAITING, each=False)
            (line.quick if quick else line.slow).append(turn)
            self._waiting += 1
            if not self._start(Kind.ANY) and quick:
                self._start(Kind.QUICK)
            self._changed.notify_all()
        return turn

    def run(self, caller: str, make: Callable[[], T], *, quick: bool = False) -> T:
        """Do `make` in its turn and wait for it; at once if this is a job of the pool already.

        Raises:
            TooManyWaitingError: See `submit`.
        """
        if self.at_work():
            return make()
        turn = self.submit(caller, make, quick=quick)
        try:
            return turn.future.result()
        finally:
            turn.release()

    def at_work(self) -> bool:
        """Whether the calling thread is one of the pool's."""
        return getattr(self._here, "needed", None) is not None

    def need(self, size: int) -> None:
        """Wait until a job, which calls this before it takes much memory, may take `size` bytes until its end.

        Two that wait for each other would wait for ever: only the first call of a job waits.
        """
        if not self.at_work() or size <= self._here.needed:
            return
        with self._changed:
            if not self._here.needed:
                self._changed.wait_for(lambda: not self._needed or self._needed + size <= self._budget)
            self._needed += size - self._here.needed
            self._here.needed = size

    def release(self, turn: Turn[Any]) -> None:
        """Do as `Turn.release`."""
        with self._changed:
            if turn.over:
                return
            turn.over = True
            line = self._lines.get(turn.caller)
            if line is not None and turn.future.cancel():
                for jobs in (line.quick, line.slow):
                    if turn in jobs:
                        jobs.remove(turn)
                        self._waiting -= 1
            self._hold(turn, 0)
            self._changed.notify_all()

    def statistics(self) -> dict[str, int]:
        """Return `threads`, `waiting` jobs, known `callers`, bytes `undelivered` and `needed` by what is at work."""
        with self._changed:
            return {
                "threads": sum(self._threads.values()),
                "waiting": self._waiting,
                "callers": len(self._lines),
                "undelivered": self._held,
                "needed": self._needed,
            }

    def _start(self, kind: Kind) -> bool:
        """Start a thread if there are more jobs than threads of this kind that wait for one, and it may be."""
        if self._waiting <= self._idle[kind]:
            return True
        if self._threads[kind] >= self._limits[kind]:
            return False
        self._threads[kind] += 1
        threading.Thread(target=self._work, args=(kind,), name=f"pictures {kind}", daemon=True).start()
        return True

    def _work(self, kind: Kind) -> None:
        self._here.needed = 0
        while (turn := self._next(kind)) is not None:
            try:
                result = turn.make()
            except BaseException as error:  # noqa: BLE001 - whoever waits for it decides
                turn.future.set_exception(error)
            else:
                with self._changed:
                    if not turn.over:
                        self._hold(turn, len(result) if isinstance(result, Sized) else 0)
                turn.future.set_result(result)
                del result
            del turn  # the next may be long in coming
            with self._changed:
                self._needed -= self._here.needed
                self._here.needed = 0
                self._changed.notify_all()

    def _next(self, kind: Kind) -> Turn[Any] | None:
        """Wait for a job and take it; None when there is none for a while."""
        with self._changed:
            self._idle[kind] += 1
            found: list[Turn[Any]] = []
            self._changed.wait_for(lambda: found or self._take(kind, found), self._idle_s)
            self._idle[kind] -= 1
            if not found:
                self._threads[kind] -= 1
                return None
            return found[0]

    def _take(self, kind: Kind, found: list[Turn[Any]]) -> bool:
        """Take the job of the caller whose turn it is, who then comes last."""
        if self._held >= UNDELIVERED_BYTES:
            return False
        for caller, line in self._lines.items():
            jobs = line.quick or (line.slow if kind is Kind.ANY else None)
            if jobs and line.held < UNDELIVERED_EACH:
                turn = jobs.popleft()
                self._waiting -= 1
                self._lines.move_to_end(caller)
                if turn.future.set_running_or_notify_cancel():  # else whoever waits has just left
                    found.append(turn)
                return bool(found)
        return False

    def _hold(self, turn: Turn[Any], size: int) -> None:
        """Let `turn` count for `size` bytes; forget its caller when nothing of theirs is left."""
        line = self._lines.get(turn.caller)
        if line is None:
            return
        line.held += size - turn.held
        self._held += size - turn.held
        turn.held = size
        if not line.held and not line.waiting:
            del self._lines[turn.caller]


POOL = PicturePool()


def pooled(make: Callable[P, T]) -> Callable[P, T]:
    """Let `make` do its work in the pool wherever it is called, as a job of Dogwatch's own outside of one."""

    @wraps(make)
    def in_turn(*args: P.args, **kwargs: P.kwargs) -> T:
        return POOL.run(OURS, partial(make, *args, **kwargs), quick=True)

    return in_turn
