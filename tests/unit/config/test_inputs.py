from __future__ import annotations

import pytest

from dogwatch.config.inputs import PRESETS, InputOptions, input_options, resolved, restream_name

TCP = {"rtsp_transport": "tcp", "timeout": "10000000"}


@pytest.mark.parametrize(
    ("path", "arguments", "expected"),
    [
        ("rtsp://h/s", None, InputOptions(None, TCP)),
        ("rtsp://h/s", "preset-rtsp-generic", InputOptions(None, TCP)),
        ("rtsp://h/s", "preset-rtsp-udp", InputOptions(None, {**TCP, "rtsp_transport": "udp"})),
        ("rtsp://h/s", "preset-rtsp-generic -probesize 32", InputOptions(None, {**TCP, "probesize": "32"})),
        ("http://h/s", "preset-rtsp-generic", InputOptions(None, {"rw_timeout": "10000000"})),
        ("/video.mp4", "preset-rtsp-generic", InputOptions()),
        ("synthetic://street", None, InputOptions()),
        (
            "rtsp://h/s",
            "-rtsp_transport udp -timeout 5000000",
            InputOptions(None, {"rtsp_transport": "udp", "timeout": "5000000"}),
        ),
        (
            "rtsp://h/s",
            "-avoid_negative_ts make_zero -fflags +genpts -stimeout 7 -re -max_delay -1",
            InputOptions(None, {"fflags": "+genpts", "timeout": "7", "max_delay": "-1"}, ("-avoid_negative_ts", "-re")),
        ),
        ("http://h/s", "-f mjpeg -r 5", InputOptions("mjpeg", {"rw_timeout": "10000000", "framerate": "5"})),
        (
            "rtsp://h/s",
            "-headers 'X-A: b c' stray",
            InputOptions(None, {"timeout": "10000000", "headers": "X-A: b c"}, ("stray",)),
        ),
    ],
)
def test_arguments_become_options(path: str, arguments: str | None, expected: InputOptions) -> None:
    assert input_options(path, arguments) == expected


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_waits_for_a_limited_time(preset: str) -> None:
    path = "rtsp://h/s" if "rtsp" in preset else "http://h/s"
    assert {"timeout", "rw_timeout"} & set(input_options(path, preset).options)


@pytest.mark.parametrize("arguments", ["preset-nope", "-headers 'open"])
def test_what_cannot_be_read_is_an_error(arguments: str) -> None:
    with pytest.raises(ValueError, match=r"unknown preset|cannot be read"):
        input_options("rtsp://h/s", arguments)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("rtsp://127.0.0.1:8554/front", "front"),
        ("rtsp://localhost:8554/front_sub", "front_sub"),
        ("rtsp://127.0.0.1:554/front", None),
        ("rtsp://10.0.0.1:8554/front", None),
        ("rtsp://127.0.0.1:8554/", None),
        ("http://127.0.0.1:8554/front", None),
        ("rtsp://[bad:8554/front", None),
        ("front.mp4", None),
        ("rtsp://u:p#/@127.0.0.1:8554/front", "front"),
    ],
)
def test_restream_name(path: str, name: str | None) -> None:
    assert restream_name(path) == name


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (["rtsp://cam/1"], "rtsp://cam/1"),
        (["ffmpeg:http://cam/1#video=copy#audio=opus"], "http://cam/1"),
        (["ffmpeg:front#audio=opus", "rtsp://cam/2"], "rtsp://cam/2"),
        (["exec:ffmpeg -i rtsp://cam/1"], "rtsp://127.0.0.1:8554/front"),
        (["ffmpeg:rtsp://u:p#@10.0.0.9/1#video=copy"], "rtsp://u:p%23@10.0.0.9/1"),
        ([], "rtsp://127.0.0.1:8554/front"),
    ],
)
def test_a_restream_is_read_at_its_source(entries: list[str], expected: str) -> None:
    assert resolved("rtsp://127.0.0.1:8554/front", {"front": entries}) == expected
