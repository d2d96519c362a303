"""Announces frames from ingest to the analysis process of the camera, as datagrams, without waiting."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
from collections import deque
from collections.abc import Container

from dogwatch.bus.messages import UNREADABLE, FrameReady, decode_frame, encode
from dogwatch.bus.unix import Bound, place

log = logging.getLogger(__name__)

FRAME_LIMIT = 64
FRAME_BYTES = 4096  # far more than an announcement takes: its names are file names
FULL = {errno.EAGAIN, errno.ENOBUFS}  # the latter on macOS


class FrameFeed:
    """Announces a camera's frames to the analysis process, which may start or end meanwhile. For one thread."""

    def __init__(self, run_dir: str, camera: str) -> None:
        """Make the socket; the analysis need not run yet."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._path = place(run_dir, f"frames-{camera}")
        # A kernel may hold as few as ten announcements for a reader.
        self._waiting: deque[bytes] = deque(maxlen=FRAME_LIMIT)

    def announce(self, frame: FrameReady) -> None:
        """Announce `frame`; it is kept a while for a slow reader, and until the next one if there is no reader."""
        self._waiting.append(encode(frame))
        self.announce_waiting()

    def announce_waiting(self) -> None:
        """Announce what waits for a reader: a quiet camera may send the next frame only in seconds."""
        try:
            while self._waiting:
                self._socket.sendto(self._waiting[0], self._path)
                self._waiting.popleft()
        except (FileNotFoundError, ConnectionRefusedError):
            while len(self._waiting) > 1:
                self._waiting.popleft()
        except OSError as error:
            if error.errno not in FULL:
                raise

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


class FrameIntake:
    """Receives the announcements of many cameras. For one thread; `descriptors` may be put in a poller."""

    def __init__(self, run_dir: str, cameras: tuple[str, ...]) -> None:
        """Bind the frame sockets of `cameras`.

        Raises:
            DogwatchError: One cannot be made.
        """
        self._run_dir = run_dir
        self._bound: dict[int, Bound] = {}
        self._descriptors: dict[str, int] = {}
        for camera in cameras:
            self.add(camera)

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The sockets' descriptors."""
        return tuple(self._bound)

    def add(self, camera: str) -> int:
        """Bind the frame socket of `camera`; return its descriptor.

        Raises:
            DogwatchError: It cannot be made.
        """
        bound = Bound(place(self._run_dir, f"frames-{camera}"), socket.SOCK_DGRAM)
        descriptor = self._descriptors[camera] = bound.socket.fileno()
        self._bound[descriptor] = bound
        return descriptor

    def remove(self, camera: str) -> int:
        """Close the frame socket of `camera`; return its former descriptor."""
        descriptor = self._descriptors.pop(camera)
        self._bound.pop(descriptor).close()
        return descriptor

    def receive(self, ready: Container[object]) -> list[FrameReady]:
        """Return the announcements at the descriptors in `ready`, in order for each camera."""
        frames: list[FrameReady] = []
        for descriptor, bound in self._bound.items():
            if descriptor in ready:
                with contextlib.suppress(BlockingIOError):
                    while True:
                        frames += _announced(bound.socket.recv(FRAME_BYTES))
        return frames

    def close(self) -> None:
        """Close the sockets and remove their files."""
        for bound in self._bound.values():
            bound.close()


def _announced(data: bytes) -> list[FrameReady]:
    try:
        return [decode_frame(data)]
    except UNREADABLE as error:
        log.warning("something that announces no frame was ignored: %s", error)
        return []
