"""What clients are told of a stream."""

import av
import pytest

from dogwatch.live.rtsp.sdp import description, payload_type
from dogwatch.media.rtp_track import FITTING, RtpTrack

SPS, PPS = bytes.fromhex("67640029acca70280202d0"), bytes.fromhex("68ee3cb0")
ANNEX_B = b"\0\0\0\1" + SPS + b"\0\0\0\1" + PPS
AVCC = bytes([1, 0x64, 0, 0x29, 255, 225, 0, len(SPS)]) + SPS + bytes([1, 0, len(PPS)]) + PPS


@pytest.mark.parametrize("extradata", [ANNEX_B, AVCC])
def test_h264_and_aac(extradata: bytes) -> None:
    tracks = [
        RtpTrack("h264", 90_000, extradata, width=640, height=360),
        RtpTrack("aac", 16_000, bytes.fromhex("1408"), channels=1),
    ]
    lines = description("front\r\ns=x", tracks).split("\r\n")
    assert lines[:4] == ["v=0", "o=- 0 0 IN IP4 0.0.0.0", "s=front__s_x", "c=IN IP4 0.0.0.0"]
    media = lines[lines.index("m=video 0 RTP/AVP 96") :]
    assert media == [
        "m=video 0 RTP/AVP 96",
        "a=rtpmap:96 H264/90000",
        "a=fmtp:96 packetization-mode=1;profile-level-id=640029;sprop-parameter-sets=Z2QAKazKcCgCAtA=,aO48sA==",
        "a=control:trackID=0",
        "m=audio 0 RTP/AVP 97",
        "a=rtpmap:97 MPEG4-GENERIC/16000/1",
        "a=fmtp:97 profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408",
        "a=control:trackID=1",
        "",
    ]


@pytest.mark.parametrize(
    ("track", "number", "name"),
    [
        (RtpTrack("pcm_mulaw", 8000, channels=1), 0, "PCMU/8000"),
        (RtpTrack("pcm_alaw", 8000, channels=1), 8, "PCMA/8000"),
        (RtpTrack("pcm_alaw", 16000, channels=2), 97, "PCMA/16000/2"),
        (RtpTrack("g722", 16000, channels=1), 9, "G722/8000"),
        (RtpTrack("pcm_s16be", 44100, channels=2), 97, "L16/44100/2"),
        (RtpTrack("opus", 48000, channels=1), 97, "opus/48000/2"),
        (RtpTrack("mjpeg", 90000, width=64, height=64), 26, "JPEG/90000"),
        (RtpTrack("hevc", 90000, width=64, height=64), 97, "H265/90000"),
    ],
)
def test_other_codecs(track: RtpTrack, number: int, name: str) -> None:
    assert payload_type(track, 1) == number
    assert f"a=rtpmap:{payload_type(track, 0)} {name}\r\n" in description("x", [track])


def test_every_codec_that_is_sent_is_described() -> None:
    for codec in FITTING:
        video = codec in ("h264", "hevc", "mjpeg")
        track = RtpTrack(codec, 90_000 if video else 8000, width=64 if video else 0, channels=0 if video else 1)
        assert "a=rtpmap:" in description("x", [track])
        assert av.codec.Codec(codec, "r").name == codec
