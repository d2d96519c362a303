"""Connections over which two processes exchange messages, neither ever waiting for the other.

A message is sent as its length (4 bytes, big-endian) and its bytes. Messages that the other end does not read yet are
kept, up to a limit; then `send` refuses more. When the other end has closed, `gone` is set at once.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket

from dogwatch.bus.unix import Bound

log = logging.getLogger(__name__)

LIMIT = 1 << 20
CHUNK = 1 << 16
LONG = 1 << 20  # the most that is read at once of a message longer than a chunk, such as a picture
HEADER = 4


class Stream:
    """One end of a connection. For one thread; it can be put in a poller, which tells when to `receive`."""

    def __init__(self, connected: socket.socket, limit: int = LIMIT) -> None:
        """Take over the socket `connected`; `limit` is the most bytes of a message, and of all that wait to be sent."""
        connected.setblocking(False)
        self._socket, self._limit = connected, limit
        self._incoming: list[bytes] = []
        self._held, self._needed = 0, HEADER  # bytes in `_incoming`, and how many make the next message complete
        self._outgoing = bytearray()
        self.unheard = False  # nobody takes what is sent; what came before can still be read, until `gone`
        self.gone = False

    def fileno(self) -> int:
        """Return the descriptor, -1 when closed."""
        return self._socket.fileno()

    def widen(self, size: int) -> None:
        """Ask the kernel for a send buffer of `size` bytes; it may give less."""
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)

    @property
    def pending(self) -> bool:
        """Whether messages wait for `flush`."""
        return bool(self._outgoing)

    def send(self, data: bytes) -> bool:
        """Send `data`, now or with a later `flush`; False if it was dropped: the other end is gone or too slow."""
        if self.gone or len(self._outgoing) + len(data) > self._limit:
            return False
        self._outgoing += len(data).to_bytes(HEADER, "big")
        self._outgoing += data
        self.flush()
        return not self.unheard

    def flush(self) -> bool:
        """Send waiting messages as far as the other end reads them; return whether none wait any more."""
        while self._outgoing:
            try:
                sent = self._socket.send(self._outgoing)
            except BlockingIOError:
                return False
            except OSError:
                self._end()
                break
            del self._outgoing[:sent]
        return True

    def receive(self) -> list[bytes]:
        """Return the next complete messages, and check whether the other end has gone.

        At most `CHUNK` bytes are read, and what has arrived of a longer message, so that one sender cannot occupy the
        thread; a poller tells of the rest.
        """
        messages = self._split(chunk) if (chunk := self._read()) else []
        if chunk and self._needed - self._held > CHUNK and (chunk := self._read(min(self._needed - self._held, LONG))):
            messages += self._split(chunk)
        return messages

    def receive_all(self) -> list[bytes]:
        """Return all messages that have arrived already, up to the limit."""
        messages: list[bytes] = []
        for _ in range(self._limit // CHUNK + 1):
            if not (chunk := self._read()):
                break
            messages += self._split(chunk)
        return messages

    def _read(self, size: int = CHUNK) -> bytes:
        """Return some bytes, none if none have come, and check whether the other end has gone."""
        if self.gone:
            return b""
        try:
            chunk = self._socket.recv(size)
        except BlockingIOError:
            return b""
        except OSError:
            chunk = b""
        self.gone = not chunk
        return chunk

    def close(self) -> None:
        """Close the connection; waiting messages are dropped."""
        self.gone = True
        self._outgoing.clear()
        self._socket.close()

    def _end(self) -> None:
        """Send no more; `receive` still returns what can be read, then the end."""
        self.unheard = True
        self._outgoing.clear()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _split(self, chunk: bytes) -> list[bytes]:
        """Return the messages that `chunk` completes, and keep the rest."""
        self._incoming.append(chunk)
        self._held += len(chunk)
        if self._held < self._needed:
            return []
        data = b"".join(self._incoming)  # once a message, however many pieces it comes in
        messages: list[bytes] = []
        start, self._needed = 0, HEADER
        while len(data) - start >= HEADER:
            size = int.from_bytes(data[start : start + HEADER], "big")
            if size > self._limit:
                log.warning("a message of %d bytes is too long: the connection is given up", size)
                self.gone = True
                return messages
            if len(data) - start - HEADER < size:
                self._needed = HEADER + size
                break
            start += HEADER + size
            messages.append(data[start - size : start])
        self._incoming, self._held = [data[start:]], len(data) - start
        return messages


def connect(path: str, limit: int = LIMIT) -> Stream | None:
    """Connect to the listener at `path`; None if there is none now, or its backlog is full."""
    try:
        one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    except OSError:  # no descriptors are left
        return None
    one.setblocking(False)
    try:
        one.connect(path)
    except OSError:
        one.close()
        return None
    return Stream(one, limit)


class Listener:
    """Accepts connections and receives their messages. For one thread, except `end`."""

    def __init__(self, path: str, limit: int = LIMIT) -> None:
        """Listen at `path`; `limit` is that of each `Stream`.

        Raises:
            DogwatchError: The socket cannot be made.
        """
        self._bound, self._limit = Bound(path, socket.SOCK_STREAM), limit
        self._bound.socket.listen()
        self._wake, self._waker = os.pipe()  # left open, since signal handlers may come late
        self._streams: set[Stream] = set()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._bound.socket, selectors.EVENT_READ)
        self._selector.register(self._wake, selectors.EVENT_READ)

    def fileno(self) -> int:
        """Return a descriptor that is readable while `poll` has something to do."""
        return self._selector.fileno()

    def poll(self, timeout: float | None) -> list[tuple[Stream, bytes | None]]:
        """Wait for messages, at most `timeout` seconds; None instead of a message means that the stream has gone."""
        heard: list[tuple[Stream, bytes | None]] = []
        for key, _ in self._selector.select(timeout):
            if isinstance(key.fileobj, Stream):
                heard += self._hear(key.fileobj)
            elif key.fileobj is self._bound.socket:
                self._accept()
        return heard

    def send(self, stream: Stream, data: bytes) -> bool:
        """Like `Stream.send`, and send the rest when there is room."""
        sent = stream.send(data)
        if stream.pending:
            self._selector.modify(stream, selectors.EVENT_READ | selectors.EVENT_WRITE)
        return sent

    def drop(self, stream: Stream) -> None:
        """Close `stream`."""
        if stream in self._streams:
            self._streams.remove(stream)
            self._selector.unregister(stream)
            stream.close()

    def end(self) -> None:
        """Make `poll` return at once, from now on. Safe in signal handlers and from any thread."""
        os.write(self._waker, b".")

    def close(self) -> None:
        """Close the streams and the socket."""
        for stream in list(self._streams):
            self.drop(stream)
        self._selector.close()
        self._bound.close()

    def _accept(self) -> None:
        try:
            connected, _ = self._bound.socket.accept()
        except OSError:
            return  # it has closed already, or no descriptors are left: it may connect again
        stream = Stream(connected, self._limit)
        self._streams.add(stream)
        self._selector.register(stream, selectors.EVENT_READ)

    def _hear(self, stream: Stream) -> list[tuple[Stream, bytes | None]]:
        if stream.pending and stream.flush():
            self._selector.modify(stream, selectors.EVENT_READ)
        heard: list[tuple[Stream, bytes | None]] = [(stream, data) for data in stream.receive()]
        if stream.gone:
            self.drop(stream)
            heard.append((stream, None))
        return heard
