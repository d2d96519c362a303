"""Which packets announce another picture, and what it is."""

import io
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

from dogwatch.media import nal
from dogwatch.media.packets import VideoInfo
from dogwatch.media.padded_packet import padded_packet
from dogwatch.media.stream_changes import StreamChangeDetector, frame_header, jpeg_size

CODECS = [("libx264", "h264"), ("libx265", "hevc")]


def keyframe(codec: str, width: int, *, crf: int = 30) -> Any:
    """Encode one picture as a packet that carries its parameters."""
    out = io.BytesIO()
    form = {"libx264": "h264", "libx265": "hevc"}.get(codec, codec)
    with av.open(out, "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=10, width=width, height=64)
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": str(crf), "x265-params": "log-level=error"}
        if codec == "libx264":
            stream.options = {"preset": "ultrafast", "crf": str(crf)}
        elif codec == "mjpeg":
            stream.options = {}
        frame = av.VideoFrame.from_ndarray(np.zeros((64, width, 3), np.uint8), "bgr24").reformat(format=stream.pix_fmt)
        frame.pts, frame.time_base = 0, Fraction(1, 10)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    packet = padded_packet(out.getvalue())
    packet.is_keyframe = True
    return packet


def opened(codec: str, packet: Any, width: int = 128) -> VideoInfo:
    """Return what libav finds when a stream is opened that begins with `packet`."""
    with av.open(io.BytesIO(bytes(packet)), format=codec) as container:
        return VideoInfo(codec, width, 64, 10.0, bytes(container.streams.video[0].codec_context.extradata or b""))


def units(info: VideoInfo) -> list[bytes]:
    return [unit.rstrip(b"\0") for unit in nal.split(info.extradata)]


@pytest.mark.parametrize(("encoder", "codec"), [*CODECS, ("mjpeg", "mjpeg")])
def test_another_size_is_a_change(encoder: str, codec: str) -> None:
    packets = [keyframe(encoder, width) for width in (128, 128, 192, 192, 128)]
    detector = StreamChangeDetector(opened(codec, packets[0]))
    assert [detector.detect(packet) for packet in packets] == [False, False, True, False, True]
    assert (detector.info.width, detector.info.height) == (128, 64)


@pytest.mark.parametrize(("encoder", "codec"), CODECS)
def test_what_the_header_lacks_is_a_change(encoder: str, codec: str) -> None:
    packet = keyframe(encoder, 128)
    detector = StreamChangeDetector(VideoInfo(codec, 128, 64, 10.0))
    assert [detector.detect(one) for one in (packet, packet)] == [True, False]
    assert units(detector.info) == units(opened(codec, packet))


def test_another_level_of_the_same_size_is_a_change() -> None:
    packet = keyframe("libx264", 128)
    data = bytes(packet)
    at = data.index(b"\0\0\1\x67") + 6
    other = padded_packet(data[:at] + bytes([data[at] + 1]) + data[at + 1 :])
    other.is_keyframe = True
    detector = StreamChangeDetector(opened("h264", packet))
    assert [detector.detect(one) for one in (packet, other, other, packet)] == [False, True, False, True]
    assert units(detector.info) == units(opened("h264", packet))


@pytest.mark.parametrize(("encoder", "codec"), CODECS)
def test_a_keyframe_that_cannot_be_decoded_is_no_change(encoder: str, codec: str) -> None:
    packet, other = keyframe(encoder, 128), bytes(keyframe(encoder, 192))
    broken = padded_packet(other[: len(other) - len(other) // 8])
    sets_alone = padded_packet(b"\0\0\0\1\x67\xff\xff")
    detector = StreamChangeDetector(opened(codec, packet))
    for one in (broken, sets_alone):
        one.is_keyframe = True
        detector.detect(one)
    assert detector.info.width in (128, 192)
    assert not detector.detect(packet) or detector.info.width == 128


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\0\1", b"\0\0\1\x65", b"\0\0\0\1\x67", b"\xff" * 40, bytes(40)])
@pytest.mark.parametrize("codec", ["h264", "hevc", "mjpeg"])
def test_nonsense_is_no_change(codec: str, data: bytes) -> None:
    if not data:
        return  # libav hands out no empty packets
    detector = StreamChangeDetector(VideoInfo(codec, 128, 64, 10.0))
    for flagged in (True, False):
        packet = padded_packet(data)
        packet.is_keyframe = flagged
        assert not detector.detect(packet)
        assert not detector.is_without_picture(packet) or codec != "mjpeg"


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"\xff\xd8\xff\xc0\0\x11\x08\0\x40\1\0\3rest", (256, 64)),
        (b"\xff\xd8\xff\xe0\0\x04ab\xff\xdb\0\x03q\xff\xff\xc2\0\x11\x08\0\x40\1\0\3", (256, 64)),
        (b"\xff\xd8\xff\xc4\0\x03h\xff\xd9", None),
        (b"\xff\xd8\xff\xc0\0\x11", None),
        (b"\xff\xd8\xff\xe0\0\0\xff\xe0\0\0", None),
        (b"", None),
    ],
)
def test_the_size_of_a_jpeg(data: bytes, size: tuple[int, int] | None) -> None:
    assert jpeg_size(frame_header(data)[1]) == size
