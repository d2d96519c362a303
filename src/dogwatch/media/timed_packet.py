"""Packets of encoded media as aiortc wants them: those of libav."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from dogwatch.media.padded_packet import padded_packet


def timed_packet(data: bytes, ticks: int, time_base: Fraction) -> Any:
    """Return a packet that begins at `ticks` of `time_base`."""
    packet = padded_packet(data)
    packet.pts, packet.time_base = ticks, time_base
    return packet
