"""What goes over RTP, and what a packet is. Sources: RFC 3550, section 5.1; RFC 5761, section 4."""

from __future__ import annotations

from dataclasses import dataclass

_PLAYED_BY_SAMPLES = frozenset({"pcm_alaw", "pcm_mulaw", "pcm_s16be", "g722"})
ENCODED_BY_SAMPLES = _PLAYED_BY_SAMPLES | {"g726", "g726le"}
FITTING = frozenset({"h264", "hevc", "mjpeg", "aac", "opus"}) | _PLAYED_BY_SAMPLES
"""The codecs that players are sent over RTP, by their libav names."""
RTCP_TYPES = range(192, 224)  # in a packet's second byte


@dataclass(frozen=True, slots=True)
class RtpTrack:
    """What the packets of one track are: `codec` by its libav name, the clock of their times in ticks per second.

    `extradata` are libav's. Sizes are in pixels, and only video has them; only sound has channels, and G.726 a
    `bit_rate`.
    """

    codec: str
    clock_rate: int
    extradata: bytes = b""
    width: int = 0
    height: int = 0
    channels: int = 0
    bit_rate: int = 0


def is_rtcp(packet: bytes) -> bool:
    """Whether a packet is RTCP, not RTP."""
    return len(packet) > 1 and packet[1] in RTCP_TYPES
