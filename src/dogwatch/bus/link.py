"""A worker's connection to the core: what it tells goes up, and what the core wants comes down.

The worker connects, and reconnects whenever the connection has ended: so a new core gets the running workers. The first
message of each connection is `WorkerReady`. The core answers with the number of the last message that it has taken from
this process, and the later ones follow; see `outbox`.

There is no thread here. The worker has `fileno` in its poller, and calls `receive` when that is readable, or after
`wait_s`.
"""

from __future__ import annotations

import logging
import os
import random
import selectors
import threading
import time

from dogwatch.bus.messages import UNREADABLE, Ack, Down, Message, WorkerReady, decode_down, encode_numbered
from dogwatch.bus.outbox import Outbox
from dogwatch.bus.stream import Stream, connect

log = logging.getLogger(__name__)

UP_BYTES = 32 << 20  # of messages that wait while there is no core: hours of a recorder, minutes of a busy analysis
MESSAGE_BYTES = UP_BYTES + 64  # the largest message with its number
BUFFER = 1 << 20  # a picture should go in one call
FAREWELL_S = 1.0
FIRST_RETRY_S, RETRY_FACTOR, LONGEST_RETRY_S = 0.02, 1.6, 0.3


class Link:
    """One worker's link. `send` is for any thread, everything else for one."""

    def __init__(self, address: str, kind: str, name: str, spec_digest: str = "", limit: int = UP_BYTES) -> None:
        """Prepare for `address`; `receive` connects, and the core need not run yet.

        Args:
            address: The path of the core's socket.
            kind: The kind of worker: `ingest`, `analysis` or `detection`.
            name: Unique among those of its kind.
            spec_digest: The digest of the worker's spec; set it again when the spec changes.
            limit: The most bytes that are kept for the core.
        """
        self._address, self._kind, self._name, self.spec_digest = address, kind, name, spec_digest
        self._outbox = Outbox(limit)
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._stream: Stream | None = None
        self._greeted = False  # whether the core has told its last number
        self._full = False  # whether the poller waits until the core reads more
        self._tries, self._next_try = 0, 0.0

    def fileno(self) -> int:
        """Return a descriptor, always the same one, that is readable while `receive` has something to do."""
        return self._selector.fileno()

    @property
    def connected(self) -> bool:
        """Whether the core is connected, as far as is known."""
        return self._stream is not None

    @property
    def wait_s(self) -> float | None:
        """The seconds after which to call `receive` without anything to read; None for never."""
        return None if self._stream is not None else max(0.0, self._next_try - time.monotonic())

    @property
    def dropped(self) -> int:
        """How many messages were dropped because there was no room."""
        return self._outbox.dropped

    def send(self, message: Message) -> bool:
        """Send to the core, now or once it is connected; False, and counted in `dropped`, if there is no room."""
        with self._lock:
            kept = self._outbox.put(message)
            if self._stream is not None:
                self._push(self._stream)
            return kept

    def forget(self, camera: str) -> None:
        """Tell no other core how `camera` is, which this worker has no more."""
        with self._lock:
            self._outbox.forget(camera)

    def receive(self) -> list[Down]:
        """Return messages from the core; connect and send waiting messages if possible. It never waits."""
        with self._lock:
            stream = self._stream or self._connect()
            if stream is None:
                return []
            messages = self._read(stream)
            if stream.gone:
                self._disconnect(stream)
            else:
                self._push(stream)
            return messages

    def close(self) -> None:
        """Send waiting messages, if the core reads them within a second, and close."""
        deadline = time.monotonic() + FAREWELL_S
        if self._stream is None and self._outbox.waiting:
            self._next_try = 0.0  # a core that has just started may listen by now
            self.receive()
        while self._stream is not None and (left := deadline - time.monotonic()) > 0:
            if self._greeted and not self._stream.pending and not self._outbox.waiting:
                break
            self._selector.select(left)
            self.receive()
        with self._lock:
            if self._stream is not None:
                self._disconnect(self._stream)
            self._selector.close()

    def _connect(self) -> Stream | None:
        now = time.monotonic()
        if now < self._next_try:
            return None
        stream = connect(self._address, MESSAGE_BYTES)
        if stream is None:
            delay = min(FIRST_RETRY_S * RETRY_FACTOR ** min(self._tries, 32), LONGEST_RETRY_S)
            self._next_try = now + delay * random.uniform(0.7, 1.0)  # noqa: S311 - jitter, not a secret
            self._tries += 1
            return None
        stream.widen(BUFFER)
        stream.send(encode_numbered(WorkerReady(self._kind, self._name, os.getpid(), self.spec_digest), 0))
        self._stream, self._tries, self._greeted, self._full = stream, 0, False, False
        self._selector.register(stream, selectors.EVENT_READ)
        return stream

    def _disconnect(self, stream: Stream) -> None:
        self._selector.unregister(stream)
        stream.close()
        self._stream, self._next_try = None, time.monotonic() + FIRST_RETRY_S

    def _read(self, stream: Stream) -> list[Down]:
        messages: list[Down] = []
        for data in stream.receive():
            try:
                message = decode_down(data)
            except UNREADABLE as error:
                log.error("the core sent something unreadable: %s", error)
                stream.gone = True
                break
            if not isinstance(message, Ack):
                messages.append(message)
            elif self._greeted:
                self._outbox.acknowledge(message.number)
            else:
                self._outbox.rewind(message.number)
                self._greeted = True
        return messages

    def _push(self, stream: Stream) -> None:
        """Send waiting messages as far as the core reads them."""
        stream.flush()
        while self._greeted and not stream.pending and (data := self._outbox.next()) is not None:
            stream.send(data)
        if stream.pending != self._full:
            self._full = stream.pending
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._full else 0)
            self._selector.modify(stream, events)
