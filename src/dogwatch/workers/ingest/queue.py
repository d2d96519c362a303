"""A bounded queue between two threads, which counts bytes rather than items.

Waking a thread takes longer than handling most packets. So `put` wakes the reader only for urgent items; the reader
takes the others when its `wait` times out.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class ByteQueue(Generic[T]):
    """First in, first out; `put` never waits, but refuses items while the queue holds `limit` bytes."""

    def __init__(self, limit: int) -> None:
        """Hold at most `limit` bytes of items; items of size 0 always fit."""
        self._limit, self._held = limit, 0
        self._entries: deque[tuple[T, int]] = deque()  # with their sizes
        self._lock = threading.Lock()
        self._ready = threading.Condition(self._lock)
        self._urgent = self._any = False

    def put(self, item: T, size: int = 0, *, urgent: bool = True) -> bool:
        """Append `item`, and wake the reader if it is `urgent`; False if there is no room for it."""
        with self._lock:
            if size and self._held + size > self._limit:
                return False
            self._held += size
            self._entries.append((item, size))
            self._urgent = self._urgent or urgent
            if self._urgent or self._any:
                self._ready.notify()
            return True

    def fits(self, size: int) -> bool:
        """Whether an item of `size` bytes would be taken now."""
        return self._held + size <= self._limit

    def wait(self, timeout: float | None) -> None:
        """Wait for an urgent item, at most `timeout` seconds; with None, wait for any item without limit."""
        with self._ready:
            self._any = timeout is None
            self._ready.wait_for(lambda: self._urgent or (self._any and bool(self._entries)), timeout)
            self._urgent = self._any = False

    def get(self) -> T:
        """Take the oldest item.

        Raises:
            IndexError: The queue is empty.
        """
        with self._lock:
            item, size = self._entries.popleft()
            self._held -= size
            return item

    def __len__(self) -> int:
        return len(self._entries)
