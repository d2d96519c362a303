"""What a video file is: the facts that its metadata tells, and those of all its streams."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec

from dogwatch.media.foreign_file import video_stream
from dogwatch.media.frame_index import FrameIndex, is_variable

NOMINAL = Fraction(1, 1000)  # an average rate that is this near to the one the file names is that one
LARGEST = 100_000  # denominator of a frame rate


class VideoFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """The video stream; `pix_fmt` by its libav name, `bit_rate` in bits per second."""

    codec: str
    pix_fmt: str
    has_b_frames: bool
    profile: str | None = None
    bit_rate: int | None = None


class AudioFacts(msgspec.Struct, frozen=True):
    """The first audio stream; `sample_rate` in Hz."""

    codec: str
    sample_rate: int
    channels: int


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A video file. `width` and `height` are those of the displayed picture, after its `rotation` (degrees).

    `creation_time` is what the container says, ISO 8601 as a rule; `stream` the index of the video stream. `damaged`:
    some of it cannot be decoded.
    """

    container: str
    duration: float
    width: int
    height: int
    rotation: int
    fps: float
    fps_num: int
    fps_den: int
    vfr: bool
    total_frames: int
    video: VideoFacts
    audio: AudioFacts | None = None
    stream: int = 0
    creation_time: str | None = None
    damaged: bool = False


def facts_of(container: Any, index: FrameIndex, frame: Any) -> FileFacts:
    """Return the facts of an opened file with its index and its first frame."""
    stream = video_stream(container)
    context = stream.codec_context
    rotation = rotation_of(frame)
    width, height = (frame.width, frame.height) if rotation % 180 == 0 else (frame.height, frame.width)
    rate = _rate(index, stream)
    return FileFacts(
        container=container_name(container),
        duration=round(index.duration, 6),
        width=width,
        height=height,
        rotation=rotation,
        fps=round(float(rate), 3),
        fps_num=rate.numerator,
        fps_den=rate.denominator,
        vfr=is_variable(index.ticks, index.time_base),
        total_frames=index.total,
        video=VideoFacts(
            codec=_codec(context),
            pix_fmt=frame.format.name,
            has_b_frames=bool(context.has_b_frames),
            profile=context.profile or None,
            bit_rate=context.bit_rate or None,
        ),
        audio=_audio(container),
        stream=stream.index,
        creation_time=container.metadata.get("creation_time"),
        damaged=index.damaged,
    )


def rotation_of(frame: Any) -> int:
    """Return by how many degrees clockwise a frame is turned to be shown: 0, 90, 180 or 270."""
    return int(round(-frame.rotation / 90) * 90 % 360)


def container_name(container: Any) -> str:
    """Return a usual name of the container's format, such as `mp4`, `matroska` or `mpegts`."""
    name: str = container.format.name
    return "mp4" if "mp4" in name.split(",") else name.partition(",")[0]


def _rate(index: FrameIndex, stream: Any) -> Fraction:
    """Return the average rate of displayed frames, or that which the file names if only rounding differs."""
    ticks = int(index.ticks[-1] - index.ticks[0]) + index.last_length
    average = index.total / (ticks * index.time_base)
    for named in (stream.average_rate, stream.base_rate):
        if named and abs(named - average) <= average * NOMINAL:
            return Fraction(named)
    return average.limit_denominator(LARGEST)


def _audio(container: Any) -> AudioFacts | None:
    for stream in container.streams.audio:
        context = stream.codec_context
        if context is not None and context.sample_rate and context.channels:
            return AudioFacts(_codec(context), context.sample_rate, context.channels)
    return None


def _codec(context: Any) -> str:
    name: str = context.name
    return {"libdav1d": "av1", "libaom-av1": "av1"}.get(name, name)


def probe(container: Any) -> dict[str, Any]:
    """Return the raw facts of all streams and of the format, named as the ffprobe program names them."""
    streams = [_stream(stream) for stream in container.streams]
    return {
        "streams": streams,
        "format": {
            "format_name": container.format.name,
            "format_long_name": container.format.long_name,
            "nb_streams": len(streams),
            "start_time": _seconds(container.start_time, Fraction(1, 1_000_000)),
            "duration": _seconds(container.duration, Fraction(1, 1_000_000)),
            "bit_rate": container.bit_rate or None,
            "tags": _tags(container.metadata),
        },
    }


MOST_TAGS, TAG_CHARACTERS = 100, 1000


def _tags(metadata: Any) -> dict[str, str]:
    some = list(metadata.items())[:MOST_TAGS]
    return {str(key)[:TAG_CHARACTERS]: str(value)[:TAG_CHARACTERS] for key, value in some}


def _stream(stream: Any) -> dict[str, Any]:
    context = stream.codec_context
    found: dict[str, Any] = {
        "index": stream.index,
        "codec_type": stream.type,
        "codec_name": _codec(context) if context is not None else "unknown",
        "codec_long_name": context.codec.long_name if context is not None else "unknown",
        "profile": (context.profile if context is not None else None) or None,
        "time_base": str(stream.time_base) if stream.time_base else None,
        "start_pts": stream.start_time,
        "start_time": _seconds(stream.start_time, stream.time_base),
        "duration_ts": stream.duration,
        "duration": _seconds(stream.duration, stream.time_base),
        "nb_frames": stream.frames or None,
        "disposition": sorted(flag.name.lower() for flag in type(stream.disposition) if flag & stream.disposition),
        "tags": _tags(stream.metadata),
    }
    if stream.type == "video" and context is not None:
        found |= {
            "width": context.width,
            "height": context.height,
            "pix_fmt": context.pix_fmt,
            "has_b_frames": int(context.has_b_frames),
            "avg_frame_rate": str(stream.average_rate or 0),
            "r_frame_rate": str(stream.base_rate or 0),
            "sample_aspect_ratio": str(stream.sample_aspect_ratio or 0),
        }
    elif stream.type == "audio" and context is not None:
        found |= {
            "sample_rate": context.sample_rate,
            "channels": context.channels,
            "channel_layout": context.layout.name,
        }
    return found


def _seconds(ticks: int | None, time_base: Fraction | None) -> float | None:
    return None if ticks is None or not time_base else round(float(ticks * time_base), 6)
