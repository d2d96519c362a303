"""What workers say to the core."""

from __future__ import annotations

import contextlib
import select
import threading
import time

from dogwatch.bus.messages import Message, encode
from dogwatch.bus.stream import Stream, connect
from dogwatch.bus.unix import place

UP_BYTES = 32 << 20  # that wait for a core which hangs: some minutes of one worker
BUFFER = 1 << 20  # a picture should go in one piece
FAREWELL_S = 1.0


class Uplink:
    """A worker's way to the core. Safe to use from any thread."""

    def __init__(self, run_dir: str) -> None:
        """Prepare to connect, which `send` does; the core need not be there yet."""
        self._path = place(run_dir, "up")
        self._stream: Stream | None = None
        self._lock = threading.Lock()
        self._flushing: threading.Thread | None = None
        self.dropped = 0

    def send(self, message: Message) -> bool:
        """Send `message`; False (and counted in `dropped`) if the core is not there or too far behind."""
        data = encode(message)
        with self._lock:
            sent = self._send(data)
            self.dropped += not sent
            return sent

    def close(self) -> None:
        """Send what is queued, at most for a second, and close."""
        with self._lock:
            deadline = time.monotonic() + FAREWELL_S
            while self._stream is not None and not self._stream.flush() and (left := deadline - time.monotonic()) > 0:
                _wait_for_room(self._stream, left)
            if self._stream is not None:
                self._stream.close()
                self._stream = None

    def _send(self, data: bytes) -> bool:
        if self._stream is None and (found := connect(self._path, UP_BYTES)) is not None:
            found.widen(BUFFER)
            self._stream = found
        if self._stream is None:
            return False
        sent = self._stream.send(data)
        if self._stream.unheard:  # the core has gone; there may be another
            self._stream.close()
            self._stream = None
        elif self._stream.pending and self._flushing is None:
            self._flushing = threading.Thread(target=self._flush, name="uplink", daemon=True)
            self._flushing.start()
        return sent

    def _flush(self) -> None:
        """Send what waits as the core takes it, while nobody may have anything more to say."""
        while True:
            with self._lock:
                waiting = self._stream
                if waiting is None or waiting.flush():
                    self._flushing = None
                    return
            _wait_for_room(waiting, FAREWELL_S)


def _wait_for_room(waiting: Stream, timeout: float) -> None:
    poller = select.poll()
    with contextlib.suppress(ValueError):  # it has been closed meanwhile
        poller.register(waiting, select.POLLOUT)
        poller.poll(timeout * 1000)
