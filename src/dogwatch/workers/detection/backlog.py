"""Requests that wait for a detector: a bounded queue for each analysis process, served round robin."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from dogwatch.bus.messages import DetectRequest

C = TypeVar("C")

LIMIT = 64  # waiting requests of one analysis process; at 10 ms each, the last would be two frames late


class RequestBacklog(Generic[C]):
    """Requests by client. Dropped ones are counted in `dropped`."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._waiting: dict[C, deque[DetectRequest]] = {}
        self._count = 0  # kept apart, for another thread to read
        self.dropped = 0

    def __len__(self) -> int:
        return self._count

    def put(self, client: C, request: DetectRequest) -> DetectRequest | None:
        """Add a request; return the client's oldest one if it was dropped, because the newest frame matters most."""
        queue = self._waiting.setdefault(client, deque())
        queue.append(request)
        if len(queue) <= self._limit:
            self._count += 1
            return None
        self.dropped += 1
        return queue.popleft()

    def forget(self, client: C) -> None:
        """Drop the requests of a client that has gone."""
        self._count -= len(self._waiting.pop(client, ()))

    def take(self, regions: int) -> list[tuple[C, DetectRequest]]:
        """Take requests with at most `regions` regions together, but at least one, from the clients round robin."""
        taken: list[tuple[C, DetectRequest]] = []
        room = regions
        while self._waiting:
            client, queue = next(iter(self._waiting.items()))
            if taken and len(queue[0].slots) > room:
                break
            del self._waiting[client]
            request = queue.popleft()
            self._count -= 1
            taken.append((client, request))
            room -= len(request.slots)
            if queue:
                self._waiting[client] = queue  # it comes last now
        return taken
