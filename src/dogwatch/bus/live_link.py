"""The second link of an ingest process, for live fragments and packets, while somebody watches.

Nothing is acknowledged or sent again here: what the core does not read in time is dropped and counted.
"""

from __future__ import annotations

import os
import selectors
import threading

from dogwatch.bus.link import BUFFER
from dogwatch.bus.messages import Live, LivePacket, LiveReady, PacketsBegin, encode_numbered
from dogwatch.bus.stream import Stream, connect

LIVE_BYTES = 32 << 20  # the size limit of a kept GOP: a new viewer gets the whole present one


class LiveLink:
    """What goes live from one camera. `publish` and `wanted` are for any thread, everything else for one."""

    def __init__(self, address: str, camera: str, limit: int = LIVE_BYTES) -> None:
        """Connect to `address` once somebody watches; at most `limit` bytes wait for the core."""
        self._address, self._camera, self._limit = address, camera, limit
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._stream: Stream | None = None
        self._full = False
        self._watched: frozenset[tuple[int, bool]] = frozenset()  # inputs, each with whether packets are meant
        self._fresh: set[tuple[int, bool]] = set()
        self.dropped = 0

    def fileno(self) -> int:
        """Return a descriptor, always the same one, that is readable while `flush` has something to do."""
        return self._selector.fileno()

    def watch(self, inputs: tuple[int, ...], packets: tuple[int, ...] = ()) -> None:
        """Send fragments and packets of these inputs from now on, and of no others.

        The link is connected while there are any.
        """
        wanted = {(index, False) for index in inputs} | {(index, True) for index in packets}
        with self._lock:
            self._fresh = (self._fresh & wanted) | (wanted - self._watched)
            self._watched = frozenset(wanted)
            if not wanted:
                self._disconnect()

    def wanted(self, index: int, *, packets: bool = False) -> tuple[bool, bool]:
        """Return whether input `index` is watched, and whether it must begin anew (true once).

        `packets` means its packets, otherwise its fragments are meant.
        """
        if not self._watched:
            return False, False
        key = index, packets
        with self._lock:
            fresh = key in self._fresh
            self._fresh.discard(key)
            return key in self._watched, fresh

    def publish(self, message: Live) -> None:
        """Send `message` if its input is watched; drop and count it if the core is too far behind."""
        key = message.input, isinstance(message, LivePacket | PacketsBegin)
        with self._lock:
            if key not in self._watched:
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
