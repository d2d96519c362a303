"""Finds the TCP connections that libav has opened: to enlarge their receive buffers, and to end reads that hang.

libav neither takes a size for the buffers nor tells its descriptors. So they are found among those of the process, by
the port at the other end. A fresh connection takes about 64 KB that nobody reads; then the sender has to wait. On
systems other than Linux, nothing is found. Two threads that open connections to the same port at once could not tell
whose is whose.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

KNOWN = sys.platform == "linux"  # whether connections can be found
WANTED_BYTES = 1 << 20
DESCRIPTORS = Path("/proc/self/fd")
PORTS = {"rtsp": 554, "rtsps": 322, "rtmp": 1935, "rtmps": 443, "http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class TcpConnection:
    """A descriptor, and the number of its socket, by which a descriptor that was used again is noticed."""

    fd: int
    inode: int


def connections(url: str) -> frozenset[TcpConnection]:
    """Return this process's connections to the port in `url`."""
    if not KNOWN:
        return frozenset()
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme.lower(), 0)
        numbers = [int(entry.name) for entry in DESCRIPTORS.iterdir()]
    except (ValueError, OSError):
        return frozenset()
    return frozenset(found for fd in numbers if (found := _connection(fd, port)) is not None)


def enlarge(found: Iterable[TcpConnection]) -> int:
    """Enlarge the receive buffers of connections.

    Returns:
        How many bytes each of them takes that nobody reads; 0 without any.
    """
    sizes: list[int] = []
    for connection in found:
        with contextlib.suppress(OSError), _socket(connection) as one:
            # Unlike SO_RCVBUF this also widens the window, and leaves the system free to enlarge the buffer further.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, WANTED_BYTES)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
            sizes.append(one.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2)
    return min(sizes, default=0)


def shut_down(found: Iterable[TcpConnection]) -> None:
    """End connections: reads from them return at once."""
    for connection in found:
        with contextlib.suppress(OSError), _socket(connection) as one:
            one.shutdown(socket.SHUT_RDWR)


def _connection(fd: int, port: int) -> TcpConnection | None:
    with contextlib.suppress(OSError):  # no socket, not connected, or closed meanwhile
        connection = TcpConnection(fd, os.fstat(fd).st_ino)
        with _socket(connection) as one:
            if one.family in (socket.AF_INET, socket.AF_INET6) and one.getpeername()[1] == port:
                return connection
    return None


def _socket(connection: TcpConnection) -> socket.socket:
    """Open the socket of a connection once more, so that nobody else closes it meanwhile.

    Raises:
        OSError: The descriptor is closed, or is something else now.
    """
    fd = os.dup(connection.fd)
    try:
        state = os.fstat(fd)
        if not stat.S_ISSOCK(state.st_mode) or state.st_ino != connection.inode:
            raise OSError(errno.ENOTSOCK, "the descriptor is something else")
        return socket.socket(fileno=fd)
    except OSError:
        os.close(fd)
        raise
