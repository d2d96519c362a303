"""What aiortc sends to one peer: packets that are encoded already, the video by the camera."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import Any

from aiortc import MediaStreamTrack

from dogwatch.media.timed_packet import timed_packet

WAITING = 8  # packets that aiortc has not taken yet


class _SentTrack(MediaStreamTrack):
    """A queue of packets, which aiortc empties."""

    def __init__(self, rate: int) -> None:
        """Count time in `rate` ticks a second."""
        super().__init__()
        self._time_base = Fraction(1, rate)
        self._last = -1
        self._queue: asyncio.Queue[Any] = asyncio.Queue(WAITING)

    async def recv(self) -> Any:
        """Return the next packet; aiortc calls this."""
        return await self._queue.get()


class SentVideo(_SentTrack):
    """The pictures of one peer."""

    kind = "video"

    async def put(self, data: bytes, ticks: int) -> None:
        """Send a picture, behind the one before; wait while the peer is behind."""
        self._last = max(self._last + 1, ticks)
        await self._queue.put(timed_packet(data, self._last, self._time_base))


class SentSound(_SentTrack):
    """The sound of one peer."""

    kind = "audio"

    def offer(self, data: bytes, ticks: int) -> None:
        """Send a little sound, unless the peer is behind: pictures do not wait for it."""
        if not self._queue.full():
            self._queue.put_nowait(timed_packet(data, ticks, self._time_base))
