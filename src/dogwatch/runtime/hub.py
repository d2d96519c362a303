"""Takes in what workers say and hands each message to those whom it concerns."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, cast

import zmq

from dogwatch.bus.messages import UNREADABLE, Message, SetSwitch, decode_up, encode
from dogwatch.bus.sockets import DOWN_LIMIT, UP_LIMIT, address, readable

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
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._up = self._context.socket(zmq.PULL)
        self._up.setsockopt(zmq.RCVHWM, UP_LIMIT)
        self._up.bind(address(run_dir, "up"))
        self._down = self._context.socket(zmq.PUB)
        self._down.setsockopt(zmq.SNDHWM, DOWN_LIMIT)
        self._down.setsockopt(zmq.LINGER, 0)
        self._down.bind(address(run_dir, "down"))
        self._taken = 0
        self.received: dict[str, int] = defaultdict(int)
        self.failed: dict[str, int] = defaultdict(int)

    async def run(self) -> None:
        """Take in messages until cancelled."""
        loop, awake = asyncio.get_running_loop(), asyncio.Event()
        descriptor = cast(int, self._up.getsockopt(zmq.FD))
        # The descriptor tells of a change, not of a state: everything must have been taken before it tells again.
        loop.add_reader(descriptor, awake.set)
        try:
            while True:
                awake.clear()
                if self._take_waiting(BATCH):
                    await asyncio.sleep(0)  # a flood of messages must not starve the HTTP servers
                else:
                    await awake.wait()
        finally:
            loop.remove_reader(descriptor)

    async def drain(self, quiet_s: float = 0.2, longest_s: float = 2.0) -> None:
        """Take in what is still on its way, until nothing has come for `quiet_s`."""
        loop = asyncio.get_running_loop()
        begun = heard = loop.time()
        while loop.time() - heard < quiet_s and loop.time() - begun < longest_s:
            known = self._taken
            await asyncio.sleep(quiet_s / 20)  # meanwhile `run` may take some
            self._take_waiting(BATCH)
            if self._taken > known:
                heard = loop.time()

    def send_down(self, message: SetSwitch) -> None:
        """Publish `message` to the workers of its camera."""
        self._down.send_multipart([message.camera.encode() + b"\0", encode(message)])

    def close(self) -> None:
        """Close both sockets."""
        self._up.close(linger=0)
        self._down.close(linger=0)
        self._context.term()

    def _take_waiting(self, limit: int) -> bool:
        """Take in at most `limit` messages of those that have come; return whether there were as many."""
        for _ in range(limit):
            if not readable(self._up):  # asking also makes the descriptor tell of the next message
                return False
            self._take(self._up.recv(zmq.NOBLOCK, copy=False).buffer)  # a picture is copied once, by its decoder
        return True

    def _take(self, data: memoryview) -> None:
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
