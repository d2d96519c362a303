"""Bounded sockets between the processes. Every one drops rather than waits.

| socket | kind | binds | file in the run directory |
| --- | --- | --- | --- |
| `Hub` -> `Downlink` | ZeroMQ pub/sub | core | `down` |
| `LiveFeed` -> core | ZeroMQ xpub/sub | ingest | `live-<camera>` |
| `uplink.Uplink` -> `Hub` | `stream` | core | `up` |
| `FrameFeed` -> `FrameIntake` | datagrams | vision | `frames-<camera>` |
| `DetectorClient` <-> detector | `stream` | detector | `detector-<name>` |

The last three carry some messages for each frame, and a plain socket wakes one thread where ZeroMQ wakes three.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
from collections import deque
from collections.abc import Container
from typing import cast

import zmq

from dogwatch.bus.messages import (
    UNREADABLE,
    Down,
    FrameReady,
    LiveFragment,
    LiveInit,
    decode_down,
    decode_frame,
    encode,
)
from dogwatch.bus.unix import Bound, place

log = logging.getLogger(__name__)

DOWN_LIMIT = 1000
FRAME_LIMIT = 64
FRAME_BYTES = 4096  # far more than an announcement has: its names are file names
FULL = {errno.EAGAIN, errno.ENOBUFS}  # the latter on macOS
LIVE_LIMIT = 256


def address(run_dir: str, name: str) -> str:
    """Return the ZeroMQ address of socket `name` in `run_dir`."""
    return f"ipc://{place(run_dir, name)}"


def readable(socket: zmq.Socket[bytes]) -> bool:
    """Whether a message can be received now; a tenth as dear as an exception or a poller that say so."""
    return bool(cast(int, socket.getsockopt(zmq.EVENTS)) & zmq.POLLIN)


def live_topic(index: int) -> bytes:
    """Return the topic on which input `index` of a camera is published."""
    return b"%d\0" % index


class Downlink:
    """A worker's ear for the core's `Down` messages. For one thread."""

    def __init__(self, run_dir: str, cameras: tuple[str, ...]) -> None:
        """Subscribe to what concerns `cameras`."""
        self.socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.SUB)
        self.socket.setsockopt(zmq.RCVHWM, DOWN_LIMIT)
        self.socket.setsockopt(zmq.LINGER, 0)
        for camera in cameras:
            self.socket.subscribe(camera.encode() + b"\0")
        self.socket.connect(address(run_dir, "down"))

    def receive(self, timeout_ms: int = 0) -> Down | None:
        """Return the next message, or None after `timeout_ms`."""
        if not readable(self.socket) and not (timeout_ms and self.socket.poll(timeout_ms)):
            return None
        _, data = self.socket.recv_multipart()
        return decode_down(data)

    def close(self) -> None:
        """Close the socket."""
        self.socket.close()


class FrameFeed:
    """Announces the frames of one camera to the vision process, wherever it is in coming and going. For one thread."""

    def __init__(self, run_dir: str, camera: str) -> None:
        """Make the socket; vision need not be there yet."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._path = place(run_dir, f"frames-{camera}")
        # A kernel may hold as few as ten announcements for a reader.
        self._waiting: deque[bytes] = deque(maxlen=FRAME_LIMIT)

    def announce(self, frame: FrameReady) -> None:
        """Tell vision of `frame`; it is dropped if nobody is there, and kept a while for a reader that is behind."""
        self._waiting.append(encode(frame))
        try:
            while self._waiting:
                self._socket.sendto(self._waiting[0], self._path)
                self._waiting.popleft()
        except (FileNotFoundError, ConnectionRefusedError):
            self._waiting.clear()
        except OSError as error:
            if error.errno not in FULL:
                raise

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


class FrameIntake:
    """Hears the frames of many cameras. For one thread; `descriptors` may be put in a poller."""

    def __init__(self, run_dir: str, cameras: tuple[str, ...]) -> None:
        """Bind the frame sockets of `cameras`.

        Raises:
            DogwatchError: One cannot be made.
        """
        self._bound: dict[int, Bound] = {}
        for camera in cameras:
            bound = Bound(place(run_dir, f"frames-{camera}"), socket.SOCK_DGRAM)
            self._bound[bound.socket.fileno()] = bound

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The sockets' descriptors."""
        return tuple(self._bound)

    def receive(self, ready: Container[object]) -> list[FrameReady]:
        """Return the announcements that have come at those descriptors that are in `ready`, each camera's in order."""
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


class LiveFeed:
    """Publishes one camera's live fragments to whoever listens; `watched` says which inputs have listeners.

    `dropped` counts messages that a listener was too slow for. Two parts a message: the topic (the input's index as
    text and a NUL) and a `LiveInit` or `LiveFragment`. For one thread.
    """

    def __init__(self, run_dir: str, camera: str) -> None:
        """Bind the camera's live socket."""
        self._socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.XPUB)
        # A listener that comes before the last one's leaving is noticed (a core started again) must get its init too.
        self._socket.setsockopt(zmq.XPUB_VERBOSE, 1)
        self._socket.setsockopt(zmq.SNDHWM, LIVE_LIMIT)
        # Say when a listener is too far behind, instead of dropping silently.
        self._socket.setsockopt(zmq.XPUB_NODROP, 1)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.bind(address(run_dir, f"live-{camera}"))
        self.watched: set[int] = set()
        self.dropped = 0

    def changes(self) -> set[int]:
        """Take in who came and went; return the inputs that have just got a listener."""
        fresh: set[int] = set()
        while readable(self._socket):
            data = self._socket.recv(zmq.NOBLOCK)
            index = int(data[1:].split(b"\0")[0] or b"0")
            if data[0]:
                self.watched.add(index)
                fresh.add(index)
            else:
                self.watched.discard(index)
                fresh.discard(index)
        return fresh

    def publish(self, index: int, message: LiveInit | LiveFragment) -> None:
        """Send `message` of input `index`; dropped and counted while its listener, the core, is too far behind."""
        try:
            self._socket.send_multipart([live_topic(index), encode(message)], zmq.NOBLOCK)
        except zmq.Again:
            self.dropped += 1

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
