"""A bounded queue of units between two threads, which counts bytes rather than items.

To wake a thread costs more than most packets need: so `put` wakes the reader only for what is urgent, and the reader
looks at `wait`'s end for what has come meanwhile.
"""

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
        self._urgent = self._any = False

    def put(self, item: T, size: int = 0, *, urgent: bool = True) -> bool:
        """Append `item`, and wake who waits for it if it is `urgent`; False if there is no room for it."""
        with self._ready:
            if size and self._held + size > self._limit:
                return False
            self._held += size
            self._entries.append(Entry(item, size))
            self._urgent = self._urgent or urgent
            if self._urgent or self._any:
                self._ready.notify()
            return True

    def fits(self, size: int) -> bool:
        """Whether an item of `size` bytes would be taken now."""
        return self._held + size <= self._limit

    def wait(self, timeout: float | None) -> None:
        """Wait until something urgent has been put, but at most `timeout` seconds; None: until anything has been."""
        with self._ready:
            self._any = timeout is None
            self._ready.wait_for(lambda: self._urgent or (self._any and bool(self._entries)), timeout)
            self._urgent = self._any = False

    def get(self) -> T:
        """Take the oldest item.

        Raises:
            IndexError: There is none.
        """
        with self._ready:
            entry = self._entries.popleft()
            self._held -= entry.size
            return entry.item

    def waiting(self) -> list[T]:
        """Return what has been put and not been taken, oldest first."""
        with self._ready:
            return [entry.item for entry in self._entries]

    def __len__(self) -> int:
        return len(self._entries)
