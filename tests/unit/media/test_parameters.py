"""Which keyframes announce another picture."""

import io
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

from dogwatch.media.packets import VideoInfo
from dogwatch.media.parameters import ParameterWatch, sequence_parameters


def keyframe(codec: str, width: int, *, crf: int = 30) -> Any:
    """Encode one picture as an Annex B packet that carries its parameters."""
    out = io.BytesIO()
    with av.open(out, "w", format="hevc" if codec == "libx265" else "h264") as container:
        stream: Any = container.add_stream(codec, rate=10, width=width, height=64)
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": str(crf), "x265-params": "log-level=error"}
        if codec == "libx264":
            stream.options = {"preset": "ultrafast", "crf": str(crf)}
        frame = av.VideoFrame.from_ndarray(np.zeros((64, width, 3), np.uint8), "bgr24").reformat(format="yuv420p")
        frame.pts, frame.time_base = 0, Fraction(1, 10)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return av.Packet(out.getvalue())


@pytest.mark.parametrize(("codec", "name"), [("libx264", "h264"), ("libx265", "hevc")])
def test_another_size_is_a_change(codec: str, name: str) -> None:
    watch = ParameterWatch(VideoInfo(name, 128, 64, 10.0))
    seen = [watch.changed(keyframe(codec, width)) for width in (128, 128, 192)]
    assert seen == [False, False, True]


def test_other_parameters_of_the_same_size_are_none() -> None:
    watch = ParameterWatch(VideoInfo("h264", 128, 64, 10.0))
    packet = keyframe("libx264", 128)
    level = sequence_parameters("h264", bytes(packet))
    other = av.Packet(bytes(packet).replace(level, level[:3] + bytes([level[3] + 1]) + level[4:]))
    assert [watch.changed(one) for one in (packet, other, packet)] == [False, False, False]


@pytest.mark.parametrize(
    ("codec", "head", "found"),
    [
        ("h264", b"\0\0\0\1\x67ab\0\0\0\1\x68c\0\0\1\x65d", b"\x67ab"),
        ("h264", b"\0\0\1\x09\xf0\0\0\0\1\x27ab", b"\x27ab"),
        ("hevc", b"\0\0\0\1\x40\1v\0\0\0\1\x42\1s\0\0\1\x44\1p", b"\x42\1s"),
        ("h264", b"\0\0\0\1\x65ab", b""),
        ("h264", b"\0\0\0\x04\x67abc", b""),
        ("h264", b"\0\0\0\1", b""),
        ("h264", b"", b""),
        ("mjpeg", b"\0\0\0\1\x67ab", b""),
    ],
)
def test_parameter_sets(codec: str, head: bytes, found: bytes) -> None:
    assert sequence_parameters(codec, head) == found


def test_a_broken_keyframe_is_no_change() -> None:
    watch = ParameterWatch(VideoInfo("h264", 128, 64, 10.0))
    assert not watch.changed(keyframe("libx264", 128))
    assert not watch.changed(av.Packet(b"\0\0\0\1\x67\xff\xff"))
