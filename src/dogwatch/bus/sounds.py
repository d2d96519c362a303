"""Sends pieces of sound from ingest to the process that tells sounds apart, as datagrams, without waiting."""

from __future__ import annotations

import contextlib
import logging
import socket

from dogwatch.bus.frames import FULL
from dogwatch.bus.messages import UNREADABLE, SoundPiece, decode_sound, encode
from dogwatch.bus.unix import Bound, place

log = logging.getLogger(__name__)

NAME = "sounds"
PIECE_BYTES = 192 << 10  # half a second of the highest rate takes a quarter of that
BUFFER_BYTES = 1 << 20
MOST_AT_ONCE = 256


class SoundFeed:
    """Sends one camera's pieces. For one thread."""

    def __init__(self, run_dir: str) -> None:
        """Make the socket; nobody need listen yet."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        self._path = place(run_dir, NAME)

    def send(self, piece: SoundPiece) -> bool:
        """Send `piece`; False if nobody listens, or if the listener is late."""
        try:
            self._socket.sendto(encode(piece), self._path)
        except OSError as error:
            if error.errno not in FULL and not isinstance(error, FileNotFoundError | ConnectionRefusedError):
                log.warning("a piece of sound could not be sent: %s", error)
            return False
        return True

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


class SoundIntake:
    """Receives the pieces of all cameras. For one thread; `descriptor` may be put in a poller."""

    def __init__(self, run_dir: str) -> None:
        """Bind the socket.

        Raises:
            DogwatchError: It cannot be made.
        """
        self._bound = Bound(place(run_dir, NAME), socket.SOCK_DGRAM)
        self.descriptor = self._bound.socket.fileno()

    def receive(self) -> list[SoundPiece]:
        """Return the pieces that have come, in order for each camera."""
        pieces: list[SoundPiece] = []
        with contextlib.suppress(BlockingIOError):
            for _ in range(MOST_AT_ONCE):
                data = self._bound.socket.recv(PIECE_BYTES)
                try:
                    pieces.append(decode_sound(data))
                except UNREADABLE as error:
                    log.warning("something that is no piece of sound was ignored: %s", error)
        return pieces

    def close(self) -> None:
        """Close the socket and remove its file."""
        self._bound.close()
