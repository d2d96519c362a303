"""A bounded queue of units between two threads, which counts bytes rather than items."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """An item and what it costs in bytes."""

    item: T
    size: int


class ByteQueue(Generic[T]):
    """First in, first out; `put` never waits, but refuses when the queue holds `limit` bytes."""

    def __init__(self, limit: int) -> None:
        """Hold at most `limit` bytes of items that have a size; those of size 0 always fit."""
        self._limit, self._held = limit, 0
        self._entries: deque[Entry[T]] = deque()
        self._ready = threading.Condition()

    def put(self, item: T, size: int = 0) -> bool:
        """Append `item`; False if there is no room for it."""
        with self._ready:
            if size and self._held + size > self._limit:
                return False
            self._held += size
            self._entries.append(Entry(item, size))
            self._ready.notify()
            return True

    def fits(self, size: int) -> bool:
        """Whether an item of `size` bytes would be taken now."""
        return self._held + size <= self._limit

    def get(self, timeout: float | None = None) -> T | None:
        """Take the oldest item; None after `timeout` seconds."""
        with self._ready:
            if not self._entries and not self._ready.wait_for(lambda: bool(self._entries), timeout):
                return None
            entry = self._entries.popleft()
            self._held -= entry.size
            return entry.item

    def __len__(self) -> int:
        return len(self._entries)
