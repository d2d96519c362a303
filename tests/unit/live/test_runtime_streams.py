"""Streams that are added, changed and removed at run time."""

import pytest

from dogwatch.config import Config, parse
from dogwatch.errors import NotFoundError
from dogwatch.live.runtime_streams import MOST_STREAMS, RuntimeStreams, StreamRefusedError
from dogwatch.live.stream_names import streams_of

CAMERA = 'cameras: {front: {ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/"}]}}}'


def config(streams: str = "{free: rtsp://192.0.2.9/, read: rtsp://192.0.2.1/}") -> Config:
    return parse(f"go2rtc: {{streams: {streams}}}\n{CAMERA}", env={}).config


@pytest.fixture
def streams() -> RuntimeStreams:
    return RuntimeStreams(config())


def test_they_are_told_of(streams: RuntimeStreams) -> None:
    told: list[object] = []
    streams.on_change = lambda: told.append(dict(streams.changes))
    streams.put("new", ["rtsp://192.0.2.2/", "ffmpeg:new#audio=opus"])
    streams.put("free", ["ffmpeg:front"])
    streams.remove("free")
    streams.remove("new")
    streams.put("free", ["rtsp://192.0.2.3/"])
    assert told == [
        {"new": ("rtsp://192.0.2.2/", "ffmpeg:new#audio=opus")},
        {"new": ("rtsp://192.0.2.2/", "ffmpeg:new#audio=opus"), "free": ("ffmpeg:front",)},
        {"new": ("rtsp://192.0.2.2/", "ffmpeg:new#audio=opus"), "free": None},
        {"free": None},
        {"free": ("rtsp://192.0.2.3/",)},
    ]


@pytest.mark.parametrize(
    ("name", "sources", "reason"),
    [
        ("new", [], "expected 1 to 16 sources"),
        ("new", ["rtsp://192.0.2.2/"] * 17, "expected 1 to 16 sources"),
        ("new", ["exec:rm -rf /"], "runs no program"),
        ("new", ["rtsp://192.0.2.2/", "echo:x"], "runs no program"),
        ("new", ["/etc/passwd"], "configuration file only"),
        ("new", ["ffmpeg:file:///etc/passwd"], "configuration file only"),
        ("new", ["ffmpeg:new#audio=opus"], "no source that can be read"),
        ("new", ["ffmpeg:nowhere"], "no stream of that name"),
        ("new", ["gopher://192.0.2.2/"], "not supported"),
        ("front", ["rtsp://192.0.2.2/"], "a stream of a camera"),
        ("read", ["rtsp://192.0.2.2/"], "a stream of a camera"),
        ("birdseye", ["rtsp://192.0.2.2/"], "this name"),
        ("", ["rtsp://192.0.2.2/"], "this name"),
        ("a/b", ["rtsp://192.0.2.2/"], "this name"),
        ("x" * 101, ["rtsp://192.0.2.2/"], "this name"),
    ],
)
def test_what_is_refused(streams: RuntimeStreams, name: str, sources: list[str], reason: str) -> None:
    with pytest.raises(StreamRefusedError, match=reason):
        streams.put(name, sources)
    assert streams.changes == {}


def test_a_circle_is_refused(streams: RuntimeStreams) -> None:
    streams.put("a", ["rtsp://192.0.2.2/"])
    streams.put("b", ["ffmpeg:a"])
    with pytest.raises(StreamRefusedError, match="or to itself"):
        streams.put("a", ["ffmpeg:b"])


def test_what_is_there_already_is_no_change(streams: RuntimeStreams) -> None:
    streams.put("read", ["rtsp://192.0.2.1/"])
    streams.put("free", ["rtsp://192.0.2.9/"])
    assert streams.changes == {}


def test_what_cannot_be_removed(streams: RuntimeStreams) -> None:
    with pytest.raises(NotFoundError):
        streams.remove("nowhere")
    for name in ("front", "read"):
        with pytest.raises(StreamRefusedError, match="a stream of a camera"):
            streams.remove(name)


def test_they_are_bounded(streams: RuntimeStreams) -> None:
    for number in range(MOST_STREAMS):
        streams.put(f"s{number}", ["rtsp://192.0.2.2/"])
    with pytest.raises(StreamRefusedError, match="at most"):
        streams.put("more", ["rtsp://192.0.2.2/"])
    streams.put("s1", ["rtsp://192.0.2.3/"])


def test_what_the_file_says_anew_holds(streams: RuntimeStreams) -> None:
    streams.put("new", ["rtsp://192.0.2.2/"])
    streams.put("free", ["rtsp://192.0.2.3/"])
    streams.configure(config("{free: rtsp://192.0.2.9/}"))
    assert set(streams.changes) == {"new", "free"}
    streams.configure(config("{free: rtsp://192.0.2.10/}"))
    assert set(streams.changes) == {"new"}
    streams.configure(config("{new: rtsp://192.0.2.1/}"))
    assert streams.changes == {}


OWN = "go2rtc: {rtsp: {listen: ':9554'}, streams: {a: 'rtsp://127.0.0.1:9554/b', b: 'rtsp://localhost:9554/a'}}\n"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("rtsp://127.0.0.1:9554/new", "no source that can be read"),
        ("ffmpeg:rtsp://x:y@[::1]:9554/new#video=copy", "no source that can be read"),
        ("RTSP://localhost:9554/a", "to itself"),
        ("rtsp://localhost:9554/nowhere", "no stream of that name"),
    ],
)
def test_no_stream_is_read_from_itself_over_our_own_port(source: str, reason: str) -> None:
    read = parse(OWN + CAMERA, env={}).config
    streams = RuntimeStreams(read)
    with pytest.raises(StreamRefusedError, match=reason):
        streams.put("new", [source])
    streams.put("new", ["rtsp://127.0.0.1:9554/front"])
    streams.put("other", ["rtsp://127.0.0.1:95540/front"])
    names = streams_of(read, streams.changes)
    assert [(one.camera, one.index) for one in names.inputs["new"]] == [("front", 0)]
    assert [one.camera for one in names.inputs["other"]] == ["stream:other"]
    assert not {"a", "b"} & names.inputs.keys()
