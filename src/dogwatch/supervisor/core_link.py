"""The socket to the core, with one JSON object in each line, both ways.

Only the newest state of a worker is sent. Lines of the log are kept while there is no core, or while it does not
read; beyond `KEPT` the oldest are dropped and counted.
"""

from __future__ import annotations

import json
import socket
from collections import deque
from collections.abc import Callable

from dogwatch.supervisor.loop import READ, WRITE, Loop

KEPT = 1000
CHUNK = 1 << 16
SOURCE = "supervisor"  # of its own lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CoreLink:
    """Messages for the core, and the connection while there is one."""

    def __init__(self, loop: Loop, take: Callable[[dict[str, Any]], None]) -> None:
        """Pass messages from the core to `take`."""
        self._loop, self._take = loop, take
        self._socket: socket.socket | None = None
        self._states: dict[object, Callable[[], dict[str, Any]]] = {}
        self._lines: deque[tuple[str, str]] = deque(maxlen=KEPT)
        self._dropped = 0
        self._out = self._in = b""

    def open(self, ours: socket.socket) -> None:
        """Connect to a new core."""
        self.close()
        ours.setblocking(False)
        self._socket = ours
        self._watch()

    def begin(self, state: dict[str, Any]) -> None:
        """Send the core, which has asked, the whole state."""
        self._states.clear()
        self._out += _line(state)
        self._watch()

    def close(self) -> None:
        """Read the core's last messages, and close the connection."""
        if self._socket is not None:
            self._read()
        if self._socket is not None:
            self._loop.forget(self._socket.fileno())
            self._socket.close()
        self._socket, self._out, self._in = None, b"", b""
        self._states.clear()

    def state(self, key: object, state: Callable[[], dict[str, Any]]) -> None:
        """Send a worker's state when the socket has room: the newest one then. A new core gets it from `begin`."""
        if self._socket is not None:
            self._states[key] = state
            self._watch()

    def line(self, source: str, text: str) -> None:
        """Send a line of the log of `source`."""
        self._dropped += len(self._lines) == KEPT
        self._lines.append((source, text))
        self._watch()

    def unread(self) -> list[str]:
        """Return and drop the lines that no core has read."""
        lines = [f"{source}: {text}" for source, text in self._lines]
        self._lines.clear()
        return lines

    def _watch(self) -> None:
        if self._socket is not None:
            self._loop.watch(self._socket.fileno(), READ | WRITE, self._ready)

    def _ready(self, events: int) -> None:
        if events & WRITE:
            self._write()
        if events & READ and self._socket is not None and not self._read():
            self.close()

    def _write(self) -> None:
        assert self._socket is not None  # noqa: S101 - else nobody would wait for it
        while self._out or self._states or self._lines:
            self._out = self._out or self._next()
            try:
                self._out = self._out[self._socket.send(self._out) :]
            except BlockingIOError:
                return
            except OSError:  # it has gone; its exit status will follow
                self._out = b""
                break
        self._loop.watch(self._socket.fileno(), READ, self._ready)

    def _next(self) -> bytes:
        if self._states:
            key = next(iter(self._states))
            return _line(self._states.pop(key)())
        if self._dropped:
            count, self._dropped = self._dropped, 0
            return _line({"tell": "dropped", "lines": count})
        source, text = self._lines.popleft()
        return _line({"tell": "log", "source": source, "line": text})

    def _read(self) -> bool:
        """Read messages from the core; return False when it has closed its end."""
        assert self._socket is not None  # noqa: S101 - the callers have looked
        while True:
            try:
                data = self._socket.recv(CHUNK)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not data:
                return False
            *lines, self._in = (self._in + data).split(b"\n")
            for line in lines:
                try:
                    self._take(json.loads(line))
                except Exception as error:  # noqa: BLE001 - the other messages must still be taken
                    self.line(SOURCE, f"ERROR a message of the core cannot be handled: {type(error).__name__}: {error}")


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"
