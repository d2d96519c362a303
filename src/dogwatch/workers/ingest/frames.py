"""Puts decoded pictures into the camera's frame ring and announces them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from dogwatch.bus import shared
from dogwatch.bus.messages import FrameReady, Message, RingMade
from dogwatch.bus.ring import FrameRing
from dogwatch.errors import RingError
from dogwatch.media.decode import copy_i420, even_size

log = logging.getLogger(__name__)

RETRY_S = 30.0  # shared memory that was full may have room later
ROOM_POLL_S = 0.01
PATIENCE_S = 1.0  # how long a catch-up waits for the analysis to take one frame


class FramePublisher:
    """Owns the ring, and makes a new one when the picture's size changes; for the decoder's thread."""

    def __init__(
        self,
        camera: str,
        directory: str,
        slots: int,
        send: Callable[[Message], object],
        announce: Callable[[FrameReady], object],
    ) -> None:
        """Publish for `camera` in rings of `slots` frames in `directory`.

        Args:
            camera: The camera's key.
            directory: The directory for shared memory.
            slots: Frames in a ring.
            send: Takes messages to the core.
            announce: Announces a frame to the analysis.
        """
        self._camera, self._directory, self._slots = camera, directory, slots
        self._send, self._announce = send, announce
        self._ring: FrameRing | None = None
        self._made = 0
        self._refused: tuple[int, int] | None = None
        self._refused_at = 0.0

    def publish(self, frame: Any, at: float, *, keyframe: bool, probe: bool) -> int:
        """Copy `frame`, taken at `at` (epoch s), into the ring and announce it; return its number.

        It is -1 if there is no room for such a ring, which is logged once.
        """
        ring = self._ring_for(even_size(frame))
        if ring is None:
            return -1
        seq, picture = ring.begin(at, keyframe=keyframe, probe=probe)
        copy_i420(frame, picture)
        ring.commit(seq)
        self._announce(FrameReady(self._camera, ring.name, seq, at, keyframe, probe))
        return seq

    def demanded(self) -> bool:
        """Whether a reader has asked for every frame."""
        return self._ring is not None and self._ring.full_wanted()

    @property
    def consumed(self) -> int:
        """The newest frame that the analysis has taken."""
        return -1 if self._ring is None else self._ring.consumed

    def wait_for_room(self) -> bool:
        """Wait until the next frame overwrites none that the analysis needs; False if that takes too long."""
        ring, patience = self._ring, time.monotonic() + PATIENCE_S
        while ring is not None and not ring.has_room():
            if time.monotonic() > patience:
                return False
            time.sleep(ROOM_POLL_S)
        return True

    def close(self) -> None:
        """Unlink the ring."""
        if self._ring is not None:
            self._ring.close(unlink=True)
            self._ring = None

    def _ring_for(self, size: tuple[int, int]) -> FrameRing | None:
        ring = self._ring
        if ring is not None and (ring.width, ring.height) == size:
            return ring
        if size == self._refused and time.monotonic() - self._refused_at < RETRY_S:
            return None
        self.close()
        name = shared.own_name(f"{self._camera}-{self._made}")
        try:
            self._ring = FrameRing.create(self._directory, name, *size, self._slots)
        except RingError as error:
            if size != self._refused:
                log.error("%s: nothing can be detected: %s", self._camera, error)
            self._refused, self._refused_at = size, time.monotonic()
            return None
        self._made, self._refused = self._made + 1, None
        self._send(RingMade(self._camera, self._ring.name, *size))
        return self._ring
