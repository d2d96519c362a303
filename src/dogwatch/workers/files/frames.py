"""What a file worker and its parent say over their socket: a kind, a length, and bytes.

The parent says a task once, as JSON. The worker answers with `BYTES` (what was asked for), `TOLD` (JSON, such as its
progress), and at last `RESULT` or `ERROR` (JSON). Without one of these two it has died.
"""

from __future__ import annotations

import socket
import struct
from typing import Any

import msgspec

TASK, BYTES, TOLD, RESULT, ERROR = b"t", b"b", b"p", b"r", b"e"
HEAD = struct.Struct(">cI")
LARGEST = 64 << 20
PIECE = 256 << 10
READING = b"reading "
"""Before the name of a worker whose task reads other files."""
END = b"end "
"""What the template is told, before the name of a worker that is to end."""


class Failure(msgspec.Struct, frozen=True):
    """Why a task could not be done; see `dogwatch.errors.FileError`."""

    status: int
    code: str
    text: str
    details: dict[str, Any] = {}


def send(link: socket.socket, kind: bytes, data: bytes | memoryview) -> None:
    """Send one frame.

    Raises:
        OSError: The other end has gone.
    """
    link.sendall(HEAD.pack(kind, len(data)))
    link.sendall(data)


def receive(link: socket.socket) -> tuple[bytes, bytes]:
    """Return the kind and the bytes of the next frame.

    Raises:
        EOFError: The other end has gone.
        ValueError: This is no frame.
    """
    kind, size = HEAD.unpack(exactly(link, HEAD.size))
    if size > LARGEST:
        raise ValueError("a frame is too large")
    return kind, exactly(link, size)


def exactly(link: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes.

    Raises:
        EOFError: The other end has gone.
    """
    data = bytearray()
    while len(data) < size:
        piece = link.recv(min(size - len(data), PIECE))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)
