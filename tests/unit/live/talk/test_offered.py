"""What cameras say that they take."""

from hypothesis import given
from hypothesis import strategies as st

from dogwatch.live.talk.offered import TalkFormat, TalkMedia, talk_medias
from dogwatch.live.talk.voice import chosen

SDP = """v=0
o=- 1 1 IN IP4 192.0.2.1
s=Camera
t=0 0
a=control:*
m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=recvonly
a=control:video
m=audio 0 RTP/AVP 0
a=rtpmap:0 PCMU/8000
a=recvonly
a=control:audio
m=audio 0 RTP/AVP 98 8 97 0
a=rtpmap:98 mpeg4-generic/16000
a=fmtp:98 streamtype=5;mode=AAC-hbr;config=1408;sizelength=13
a=rtpmap:97 G726-32/8000
a=rtpmap:0 PCMU/8000/1
a=sendonly
a=control:rtsp://192.0.2.1/back
"""


def test_what_is_offered() -> None:
    (media,) = talk_medias(SDP)
    assert media.control == "rtsp://192.0.2.1/back"
    assert media.formats == (
        TalkFormat(98, "MPEG4-GENERIC", 16_000, 1, b"\x14\x08"),
        TalkFormat(8, "PCMA", 8000),
        TalkFormat(97, "G726-32", 8000),
        TalkFormat(0, "PCMU", 8000),
    )
    assert [str(one) for one in media.formats][:2] == ["MPEG4-GENERIC/16000", "PCMA/8000"]
    assert str(TalkFormat(111, "OPUS", 48_000, 2)) == "OPUS/48000/2"


def test_a_camera_without() -> None:
    assert talk_medias(SDP[: SDP.rindex("m=audio")]) == ()
    assert talk_medias("") == ()


def test_what_is_chosen() -> None:
    (media,) = talk_medias(SDP)
    assert chosen([media]) == (media, media.formats[0])
    he_aac = TalkFormat(98, "MPEG4-GENERIC", 16_000, 1, b"\x2b\x08")
    opus, alaw = TalkFormat(111, "OPUS", 48_000, 2), TalkFormat(8, "PCMA", 8000)
    other = TalkMedia("x", (he_aac, opus, alaw))
    assert chosen([other]) == (other, alaw)
    assert chosen([TalkMedia("x", (opus,))]) is None
    slow = TalkMedia("x", (TalkFormat(97, "G726-32", 8000), alaw))
    assert chosen([slow]) == (slow, alaw)
    assert chosen([TalkMedia("x", slow.formats[:1])]) == (TalkMedia("x", slow.formats[:1]), slow.formats[0])


@given(st.text(st.sampled_from("m=audio vdeo019:/a=rtpmapfmtp\ncontrlsenyRTP ")))
def test_nonsense(text: str) -> None:
    talk_medias(text)


@given(st.lists(st.sampled_from(SDP.splitlines())), st.integers(0, 40))
def test_lines_in_any_order(lines: list[str], cut: int) -> None:
    for media in talk_medias("\n".join(lines)[cut:]):
        assert media.formats
