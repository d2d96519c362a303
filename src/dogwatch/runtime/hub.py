"""Takes in what workers say and hands each message to those whom it concerns."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import zmq
import zmq.asyncio

from dogwatch.bus.messages import Message, SetSwitch, decode_up, encode
from dogwatch.bus.sockets import DOWN_LIMIT, UP_LIMIT, address

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
        self._context = zmq.asyncio.Context()
        self._up = self._context.socket(zmq.PULL)
        self._up.setsockopt(zmq.RCVHWM, UP_LIMIT)
        self._up.bind(address(run_dir, "up"))
        self._down: zmq.Socket[bytes] = zmq.Context.shadow(self._context.underlying).socket(zmq.PUB)
        self._down.setsockopt(zmq.SNDHWM, DOWN_LIMIT)
        self._down.setsockopt(zmq.LINGER, 0)
        self._down.bind(address(run_dir, "down"))
        self.received: dict[str, int] = defaultdict(int)
        self.failed: dict[str, int] = defaultdict(int)

    async def run(self) -> None:
        """Take in messages until cancelled."""
        while True:
            self._take(await self._up.recv())
            for _ in range(BATCH):
                if not await self._up.poll(0):
                    break
                self._take(await self._up.recv())
            await asyncio.sleep(0)  # a flood of messages must not starve the HTTP servers

    async def drain(self, quiet_s: float = 0.2, longest_s: float = 2.0) -> None:
        """Take in what is still on its way, until nothing has come for `quiet_s`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(longest_s):
                while await self._up.poll(int(quiet_s * 1000)):
                    self._take(await self._up.recv())

    def send_down(self, message: SetSwitch) -> None:
        """Publish `message` to the workers of its camera."""
        self._down.send_multipart([message.camera.encode() + b"\0", encode(message)])

    def close(self) -> None:
        """Close both sockets."""
        self._up.close(linger=0)
        self._down.close(linger=0)
        self._context.term()

    def _take(self, data: bytes) -> None:
        try:
            message = decode_up(data)
        except msgspec.DecodeError as error:
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
