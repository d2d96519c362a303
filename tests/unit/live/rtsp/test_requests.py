"""What an RTSP client may send, and what it may not."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.live.rtsp.requests import (
    MAX_BODY_BYTES,
    MAX_HEAD_BYTES,
    MAX_HEADERS,
    BadRequestError,
    InterleavedFrame,
    RequestParser,
    RtspRequest,
)

DESCRIBE = b"DESCRIBE rtsp://nvr:8554/front%20door RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\n\r\n"
SET = b"SET_PARAMETER rtsp://nvr/front RTSP/1.0\r\nCSeq: 3\r\nContent-Length: 4\r\n\r\na: b"
FRAME = b"$\x01\x00\x03abc"


def parsed(*parts: bytes) -> list[RtspRequest | InterleavedFrame]:
    parser = RequestParser()
    return [item for part in parts for item in parser.feed(part)]


def test_requests_and_frames_follow_each_other() -> None:
    found = parsed(DESCRIBE + FRAME + SET + b"\r\n" + DESCRIBE)
    describe, frame, setting, again = found
    assert isinstance(describe, RtspRequest)
    assert (describe.method, describe.headers) == ("DESCRIBE", {"cseq": "2", "accept": "application/sdp"})
    assert frame == InterleavedFrame(1, b"abc")
    assert isinstance(setting, RtspRequest)
    assert setting.body == b"a: b"
    assert again == describe


@given(st.lists(st.integers(1, 40), max_size=12))
def test_it_does_not_matter_how_the_bytes_are_cut(sizes: list[int]) -> None:
    data, parts, at = DESCRIBE + FRAME + SET + FRAME, [], 0
    for size in sizes:
        parts.append(data[at : at + size])
        at += size
    assert parsed(*parts, data[at:]) == parsed(data)


@pytest.mark.parametrize(
    ("url", "stream", "track", "base"),
    [
        ("rtsp://nvr/front", "front", None, "rtsp://nvr/front"),
        ("rtsp://nvr/front/", "front", None, "rtsp://nvr/front"),
        ("rtsp://nvr:8554/front?mp4", "front", None, "rtsp://nvr:8554/front"),
        ("rtsp://nvr/front/trackID=1", "front", 1, "rtsp://nvr/front"),
        ("rtsp://nvr/a/b%2Fc/trackID=12", "a/b/c", 12, "rtsp://nvr/a/b%2Fc"),
        ("rtsp://nvr/front%20door", "front door", None, "rtsp://nvr/front%20door"),
        ("*", "*", None, "*"),
        ("rtsp://[::1", "", None, "rtsp://[::1"),
    ],
)
def test_addresses(url: str, stream: str, track: int | None, base: str) -> None:
    request = RtspRequest("PLAY", url)
    assert (request.stream, request.track, request.base) == (stream, track, base)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: nvr\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (b"DESCRIBE rtsp://nvr/front RTSP/2.0\r\nCSeq: 1\r\n\r\n", 505),
        (b"DESCRIBE  rtsp://nvr/front RTSP/1.0\r\n\r\n", 400),
        (b"OPTIONS * RTSP/1.0\r\nno colon\r\n\r\n", 400),
        (b"OPTIONS * RTSP/1.0\r\n: no name\r\n\r\n", 400),
        (b"OPTIONS * RTSP/1.0\r\nContent-Length: -1\r\n\r\n", 400),
        (b"OPTIONS * RTSP/1.0\r\nContent-Length: 1e3\r\n\r\n", 400),
        (b"OPTIONS * RTSP/1.0\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1), 413),
        (b"OPTIONS * RTSP/1.0\r\nContent-Length: %s\r\n\r\n" % (b"9" * 5000), 413),
        (b"OPTIONS * RTSP/1.0\r\n" + b"A: b\r\n" * (MAX_HEADERS + 1) + b"\r\n", 413),
        (b"OPTIONS * RTSP/1.0\r\nA: " + b"b" * MAX_HEAD_BYTES, 413),
        (b"A" * (MAX_HEAD_BYTES + 1), 413),
    ],
)
def test_what_is_refused(data: bytes, status: int) -> None:
    with pytest.raises(BadRequestError) as caught:
        parsed(data)
    assert caught.value.status == status


def test_what_came_before_it_is_answered() -> None:
    parser = RequestParser()
    found = parser.feed(DESCRIBE + b"nonsense\r\n\r\n")
    assert next(found) == parsed(DESCRIBE)[0]
    with pytest.raises(BadRequestError):
        next(found)


@given(st.lists(st.binary(max_size=200) | st.sampled_from([DESCRIBE, FRAME, SET, b"$", b"\r\n", DESCRIBE[:30]])))
def test_nothing_but_a_refusal_comes_of_anything(parts: list[bytes]) -> None:
    parser = RequestParser()
    with contextlib.suppress(BadRequestError):
        for part in parts:
            for item in parser.feed(part):
                if isinstance(item, RtspRequest):
                    assert isinstance(item.stream, str)
                    assert item.track is None or item.track >= 0
