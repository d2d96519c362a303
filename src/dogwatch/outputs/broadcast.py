"""Publishes messages to listeners, which read them from bounded queues.

Topics are those of MQTT and the WebSocket without a prefix (docs/api/websocket.md). A slow listener delays nobody: its
queue drops the oldest messages and counts them. What only counts needs no queue: see `Broadcast.observed_by`.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import cached_property
from types import TracebackType
from typing import Protocol, SupportsFloat, SupportsIndex

import msgspec

QUEUE_LIMIT = 1000


class Publish(Protocol):
    """`Broadcast.publish`; for any thread."""

    def __call__(self, topic: str, payload: object, *, retain: bool = False) -> None:
        """Publish `payload` on `topic`, which has no prefix."""


class Publication(msgspec.Struct, frozen=True, dict=True):
    """One message; a `retain`ed one is the first thing that later listeners of its topic should get.

    It is encoded once, by the first listener that sends it, however many there are.
    """

    topic: str
    payload: object
    retain: bool = False

    def encoded(self) -> object:
        """Return the payload as MQTT and the WebSocket carry it: structures as JSON text, the rest as it is."""
        return self._json if isinstance(self.payload, dict | list | tuple) else self.payload

    @cached_property
    def frame(self) -> str:
        """The message as the WebSocket carries it."""
        return msgspec.json.encode({"topic": self.topic, "payload": self.encoded()}, enc_hook=_plain).decode()

    @cached_property
    def views(self) -> dict[Hashable, Publication | None]:
        """What listeners with limited rights get of it, None for nothing, by whatever tells their rights apart."""
        return {}

    @cached_property
    def _json(self) -> str:
        return msgspec.json.encode(self.payload, enc_hook=_plain).decode()


def _plain(value: object) -> object:
    """Return numbers of NumPy and kinds of text as the plain types that they stand for.

    Raises:
        TypeError: It is nothing that JSON knows.
    """
    if isinstance(value, str):
        return str(value)
    if isinstance(value, SupportsIndex):
        return int(value)
    if isinstance(value, SupportsFloat):
        return float(value)
    raise TypeError(f"a {type(value).__name__} cannot be published")


class Subscription:
    """One listener's queue; iterate over it in the event loop that made it, and close it."""

    def __init__(self, owner: Broadcast, limit: int) -> None:
        """Listen to `owner`; use `Broadcast.subscribe` instead."""
        self._owner, self._limit = owner, limit
        self._queue: deque[Publication] = deque()
        self._loop = asyncio.get_running_loop()
        self._wake, self._woken = asyncio.Event(), False
        self.dropped = 0

    def offer(self, publication: Publication) -> None:
        """Append a publication; a full queue drops its oldest one."""
        if len(self._queue) >= self._limit:
            self._queue.popleft()
            self.dropped += 1
        self._queue.append(publication)
        if not self._woken and not self._loop.is_closed():
            self._woken = True  # one call is enough until the listener has found the queue empty again
            self._loop.call_soon_threadsafe(self._wake.set)

    async def get(self) -> Publication:
        """Wait for the next publication."""
        while not self._queue:
            self._wake.clear()
            self._woken = False
            if not self._queue:  # looked at again, as a publisher looks at `_woken` after it has appended
                await self._wake.wait()
        return self._queue.popleft()

    def close(self) -> None:
        """Stop listening."""
        self._owner.leave(self)

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Publication:
        return await self.get()

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class Broadcast:
    """Hands every publication to every listener. Publish from any thread."""

    def __init__(self) -> None:
        """Begin with no listeners."""
        self._lock = threading.Lock()
        self._subscriptions: list[Subscription] = []
        self._observers: list[Callable[[Publication], None]] = []
        self._retained: dict[str, Publication] = {}
        self._dropped_by_gone = 0

    def publish(self, topic: str, payload: object, *, retain: bool = False) -> None:
        """Send `payload` to all listeners; with `retain`, keep it for later ones."""
        publication = Publication(topic, payload, retain)
        with self._lock:
            if retain:
                self._retained[topic] = publication
            for subscription in self._subscriptions:
                subscription.offer(publication)
            for observe in self._observers:
                observe(publication)

    def withdraw(self, beginning: str) -> None:
        """Delete the retained messages of topics with this beginning: an empty payload is sent, as MQTT does it."""
        with self._lock:
            topics = [topic for topic in self._retained if topic.startswith(beginning)]
        for topic in topics:
            self.publish(topic, "", retain=True)
            with self._lock:
                self._retained.pop(topic, None)

    @contextmanager
    def observed_by(self, observe: Callable[[Publication], None]) -> Iterator[None]:
        """Call `observe` with every publication, one at a time, in the thread that publishes: it must be quick."""
        with self._lock:
            self._observers.append(observe)
        try:
            yield
        finally:
            with self._lock:
                self._observers.remove(observe)

    def subscribe(self, limit: int = QUEUE_LIMIT) -> Subscription:
        """Return a new listener with a queue of at most `limit`; call it in an event loop."""
        subscription = Subscription(self, limit)
        with self._lock:
            self._subscriptions.append(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """Forget a listener."""
        with self._lock:
            if subscription in self._subscriptions:
                self._subscriptions.remove(subscription)
                self._dropped_by_gone += subscription.dropped

    def newest(self, topic: str) -> Publication | None:
        """Return the newest retained publication of a topic, None if there is none."""
        with self._lock:
            return self._retained.get(topic)

    def retained(self) -> list[Publication]:
        """Return the newest retained publication of each topic."""
        with self._lock:
            return list(self._retained.values())

    def statistics(self) -> dict[str, int]:
        """Return `listeners` (now), `queued` (not yet taken) and `dropped` (since the start)."""
        with self._lock:
            return {
                "listeners": len(self._subscriptions),
                "queued": sum(len(subscription._queue) for subscription in self._subscriptions),
                "dropped": self._dropped_by_gone + sum(one.dropped for one in self._subscriptions),
            }
