"""Receives the workers' messages and passes each to its handlers."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any

from dogwatch.bus.links import Links, Peer, WorkerGone
from dogwatch.bus.messages import UNREADABLE, Message

log = logging.getLogger(__name__)

Handler = Callable[[Any], None]
BATCH = 64
ACKNOWLEDGE_S = 1.0


class Hub:
    """The core's end of the links. All methods belong to the event loop.

    Handlers must be quick. One that raises is logged and counted, and costs nothing but its own message. `WorkerReady`
    tells of a worker that has connected, `WorkerGone` of one whose connection has ended.
    """

    def __init__(self, address: str, handlers: Mapping[type[Message | WorkerGone], tuple[Handler, ...]]) -> None:
        """Listen at the path `address`.

        Raises:
            DogwatchError: The socket cannot be made.
        """
        self._handlers = handlers
        self._links = Links(address)
        self._waiting: deque[tuple[Peer, bytes | None]] = deque()
        self._acknowledging: asyncio.TimerHandle | None = None
        self._taken = 0
        self._stopped = False
        self.received: dict[str, int] = defaultdict(int)
        self.failed: dict[str, int] = defaultdict(int)

    async def run(self) -> None:
        """Receive messages until cancelled."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._links.fileno(), self._read)
        try:
            await loop.create_future()  # nothing ever sets it
        finally:
            loop.remove_reader(self._links.fileno())

    def stop(self) -> None:
        """Receive no more: later messages are for the next core."""
        self._stopped = True
        self._waiting.clear()
        asyncio.get_running_loop().remove_reader(self._links.fileno())

    async def drain(self, quiet_s: float = 0.2, longest_s: float = 2.0) -> None:
        """Receive the messages still on their way, until none has come for `quiet_s`."""
        loop = asyncio.get_running_loop()
        begun = heard = loop.time()
        while loop.time() - heard < quiet_s and loop.time() - begun < longest_s:
            known = self._taken
            await asyncio.sleep(quiet_s / 20)  # meanwhile `run` may take some
            self._read()
            if self._taken > known:
                heard = loop.time()

    def tell(self, kind: str, name: str, message: Message) -> bool:
        """Send `message` to one worker; False if it is not connected, and will say `WorkerReady` when it is."""
        return self._links.tell(kind, name, message)

    def close(self) -> None:
        """Acknowledge what has been taken in, whose traces must be safe by now, and close all links."""
        if self._acknowledging is not None:
            self._acknowledging.cancel()
        self._waiting.clear()
        self._links.acknowledge()  # what was taken a while ago, and then the rest
        self._links.acknowledge()
        self._links.close()

    def _read(self) -> None:
        """Read what has come, unless what came before still waits."""
        if not self._waiting and not self._stopped:
            self._waiting.extend(self._links.poll(0))
            self._take_some()

    def _take_some(self) -> None:
        """Handle some waiting messages, and continue soon: a flood of messages must not block the HTTP servers."""
        for _ in range(min(BATCH, len(self._waiting))):
            self._take(*self._waiting.popleft())
        loop = asyncio.get_running_loop()
        if self._waiting:
            loop.call_soon(self._take_some)
        if self._acknowledging is None:
            self._acknowledge_next()

    def _acknowledge(self) -> None:
        self._acknowledging = None
        if self._links.acknowledge():
            self._acknowledge_next()

    def _acknowledge_next(self) -> None:
        """Acknowledge at the next whole multiple, when `periodic.every` wakes the loop anyway."""
        loop = asyncio.get_running_loop()
        at = (loop.time() // ACKNOWLEDGE_S + 1) * ACKNOWLEDGE_S
        self._acknowledging = loop.call_at(at, self._acknowledge)

    def _take(self, peer: Peer, data: bytes | None) -> None:
        self._taken += 1
        try:
            message = self._links.take(peer, data)
        except UNREADABLE as error:
            self.failed["undecodable"] += 1
            log.error("a message cannot be decoded: %s", error)
            return
        if message is None:
            return
        name = type(message).__name__
        self.received[name] += 1
        for handler in self._handlers.get(type(message), ()):
            try:
                handler(message)
            except Exception:
                self.failed[name] += 1
                log.exception("handling %s failed", name)
