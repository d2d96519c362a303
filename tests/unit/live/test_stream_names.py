"""Which source a stream's name means, and who may play it."""

import pytest

from dogwatch.auth.caller import Caller
from dogwatch.config import parse
from dogwatch.live.stream_names import StreamNames, streams_of

ALL = Caller("vera", "viewer")
FRONT = Caller("frida", "front_only", frozenset({"front"}))
BACK = Caller("bea", "back_only", frozenset({"back"}))
TEXT = """
go2rtc:
  streams:
    front_sub: rtsp://192.0.2.1/sub
    free: ["rtsp://192.0.2.9/a", "exec:x", "http://192.0.2.9/b"]
    listed: rtsp://192.0.2.8/
    alias: ffmpeg:free#video=copy#audio=opus
    of_camera: ffmpeg:back
    none: exec:x
    ring: ffmpeg:ring2
    ring2: ffmpeg:ring
    back: rtsp://192.0.2.2/better
cameras:
  front:
    ffmpeg:
      inputs:
        - {path: "rtsp://127.0.0.1:8554/front_sub", roles: [detect]}
        - {path: "rtsp://192.0.2.1/main", roles: [record]}
    live: {streams: {Main: front, Listed: listed, Lost: nowhere}}
  back: {ffmpeg: {inputs: [{path: "rtsp://192.0.2.2/"}]}}
"""


@pytest.fixture(scope="module")
def names() -> StreamNames:
    return streams_of(parse(TEXT, env={}).config)


@pytest.mark.parametrize(
    ("stream", "everybody", "front", "back"),
    [
        ("front", ("front", 1), ("front", 1), None),
        ("front_sub", ("front", 0), None, None),  # read by a camera, but none of its `live.streams`
        ("free", ("stream:free", 0), None, None),
        ("listed", ("stream:listed", 0), ("front", 1), None),  # as if another camera read it
        ("nowhere", ("front", 1), ("front", 1), None),
        ("alias", ("stream:free", 0), None, None),
        ("of_camera", ("stream:back", 0), None, None),
        ("back", ("stream:back", 0), None, ("stream:back", 0)),  # the stream of its name is none of its inputs
        ("none", None, None, None),
        ("ring", None, None, None),
        ("stream:free", None, None, None),
        ("", None, None, None),
    ],
)
def test_what_a_name_means(
    names: StreamNames,
    stream: str,
    everybody: tuple[str, int] | None,
    front: tuple[str, int] | None,
    back: tuple[str, int] | None,
) -> None:
    assert [names.find(stream, one) for one in (ALL, FRONT, BACK)] == [everybody, front, back]


def test_the_addresses_of_what_no_camera_reads(names: StreamNames) -> None:
    assert [one.url for one in names.connections["stream:free"]] == ["rtsp://192.0.2.9/a", "http://192.0.2.9/b"]
    assert names.input("stream:free", 0) is not None
    assert "stream:front_sub" not in names.connections
    assert "stream:none" not in names.connections


def test_streams_that_are_to_be_h264() -> None:
    text = """
go2rtc:
  streams:
    a: ffmpeg:rtsp://192.0.2.1/#video=h264
    b: ffmpeg:a
    c: ffmpeg:front#video=h264
    d: ffmpeg:rtsp://192.0.2.1/#video=copy
    front: rtsp://192.0.2.3/
cameras: {front: {ffmpeg: {inputs: [{path: "rtsp://127.0.0.1:8554/front"}]}}}
"""
    assert streams_of(parse(text, env={}).config).h264 == {"a", "b", "c"}


def test_what_is_changed_at_run_time() -> None:
    config = parse(TEXT, env={}).config
    names = streams_of(config, {"new": ["rtsp://192.0.2.7/"], "free": ["rtsp://192.0.2.6/"], "listed": None})
    assert names.find("new", ALL) == ("stream:new", 0)
    assert names.find("new", FRONT) is None
    assert [one.url for one in names.connections["stream:free"]] == ["rtsp://192.0.2.6/"]
    assert names.find("listed", ALL) == ("front", 1)  # as one that has no source
    assert "stream:listed" not in names.connections


def test_a_camera_that_reads_the_stream_of_its_name() -> None:
    text = """
go2rtc: {streams: {front: ["rtsp://192.0.2.1/main", "ffmpeg:front#audio=opus"]}}
cameras: {front: {ffmpeg: {inputs: [{path: "rtsp://127.0.0.1:8554/front"}]}}}
"""
    names = streams_of(parse(text, env={}).config)
    assert names.find("front", FRONT) == ("front", 0)
    assert list(names.connections) == ["front"]
