"""What connected clients are told of at once: the events of `GET /events`.

A slow client delays nobody: its queue drops the oldest events. A client that comes again gets what it has missed, as
far as the newest `RING` events go.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

QUEUE = 64
RING = 256
MOST_READERS = 100


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One event as clients get it."""

    id: int
    event: str
    data: bytes

    def frame(self) -> bytes:
        """Return it in the form of an event stream."""
        return b"id: %d\nevent: %b\ndata: %b\n\n" % (self.id, self.event.encode(), self.data)


class NewsReader:
    """One client's queue, to be read in the event loop that made it."""

    def __init__(self, token: str | None) -> None:
        """Begin empty; `token` is what the client has shown."""
        self.token = token
        self.queue: deque[NewsItem] = deque(maxlen=QUEUE)
        self.closed = False
        self._loop = asyncio.get_running_loop()
        self._wake, self._woken = asyncio.Event(), False

    def offer(self, item: NewsItem) -> None:
        """Append an event; a full queue drops its oldest one."""
        self.queue.append(item)
        self.wake()

    def close(self) -> None:
        """End it: the stream is closed."""
        self.closed = True
        self.wake()

    def wake(self) -> None:
        """Let who waits look again; for any thread."""
        if not self._woken and not self._loop.is_closed():
            self._woken = True
            self._loop.call_soon_threadsafe(self._wake.set)

    async def wait(self, seconds: float) -> None:
        """Wait until there is something, at most `seconds`."""
        self._wake.clear()
        self._woken = False
        if self.queue or self.closed:  # looked at again, as a publisher looks at `_woken` after it has appended
            return
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return


@dataclass(frozen=True, slots=True)
class Joined:
    """A client that has come: its queue, what it has missed, and the ids of what it is told first."""

    reader: NewsReader
    missed: tuple[NewsItem, ...]
    first_ids: tuple[int, ...]


class News:
    """Hands every event to every client. Publish from any thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Begin with no clients; `clock` gives epoch seconds, from which ids grow, also over restarts."""
        self._lock = threading.Lock()
        self._next = int(clock() * 1000)
        self._ring: deque[NewsItem] = deque(maxlen=RING)
        self._readers: list[NewsReader] = []
        self._first: list[tuple[str, Callable[[], Mapping[str, Any]]]] = []
        self._followers: list[Callable[[str, Mapping[str, Any]], None]] = []

    def on_connect(self, event: str, state: Callable[[], Mapping[str, Any]]) -> None:
        """Tell every client that comes the present `state` as `event`, in the order of these calls."""
        self._first.append((event, state))

    def follow(self, tell: Callable[[str, Mapping[str, Any]], None]) -> None:
        """Call `tell` with every event and its data, in the thread in which it happens: it must be quick."""
        self._followers.append(tell)

    def publish(self, event: str, data: Mapping[str, Any]) -> None:
        """Tell all clients that `event` has happened."""
        encoded = msgspec.json.encode(data)
        with self._lock:
            item = NewsItem(self._next, event, encoded)
            self._next += 1
            self._ring.append(item)
            for reader in self._readers:
                reader.offer(item)
        for tell in self._followers:
            tell(event, data)

    @property
    def readers(self) -> int:
        """How many clients there are."""
        return len(self._readers)

    def close_readers(self, keep: Callable[[str | None], bool]) -> None:
        """Close the streams of clients whose token `keep` is false for."""
        with self._lock:
            readers = list(self._readers)
        for reader in readers:
            if not keep(reader.token):
                reader.close()

    @contextmanager
    def joined(self, token: str | None, last: int | None) -> Iterator[Joined]:
        """Take a client in, who has seen the event with the id `last`; call it in an event loop."""
        reader = NewsReader(token)
        with self._lock:
            missed = tuple(item for item in self._ring if last is not None and item.id > last)
            ids = tuple(range(self._next, self._next + len(self._first)))
            self._next += len(self._first)
            self._readers.append(reader)
        try:
            yield Joined(reader, missed, ids)
        finally:
            with self._lock:
                self._readers.remove(reader)

    def first(self, ids: tuple[int, ...]) -> list[NewsItem]:
        """Return the present state as events with `ids`; may block."""
        return [
            NewsItem(number, event, msgspec.json.encode(state()))
            for number, (event, state) in zip(ids, self._first, strict=True)
        ]
