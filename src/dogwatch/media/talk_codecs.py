"""The codecs in which cameras are sent sound, by their names in SDP. Sources: RFC 3551, RFC 3640."""

from __future__ import annotations

from dogwatch.media.rtp_track import RtpTrack

TALK_CODECS = {
    "PCMU": ("pcm_mulaw", 0),
    "PCMA": ("pcm_alaw", 0),
    **{f"G726-{kilo}": ("g726le", kilo * 1000) for kilo in (16, 24, 32, 40)},
    **{f"AAL2-G726-{kilo}": ("g726", kilo * 1000) for kilo in (16, 24, 32, 40)},
    "MPEG4-GENERIC": ("aac", 0),
}
"""Each with its encoder's name in libav, and its bits a second if these must be told."""


def talk_track(name: str, rate: int, channels: int, extradata: bytes) -> RtpTrack:
    """Return what packets of sound, encoded by such an encoder, are for RTP."""
    codec, bit_rate = TALK_CODECS[name]
    return RtpTrack(codec, rate, extradata, channels=channels, bit_rate=bit_rate)
