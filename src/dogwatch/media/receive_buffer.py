"""Enlarges the receive buffers of the TCP connections that libav has opened, so that reading them may pause.

libav neither takes a size for them nor tells its descriptors. So they are found among those of the process, by the port
at the other end. A fresh connection takes about 64 KB that nobody reads; then the sender has to wait.
"""

from __future__ import annotations

import contextlib
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

WANTED_BYTES = 1 << 20
DESCRIPTORS = Path("/proc/self/fd")
PORTS = {"rtsp": 554, "rtsps": 322, "rtmp": 1935, "rtmps": 443, "http": 80, "https": 443}


def enlarge(url: str) -> int:
    """Enlarge the buffers of this process's connections to the port in `url`.

    Returns:
        How many bytes each of them takes that nobody reads; 0 if that is not known, as on systems other than Linux.
    """
    if sys.platform != "linux":
        return 0
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme.lower(), 0)
        numbers = [int(entry.name) for entry in DESCRIPTORS.iterdir()]
    except (ValueError, OSError):
        return 0
    found = [size for fd in numbers if (size := _enlarged(fd, port)) is not None]
    return min(found, default=0)


def _enlarged(fd: int, port: int) -> int | None:
    """Enlarge the buffer of descriptor `fd` if it is a connection to `port`; return its size, None if it is not."""
    with contextlib.suppress(OSError):  # no socket, not connected, or closed meanwhile
        connection = socket.socket(fileno=fd)
        try:
            if connection.family not in (socket.AF_INET, socket.AF_INET6) or connection.getpeername()[1] != port:
                return None
            # Unlike SO_RCVBUF this also widens the window, and leaves the system free to enlarge the buffer further.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, WANTED_BYTES)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
            return connection.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2
        finally:
            connection.detach()
    return None
