"""Packets made of bytes, behind which decoders may read."""

from __future__ import annotations

from typing import Any

import av


def padded_packet(data: bytes) -> Any:
    """Return a packet with a copy of `data`.

    Decoders read up to 64 bytes behind a packet; those that libav makes have zeros there. A packet of PyAV's that is
    made of bytes refers to them: where they end at the end of the memory that there is, the process would crash.
    """
    packet = av.Packet(len(data))
    packet.update(data)
    return packet
