"""Opus of any camera's sound."""

from __future__ import annotations

import pytest

from dogwatch.bus.messages import PacketTrack
from dogwatch.errors import MediaError
from dogwatch.live.webrtc.peer import _sent_sound
from dogwatch.media.opus_sound import OpusTranscoder


@pytest.mark.parametrize("codec", ["no_such_codec", ""])
def test_what_libav_does_not_decode_is_told(codec: str) -> None:
    with pytest.raises(MediaError, match="cannot be decoded"):
        OpusTranscoder(codec, b"", 8000, 1)


def test_pictures_go_on_without_sound_that_cannot_be_decoded() -> None:
    track = PacketTrack(
        video=False, codec="no_such_codec", clock_rate=8000, extradata=b"", width=0, height=0, channels=1,
        sample_rate=8000,
    )  # fmt: skip
    assert _sent_sound(track, "opus") is None
    assert _sent_sound(None, "opus") is None
    assert _sent_sound(track, None) is None


def test_damaged_packets_cost_themselves() -> None:
    transcoder = OpusTranscoder("aac", b"\x11\x90", 48000, 2)
    assert transcoder.feed(b"\xff" * 50) == []
    assert transcoder.faults == 1
