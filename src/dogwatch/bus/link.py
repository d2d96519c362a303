"""A worker's connection to the core: what it tells goes up, and what the core wants comes down.

The worker connects, and again whenever the connection has ended: so a core that starts anew gets back the workers that
run. The first message of each connection is `WorkerReady`. The core answers with the number of the message that it has
taken last from this process, and what is behind that follows; see `outbox`.

There is no thread here. The worker has `fileno` in its poller, calls `receive` when that is readable, and after
`wait_s` at the latest.
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

UP_BYTES = 32 << 20  # that wait while the core is away or hangs: hours of a recorder, minutes of a busy analysis
MESSAGE_BYTES = UP_BYTES + 64  # the largest message with its number
BUFFER = 1 << 20  # a picture should go in one piece
FAREWELL_S = 1.0
FIRST_RETRY_S, RETRY_FACTOR, LONGEST_RETRY_S = 0.02, 1.6, 0.3


class Link:
    """One worker's link. `send` is for any thread, everything else for one."""

    def __init__(self, address: str, kind: str, name: str, spec_digest: str = "", limit: int = UP_BYTES) -> None:
        """Prepare to connect to `address`, which `receive` does; the core need not be there yet.

        Args:
            address: The path of the core's socket.
            kind: What the worker is: `ingest`, `analysis` or `detection`.
            name: Unique among those of its kind.
            spec_digest: That of the spec which the worker follows; set it anew when that changes.
            limit: Bytes that are kept for the core.
        """
        self._address, self._kind, self._name, self.spec_digest = address, kind, name, spec_digest
        self._outbox = Outbox(limit)
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._stream: Stream | None = None
        self._greeted = False  # the core has said what it has
        self._full = False  # the poller is asked to tell when the core takes more
        self._tries, self._next_try = 0, 0.0

    def fileno(self) -> int:
        """Return a descriptor, always the same one, that is readable while `receive` has something to do."""
        return self._selector.fileno()

    @property
    def connected(self) -> bool:
        """Whether the core is there, as far as is known."""
        return self._stream is not None

    @property
    def wait_s(self) -> float | None:
        """After how many seconds `receive` is to be called though there is nothing to read; None: not at all."""
        return None if self._stream is not None else max(0.0, self._next_try - time.monotonic())

    @property
    def dropped(self) -> int:
        """How many messages there was no room for."""
        return self._outbox.dropped

    def send(self, message: Message) -> bool:
        """Tell the core, now or when it is there; False, and counted in `dropped`, if too much waits already."""
        with self._lock:
            kept = self._outbox.put(message)
            if self._stream is not None:
                self._push(self._stream)
            return kept

    def receive(self) -> list[Down]:
        """Return what the core wants; connect, and send what waits, where that is due. It never waits."""
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
        """Send what waits, if the core is there and takes it within a second, and close."""
        deadline = time.monotonic() + FAREWELL_S
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
        """Send what waits as far as the core takes it."""
        stream.flush()
        while self._greeted and not stream.pending and (data := self._outbox.next()) is not None:
            stream.send(data)
        if stream.pending != self._full:
            self._full = stream.pending
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._full else 0)
            self._selector.modify(stream, events)
