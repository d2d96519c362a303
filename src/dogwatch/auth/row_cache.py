"""Caches rows for some seconds, so that not every request reads the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

CACHE_S = 5.0
CACHE_LIMIT = 1000


class RowCache(Generic[T]):
    """Rows by key, valid for `CACHE_S` seconds or until they are forgotten. For any thread.

    Changes by this process are forgotten at once; changes by another one show a little later.
    """

    def __init__(self, read: Callable[[str], T | None]) -> None:
        """Keep what `read` returns for a key."""
        self._read = read
        self._kept: dict[str, tuple[float, T | None]] = {}
        self._changes = 0
        self._lock = threading.Lock()

    def recall(self, key: str) -> tuple[bool, T | None]:
        """Return whether `key` is in the cache, and its row; never waits."""
        with self._lock:
            looked_up, row = self._kept.get(key, (float("-inf"), None))
        return time.monotonic() - looked_up < CACHE_S, row

    def find(self, key: str) -> T | None:
        """Return the row of `key`, from the database if it is not in the cache."""
        known, row = self.recall(key)
        if known:
            return row
        now, changes = time.monotonic(), self._changes
        row = self._read(key)
        with self._lock:
            if changes == self._changes:  # otherwise the row may be from before the change
                if len(self._kept) >= CACHE_LIMIT:
                    self._kept.clear()
                self._kept[key] = (now, row)
        return row

    def replace(self, key: str, old: T, new: T) -> None:
        """Replace `old` by `new`, unless it was forgotten meanwhile."""
        with self._lock:
            looked_up, row = self._kept.get(key, (0.0, None))
            if row is old:
                self._kept[key] = (looked_up, new)

    def forget(self, *keys: str) -> None:
        """Read `keys` again at the next use; without keys, all."""
        with self._lock:
            self._changes += 1
            if not keys:
                self._kept.clear()
            for key in keys:
                self._kept.pop(key, None)
