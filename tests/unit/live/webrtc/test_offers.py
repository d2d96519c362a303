"""What is taken of a browser's offer."""

import pytest

from dogwatch.live.webrtc.offers import MAX_CANDIDATES, OfferError, read_offer, usable_candidate

HIGH, BASELINE = "640c29", "42e01f"
# The shape of Chromium's offers; the real one is answered in tests/integration.
OFFER = """v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 105 108 109 127 125
c=IN IP4 0.0.0.0
a=candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host
a=candidate:2 1 udp 2122260223 0f5e4dd2-2b4b.local 50001 typ host
a=candidate:3 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active
a=end-of-candidates
a=ice-ufrag:abcd
a=mid:0
a=recvonly
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 nack
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:102 H264/90000
a=rtcp-fb:102 nack pli
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=rtpmap:103 rtx/90000
a=fmtp:103 apt=102
a=rtpmap:104 H264/90000
a=fmtp:104 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=64001f
a=rtpmap:105 rtx/90000
a=fmtp:105 apt=104
a=rtpmap:108 H264/90000
a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:109 rtx/90000
a=fmtp:109 apt=108
a=rtpmap:127 H264/90000
a=fmtp:127 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f
a=rtpmap:125 H264/90000
a=fmtp:125 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8
a=mid:1
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=rtpmap:9 G722/8000
"""


def heads(sdp: str) -> list[str]:
    return [line for line in sdp.splitlines() if line.startswith("m=")]


@pytest.mark.parametrize(
    ("profile", "payload"),
    [(HIGH, "125"), ("4d0028", "127"), (BASELINE, "108"), ("42001e", "102"), ("f4001f", "125")],
)
def test_the_profile_of_the_camera_is_chosen(profile: str, payload: str) -> None:
    read = read_offer(OFFER, profile, None)
    assert heads(read.sdp)[0].split()[3] == payload
    assert "VP8" not in read.sdp
    (line,) = [line for line in read.sdp.splitlines() if line.startswith(f"a=fmtp:{payload} ")]
    assert line.endswith("packetization-mode=1;profile-level-id=42e01f")  # the one that aiortc knows
    answer = read.answer(f"m=video\r\na=fmtp:{payload} profile-level-id=42e01f\r\na=mid:0\r\n")
    (words,) = [line for line in OFFER.splitlines() if line.startswith(f"a=fmtp:{payload} ")]
    assert answer.splitlines()[1] == words  # the browser's own


def test_what_retransmits_the_chosen_one_stays() -> None:
    assert heads(read_offer(OFFER, BASELINE, None).sdp)[0].split()[3:] == ["108", "109"]


@pytest.mark.parametrize(
    ("camera", "chosen", "payload"),
    [
        ("pcm_alaw", "pcm_alaw", "8"),
        ("pcm_mulaw", "pcm_mulaw", "0"),
        ("opus", "opus", "111"),
        ("aac", "opus", "111"),
        ("adpcm_g726", "opus", "111"),
        (None, None, "111"),
    ],
)
def test_sound(camera: str | None, chosen: str | None, payload: str) -> None:
    read = read_offer(OFFER, HIGH, camera)
    assert read.sound == chosen
    assert heads(read.sdp)[1].split()[3:] == [payload]


def test_a_player_may_want_pictures_alone() -> None:
    assert read_offer(OFFER[: OFFER.index("m=audio")], HIGH, "aac").sound is None


def test_candidates_that_cannot_be_reached_are_left_out() -> None:
    read = read_offer(OFFER, HIGH, None)
    found = [line for line in read.sdp.splitlines() if line.startswith("a=candidate")]
    assert found == ["a=candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host"]
    assert "end-of-candidates" not in read.sdp  # more may come
    assert read.mid == "0"
    many = OFFER.replace(found[0], "\n".join([found[0]] * 1000))
    assert read_offer(many, HIGH, None).sdp.count("a=candidate") <= MAX_CANDIDATES


@pytest.mark.parametrize(
    ("text", "usable"),
    [
        ("candidate:1 1 UDP 2122260223 192.0.2.7 50000 typ host", True),
        ("candidate:1 1 udp 2122260223 2001:db8::1 50000 typ host", True),
        ("candidate:1 1 udp 2122260223 x.local 50000 typ host", False),
        ("candidate:1 1 tcp 2122260223 192.0.2.7 9 typ host", False),
        ("candidate:", False),
        ("", False),
    ],
)
def test_candidates(text: str, usable: bool) -> None:
    assert usable_candidate(text) is usable


@pytest.mark.parametrize(
    ("offer", "says"),
    [
        ("", "no offer"),
        ("hello", "no offer"),
        ("v=0\r\ns=-\r\n", "no video"),
        (OFFER[: OFFER.index("m=video")] + OFFER[OFFER.index("m=audio") :], "no video"),
        (OFFER.replace("H264", "VP9"), "codecs not matched"),
        (OFFER.replace("packetization-mode=1", "packetization-mode=0"), "codecs not matched"),
        (OFFER + "m=\n", "no sense"),
        (OFFER + "m=audio 9 X 1\n" * 100, "too many"),
        (OFFER + "a=x\n" * 100_000, "too long"),
    ],
)
def test_refusals(offer: str, says: str) -> None:
    with pytest.raises(OfferError, match=says) as refused:
        read_offer(offer, HIGH, "aac")
    assert refused.value.status == 400
