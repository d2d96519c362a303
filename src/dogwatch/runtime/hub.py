"""Takes in what workers say and hands each message to those whom it concerns."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any

import zmq

from dogwatch.bus.messages import UNREADABLE, Message, SetSwitch, decode_up, encode
from dogwatch.bus.sockets import DOWN_LIMIT, address
from dogwatch.bus.stream import Listener
from dogwatch.bus.unix import place
from dogwatch.bus.uplink import UP_BYTES

log = logging.getLogger(__name__)

Handler = Callable[[Any], None]
BATCH = 64


class Hub:
    """The core's end of the bus. All methods belong to the event loop.

    Handlers must be quick. One that raises is logged and counted, and costs nothing but its own message.
    """

    def __init__(self, run_dir: str, handlers: Mapping[type[Message], tuple[Handler, ...]]) -> None:
        """Bind the core's two sockets in `run_dir`."""
        self._handlers = handlers
        self._up = Listener(place(run_dir, "up"), UP_BYTES)
        self._waiting: deque[bytes] = deque()
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._down = self._context.socket(zmq.PUB)
        self._down.setsockopt(zmq.SNDHWM, DOWN_LIMIT)
        self._down.setsockopt(zmq.LINGER, 0)
        self._down.bind(address(run_dir, "down"))
        self._taken = 0
        self.received: dict[str, int] = defaultdict(int)
        self.failed: dict[str, int] = defaultdict(int)

    async def run(self) -> None:
        """Take in messages until cancelled."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._up.fileno(), self._read)
        try:
            await loop.create_future()  # nothing ever sets it
        finally:
            loop.remove_reader(self._up.fileno())

    async def drain(self, quiet_s: float = 0.2, longest_s: float = 2.0) -> None:
        """Take in what is still on its way, until nothing has come for `quiet_s`."""
        loop = asyncio.get_running_loop()
        begun = heard = loop.time()
        while loop.time() - heard < quiet_s and loop.time() - begun < longest_s:
            known = self._taken
            await asyncio.sleep(quiet_s / 20)  # meanwhile `run` may take some
            self._read()
            if self._taken > known:
                heard = loop.time()

    def send_down(self, message: SetSwitch) -> None:
        """Publish `message` to the workers of its camera."""
        self._down.send_multipart([message.camera.encode() + b"\0", encode(message)])

    def close(self) -> None:
        """Close both sockets."""
        self._waiting.clear()
        self._up.close()
        self._down.close(linger=0)
        self._context.term()

    def _read(self) -> None:
        """Read what has come, unless what came before still waits."""
        if not self._waiting:
            self._waiting.extend(data for _, data in self._up.poll(0) if data is not None)
            self._take_some()

    def _take_some(self) -> None:
        """Take in some of what waits, and go on soon: a flood of messages must not starve the HTTP servers."""
        for _ in range(min(BATCH, len(self._waiting))):
            self._take(self._waiting.popleft())
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._take_some)

    def _take(self, data: bytes) -> None:
        self._taken += 1
        try:
            message = decode_up(data)
        except UNREADABLE as error:
            self.failed["undecodable"] += 1
            log.error("a message cannot be decoded: %s", error)
            return
        name = type(message).__name__
        self.received[name] += 1
        for handler in self._handlers.get(type(message), ()):
            try:
                handler(message)
            except Exception:
                self.failed[name] += 1
                log.exception("handling %s failed", name)
