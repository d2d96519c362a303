"""Packets of encoded media as aiortc wants them: those of libav."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av


def timed_packet(data: bytes, ticks: int, time_base: Fraction) -> Any:
    """Return a packet that begins at `ticks` of `time_base`."""
    packet = av.Packet(data)
    packet.pts, packet.time_base = ticks, time_base
    return packet
