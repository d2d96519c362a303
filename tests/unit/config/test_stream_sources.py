"""What the sources of `go2rtc.streams` mean."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dogwatch.config import parse
from dogwatch.config.inputs import InputOptions
from dogwatch.config.source_options import SourceEntryError
from dogwatch.config.stream_sources import (
    LONGEST_ENTRY,
    MOST_SOURCES,
    ProgramSourceError,
    SourceAddress,
    StreamReference,
    addresses,
    parse_source,
    target,
)
from tests.unit.config.files import SMALL

KNOWN = ("front", "other")


def address(entry: str) -> SourceAddress:
    found = parse_source(entry, "own", KNOWN)
    assert isinstance(found, SourceAddress)
    return found


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("rtsp://192.0.2.1/main", "rtsp://192.0.2.1/main"),
        (" rtsp://192.0.2.1/main#backchannel=0 ", "rtsp://192.0.2.1/main"),
        ("rtsp://user:p#ss@192.0.2.1/main#timeout=30", "rtsp://user:p%23ss@192.0.2.1/main"),
        ("rtsps://192.0.2.1:322/x", "rtsps://192.0.2.1:322/x"),
        ("http://192.0.2.1/flv?port=1935&app=bcs#video=copy", "http://192.0.2.1/flv?port=1935&app=bcs"),
        ("ffmpeg:rtsp://192.0.2.1/main#video=copy#audio=aac", "rtsp://192.0.2.1/main"),
        ("ffmpeg:http://192.0.2.1/live.m3u8#video=h264#hardware", "http://192.0.2.1/live.m3u8"),
        ("ffmpeg:/media/film.mp4#video=copy", "/media/film.mp4"),
        ("/media/film.mp4", "/media/film.mp4"),
        ("file:///media/film.mp4", "file:///media/film.mp4"),
        ("synthetic://street", "synthetic://street"),
    ],
)
def test_addresses(entry: str, url: str) -> None:
    assert address(entry).url == url


@pytest.mark.parametrize(
    ("entry", "stream"),
    [
        ("ffmpeg:front#audio=opus#video=copy", "front"),
        ("ffmpeg:front", "front"),
        ("rtsp://127.0.0.1:8554/other", "other"),
        ("ffmpeg:rtsp://127.0.0.1:8554/other#video=copy", "other"),
    ],
)
def test_other_streams(entry: str, stream: str) -> None:
    found = parse_source(entry, "own", KNOWN)
    assert isinstance(found, StreamReference)
    assert found.stream == stream


@pytest.mark.parametrize("entry", ["ffmpeg:own#audio=opus", "rtsp://127.0.0.1:8554/own", "ffmpeg:own#video=h264"])
def test_what_only_adds_to_its_own_stream(entry: str) -> None:
    assert parse_source(entry, "own", KNOWN) is None


@pytest.mark.parametrize(
    "entry",
    [
        "exec:ffmpeg -i rtsp://u:secret@192.0.2.1/ -f rtsp {output}",
        "EXEC:rm -rf /",
        "echo:python3 secret.py",
        "expr:let x = secret",
        "ffmpeg:exec:secret",
        "ffmpeg:echo:secret",
        "pipe:secret",
    ],
)
def test_programs_are_refused(entry: str) -> None:
    with pytest.raises(ProgramSourceError, match="runs no program") as refused:
        parse_source(entry, "own", KNOWN)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("", "expected an address"),
        ("rtsp://192.0.2.1/\r\nHost: x", "expected an address"),
        ("rtsp://" + "a" * LONGEST_ENTRY, "expected an address"),
        ("webrtc:http://192.0.2.1/", "'webrtc:' is not supported"),
        ("homekit://192.0.2.1", "'homekit:' is not supported"),
        ("onvif://192.0.2.1", "'onvif:' is not supported"),
        ("concat:/etc/passwd", "'concat:' is not supported"),
        ("subfile,,start,0,end,9,,:/etc/passwd", "not supported"),
        ("ffmpeg:device?video=0", "'ffmpeg:device' is not supported"),
        ("ffmpeg:virtual?video=testsrc", "'ffmpeg:virtual' is not supported"),
        ("ffmpeg:nowhere#video=copy", "no stream of that name"),
        ("rtsp://127.0.0.1:8554/nowhere", "no stream of that name"),
        ("ffmpeg:../x", "must begin with '/'"),
        ("rtsp:///main", "names no host"),
        ("ffmpeg:rtsp://192.0.2.1/#audio=opus", "needs a source with video"),
        ("rtsp://192.0.2.1/#media=audio", "needs a source with video"),
        ("ffmpeg:rtsp://192.0.2.1/#video=mjpeg", "no other video than H.264"),
    ],
)
def test_what_is_refused_and_why(entry: str, reason: str) -> None:
    with pytest.raises(SourceEntryError, match=reason):
        parse_source(entry, "own", KNOWN)


@pytest.mark.parametrize("entry", ["/etc/passwd", "file:///etc/passwd", "ffmpeg:/etc/passwd", "synthetic://street"])
def test_files_are_for_the_configuration_file(entry: str) -> None:
    assert address(entry)
    with pytest.raises(SourceEntryError, match="configuration file only"):
        parse_source(entry, "own", KNOWN, local=False)


def test_options() -> None:
    assert address("rtsp://192.0.2.1/#transport=udp#timeout=30").options == InputOptions(
        None, {"rtsp_transport": "udp", "timeout": "30000000"}
    )
    assert address("ffmpeg:rtsp://192.0.2.1/#input=rtsp/udp").options.options["rtsp_transport"] == "udp"
    http = address("http://192.0.2.1/x#timeout=5#transport=udp#header=A: b").options.options
    assert http["rw_timeout"] == "5000000"
    assert http["headers"] == "A: b\r\n"
    assert "file" not in http["protocol_whitelist"].split(",")
    assert "rtsp_transport" not in http
    assert address("ffmpeg:rtsp://192.0.2.1/#video=h264#hardware=vaapi").video == "h264"
    assert not address("ffmpeg:rtsp://192.0.2.1/#video=copy").sound
    assert address("ffmpeg:rtsp://192.0.2.1/#video=copy#audio=opus").sound
    assert address("ffmpeg:rtsp://192.0.2.1/").sound
    assert not address("ffmpeg:rtsp://192.0.2.1/#raw=-an").sound
    assert not address("rtsp://192.0.2.1/#media=video").sound
    assert address("ffmpeg:rtsp://192.0.2.1/#width=640#raw=-vf hflip#audio=mp3#video=copy").ignored == (
        "#width",
        "#raw",
        "#audio",
    )


def test_the_first_source_that_is_read_counts() -> None:
    streams = {
        "a": ["exec:x", "ffmpeg:a#audio=opus", "rtsp://192.0.2.1/", "rtsp://192.0.2.2/"],
        "b": ["ffmpeg:a#video=copy"],
        "c": ["rtsp://127.0.0.1:8554/b"],
        "ring": ["ffmpeg:other_ring"],
        "other_ring": ["ffmpeg:ring"],
        "none": ["exec:x"],
        "of_camera": ["ffmpeg:front"],
    }
    assert [one.url for one in addresses("a", streams)] == ["rtsp://192.0.2.1/", "rtsp://192.0.2.2/"]
    for name in "abc":
        assert target(name, streams) == "a"
    for name in ("ring", "other_ring", "none", "of_camera", "nowhere"):
        assert target(name, streams) is None
    assert target("of_camera", streams, ("front",)) == "front"
    assert len(addresses("a", {"a": ["rtsp://192.0.2.1/"] * 100})) == MOST_SOURCES


def test_the_file_is_told_of_what_is_not_read() -> None:
    text = (
        f"{SMALL}\ngo2rtc:\n  streams:\n    x: ['exec:secret', 'rtsp://192.0.2.1/#width=3']\n    y: onvif://192.0.2.1\n"
    )
    notices = [str(notice) for notice in parse(text, env={}).notices]
    assert len(notices) == 4
    assert "line 9: go2rtc.streams.x.0: this source is not read: 'exec:' is refused" in notices[0]
    assert "ignored: Dogwatch does not use #width" in notices[1]
    assert "'onvif:' is not supported" in notices[2]
    assert "stream 'y' has no source that can be read" in notices[3]
    assert not any("secret" in notice for notice in notices)


PARTS = st.sampled_from(
    ["ffmpeg:", "exec:", "rtsp://", "http://", "127.0.0.1:8554/", "front", "own", "#video=", "copy", "#audio=", "opus",
     "#raw=", "-an '", "#", "=", "/", "192.0.2.1", "@", ":", "?", "file:", "#media=", "#timeout=", "9", " ", "\n"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=8).map("".join) | st.text(max_size=40))
@example("ffmpeg:")
@example("#")
def test_nothing_else_comes_out(entry: str) -> None:
    try:
        found = parse_source(entry, "own", KNOWN, local=False)
    except SourceEntryError:
        return
    if isinstance(found, SourceAddress):
        assert found.url.split("://")[0].lower() in ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https")
        assert not entry.strip().lower().startswith("exec")
    elif found is not None:
        assert found.stream in KNOWN
