"""Lets some tasks run at once and some wait, for threads and for the event loop alike."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future

from dogwatch.errors import FileError

RETRY_S = 5


class WorkerSlots:
    """At most `running` tasks at once, and `waiting` more that wait their turn."""

    def __init__(self, running: int, waiting: int) -> None:
        """Set the limits."""
        self.limit, self._waiting = running, waiting
        self._lock = threading.Lock()
        self._taken = 0
        self._queue: deque[Future[None]] = deque()

    def take(self) -> Future[None]:
        """Return a future that is done when a slot is taken; `give_back` it then, or if it is not wanted any more.

        Raises:
            FileError: 503 `busy`: too many wait already.
        """
        turn: Future[None] = Future()
        with self._lock:
            if self._taken < self.limit:
                self._taken += 1
                turn.set_result(None)
            elif len(self._queue) < self._waiting:
                self._queue.append(turn)
            else:
                raise FileError(503, "busy", "too many videos are being worked on; try again later", retry_s=RETRY_S)
        return turn

    def give_back(self, turn: Future[None]) -> None:
        """Give a slot to the next one that waits; forget a turn that has not come."""
        with self._lock:
            if turn in self._queue:
                self._queue.remove(turn)
                return
            if turn.cancelled():  # while it waited: it has never had a slot
                return
            while self._queue and self._taken <= self.limit:
                following = self._queue.popleft()
                if following.set_running_or_notify_cancel():
                    following.set_result(None)
                    return
            self._taken -= 1

    def resize(self, running: int, waiting: int) -> None:
        """Set other limits; those who wait take what is new."""
        with self._lock:
            self.limit, self._waiting = running, waiting
            while self._queue and self._taken < self.limit:
                following = self._queue.popleft()
                if following.set_running_or_notify_cancel():
                    self._taken += 1
                    following.set_result(None)

    def statistics(self) -> dict[str, int]:
        """Return how many tasks are `running` and `waiting`."""
        with self._lock:
            return {"running": self._taken, "waiting": len(self._queue)}
