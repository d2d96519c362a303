"""Messages in order, each not before what it speaks of can be read."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import msgspec

from dogwatch.outputs.broadcast import Publish

_log = logging.getLogger(__name__)

LIMIT = 2000
LOG_S = 60.0  # between two lines of the log about messages that are overdue
PATIENCE_S = 3.0  # a row takes milliseconds; a message must not wait for a disk that hangs


class _Waiting(msgspec.Struct):
    topic: str
    payload: object
    missing: int  # futures that are not done
    deadline: float
    told: Callable[[], object] | None  # until it has been called: it may hold a future, which holds this message


class EventOutbox:
    """Publishes in the order of `put`. Safe to use from any thread.

    `overdue` counts messages that went out before their rows, because those took longer than `PATIENCE_S` or because
    `LIMIT` messages were waiting.
    """

    def __init__(self, publish: Publish, clock: Callable[[], float] = time.monotonic) -> None:
        """Publish with `publish`."""
        self._publish, self._clock = publish, clock
        self._queue: deque[_Waiting] = deque()
        self._lock = threading.RLock()
        self.overdue = 0
        self._logged, self._unlogged = float("-inf"), 0

    def __len__(self) -> int:
        return len(self._queue)

    def put(
        self, topic: str, payload: object, *futures: Future[Any] | None, told: Callable[[], object] = lambda: None
    ) -> None:
        """Publish once all `futures` are done, well or badly, and then call `told`."""
        pending = [future for future in futures if future is not None]
        with self._lock:
            if not pending and not self._queue:  # as most messages
                self._publish(topic, payload)
                told()
                return
            message = _Waiting(topic, payload, len(pending), self._clock() + PATIENCE_S, told)
            self._queue.append(message)
            is_full = len(self._queue) > LIMIT
        for future in pending:
            future.add_done_callback(partial(self._note_done, message))
        if is_full:
            self.drain()

    def drain(self) -> None:
        """Publish what is ready or overdue."""
        with self._lock:
            while self._queue:
                head = self._queue[0]
                if head.missing:
                    if len(self._queue) <= LIMIT and self._clock() < head.deadline:
                        return
                    self._note_overdue(head.topic)
                self._queue.popleft()
                self._publish(head.topic, head.payload)
                told, head.told = head.told, None  # so nothing is left that only the garbage collector can free
                if told is not None:
                    told()

    def _note_done(self, message: _Waiting, _: Future[Any]) -> None:
        with self._lock:
            message.missing -= 1
            if not message.missing and self._queue and self._queue[0] is message:
                self.drain()

    def _note_overdue(self, topic: str) -> None:
        self.overdue += 1
        self._unlogged += 1
        if self._clock() - self._logged >= LOG_S:
            _log.warning("messages go out before their rows are written: %d, the last about %s", self._unlogged, topic)
            self._logged, self._unlogged = self._clock(), 0
