"""Pictures that wait to be looked at: few, the newest of each object, and a thread that takes one after the other."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

MOST_WAITING = 16
TICK_S = 1.0


class PictureQueue(Generic[T]):
    """Pictures by the object that they show. `put` never waits; the thread starts with the first picture."""

    def __init__(self, things: str, look: Callable[[T], None], tick: Callable[[], None]) -> None:
        """Name the thread after `things`; it calls `look` with each picture, and `tick` after it and each second."""
        self._things, self._look, self._tick = things, look, tick
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str, T] = OrderedDict()
        self._there = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.dropped = 0

    @property
    def started(self) -> bool:
        """Whether there has been a picture."""
        return self._thread is not None

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def put(self, key: str, picture: T) -> None:
        """Let a picture of object `key` wait, in place of an older one; of too many the oldest is left out."""
        with self._lock:
            if self._closed:
                return
            self._waiting.pop(key, None)
            self._waiting[key] = picture
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popitem(last=False)
                self.dropped += 1
        self.start()
        self._there.set()

    def start(self) -> None:
        """Start the thread unless it runs: `tick` is called from now on."""
        with self._lock:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name=self._things, daemon=True)
                self._thread.start()

    def keep(self, wanted: Callable[[T], bool]) -> None:
        """Leave out the pictures that are not wanted any more."""
        with self._lock:
            for key in [key for key, picture in self._waiting.items() if not wanted(picture)]:
                del self._waiting[key]

    def close(self) -> None:
        """Look at nothing any more; call `join` once what a look waits for has ended."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
        self._there.set()

    def join(self) -> None:
        """Wait for the thread."""
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        while not self._closed:
            self._there.wait(TICK_S)
            with self._lock:
                picture = self._waiting.popitem(last=False)[1] if self._waiting else None
                if not self._waiting:
                    self._there.clear()
            try:
                if picture is not None:
                    self._look(picture)
                self._tick()
            except Exception:
                log.exception("%s are not looked at for a moment", self._things)
