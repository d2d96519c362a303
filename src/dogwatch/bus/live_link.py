"""The second link of an ingest process, for live fragments, while somebody watches.

Nothing is acknowledged or sent again here: fragments that the core does not read in time are dropped and counted.
"""

from __future__ import annotations

import os
import selectors
import threading

from dogwatch.bus.link import BUFFER
from dogwatch.bus.messages import LiveFragment, LiveInit, LiveReady, encode_numbered
from dogwatch.bus.stream import Stream, connect

LIVE_BYTES = 32 << 20  # the size limit of a kept GOP: a new viewer gets the whole present one


class LiveLink:
    """The live fragments of one camera. `publish` and `wanted` are for any thread, everything else for one."""

    def __init__(self, address: str, camera: str, limit: int = LIVE_BYTES) -> None:
        """Connect to `address` once somebody watches; at most `limit` bytes wait for the core."""
        self._address, self._camera, self._limit = address, camera, limit
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._stream: Stream | None = None
        self._full = False
        self._watched: frozenset[int] = frozenset()
        self._fresh: set[int] = set()
        self.dropped = 0

    def fileno(self) -> int:
        """Return a descriptor, always the same one, that is readable while `flush` has something to do."""
        return self._selector.fileno()

    def watch(self, inputs: tuple[int, ...]) -> None:
        """Send these inputs from now on, and no others; the link is connected while there are any."""
        with self._lock:
            self._fresh = (self._fresh & set(inputs)) | (set(inputs) - self._watched)
            self._watched = frozenset(inputs)
            if not inputs:
                self._disconnect()

    def wanted(self, index: int) -> tuple[bool, bool]:
        """Return whether input `index` is watched, and whether it must start with an init section (true once)."""
        if not self._watched:
            return False, False
        with self._lock:
            fresh = index in self._fresh
            self._fresh.discard(index)
            return index in self._watched, fresh

    def publish(self, message: LiveInit | LiveFragment) -> None:
        """Send `message` if its input is watched; drop and count it if the core is too far behind."""
        with self._lock:
            if message.input not in self._watched:
                return
            if (stream := self._stream or self._connect()) is None:
                self.dropped += 1
                return
            self.dropped += not stream.send(encode_numbered(message, 0))
            self._ask_for_room(stream)

    def flush(self) -> None:
        """Send waiting messages as far as the core reads them, and check whether it has gone."""
        with self._lock:
            if (stream := self._stream) is None:
                return
            stream.flush()
            stream.receive()
            if stream.gone:
                self._disconnect()
                self._fresh = set(self._watched)
            else:
                self._ask_for_room(stream)

    def close(self) -> None:
        """Close the link for good."""
        self.watch(())
        with self._lock:
            self._selector.close()

    def _connect(self) -> Stream | None:
        stream = connect(self._address, self._limit)
        if stream is not None:
            stream.widen(BUFFER)
            stream.send(encode_numbered(LiveReady(self._camera, os.getpid()), 0))
            self._stream, self._full = stream, False
            self._selector.register(stream, selectors.EVENT_READ)
        return stream

    def _disconnect(self) -> None:
        if self._stream is not None:
            self._selector.unregister(self._stream)
            self._stream.close()
            self._stream = None

    def _ask_for_room(self, stream: Stream) -> None:
        """Have the poller tell when the core reads more."""
        if stream.pending != self._full:
            self._full = stream.pending
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._full else 0)
            self._selector.modify(stream, events)
