"""Decodes the video of a live stream, packet by packet, as soon as each comes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av

from dogwatch.media.padded_packet import padded_packet

THREADS = 2


class LiveDecoder:
    """One track's decoder."""

    def __init__(self, codec: str, extradata: bytes, clock_rate: int) -> None:
        """Decode `codec`, by its libav name, whose packets count `clock_rate` ticks a second.

        Raises:
            av.error.FFmpegError, ValueError: It cannot be decoded here.
        """
        self._context: Any = av.CodecContext.create(codec, "r")
        self._context.extradata = extradata or None
        # Threads that take a frame each would hold back as many frames.
        self._context.thread_type, self._context.thread_count = "SLICE", THREADS
        self._base = Fraction(1, clock_rate)
        self.faults = 0

    def decode(self, data: bytes, pts: int, dts: int) -> list[tuple[Any, float]]:
        """Return the pictures that are complete with a packet, and when each is shown (epoch s).

        A packet that cannot be decoded is dropped, and counted in `faults`.
        """
        packet = padded_packet(data)
        packet.pts, packet.dts, packet.time_base = pts, dts, self._base
        try:
            frames = self._context.decode(packet)
        except av.error.FFmpegError:
            self.faults += 1
            return []
        return [(frame, float((frame.pts if frame.pts is not None else pts) * self._base)) for frame in frames]


def size_within(width: int, height: int, most_height: int) -> tuple[int, int]:
    """Return even sides, of the same aspect, no higher than `most_height`."""
    high = max(2, min(height, most_height) // 2 * 2)
    return max(2, round(width * high / height) // 2 * 2), high
