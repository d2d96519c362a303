"""Reads the video packets of files, recorded by Dogwatch or not, as fast as they can be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from dogwatch.errors import MediaError
from dogwatch.media.packets import VIDEO_TICKS, VIDEO_TIME_BASE, Unit, VideoInfo

EPOCH_S = 1e9  # timestamps beyond this are wall-clock times: a stream's own begin near zero
DEFAULT_FPS = 15.0
BACK_S = 1.0  # a smaller step back is a muxer's inaccuracy, a larger one the start of another stream


@dataclass(frozen=True, slots=True)
class FootageInfo:
    """The video of a file, when it starts (s, in the file's own time) and how long it lasts (s, 0 if unknown)."""

    video: VideoInfo
    start_time: float
    duration: float


def probe(path: Path) -> FootageInfo:
    """Read the header of a file.

    Raises:
        MediaError: It cannot be read, or holds no video.
    """
    with _open(path) as container:
        stream = container.streams.video[0]
        start = 0.0 if stream.start_time is None else float(stream.start_time * stream.time_base)
        length = (container.duration or 0) / av.time_base
        return FootageInfo(_info(stream), start, max(0.0, length - start if length > EPOCH_S else length))


def read(path: Path, shift: float = 0.0) -> Iterator[Unit]:
    """Yield the video packets of a file, with timestamps moved by `shift` seconds.

    Packets without timestamps are placed at the file's frame rate. Where timestamps go back, as in concatenated
    transport streams, the rest is moved to follow what came before. A truncated file ends where it breaks off.

    Raises:
        MediaError: It cannot be opened, or holds no video.
    """
    with _open(path) as container:
        stream = container.streams.video[0]
        scale, step = float(stream.time_base), 1 / (float(stream.average_rate or 0) or DEFAULT_FPS)
        last = shift - step
        try:
            for packet in container.demux(stream):
                if not packet.size:
                    continue
                dts = packet.dts if packet.dts is not None else packet.pts
                decoded = last + step if dts is None else dts * scale + shift
                if last - decoded > BACK_S:
                    shift += last + step - decoded
                    decoded = last + step
                shown = decoded if packet.pts is None else packet.pts * scale + shift
                last = decoded
                yield _unit(packet, decoded, shown)
        except av.error.FFmpegError:
            return


def _unit(packet: Any, decoded: float, shown: float) -> Unit:
    packet.time_base = VIDEO_TIME_BASE
    packet.dts, packet.pts = round(decoded * VIDEO_TICKS), round(shown * VIDEO_TICKS)
    at, dts = packet.pts / VIDEO_TICKS, packet.dts / VIDEO_TICKS
    return Unit(packet, True, bool(packet.is_keyframe), at, dts, packet.size)


def _info(stream: Any) -> VideoInfo:
    context = stream.codec_context
    rate = float(stream.average_rate or 0)
    return VideoInfo(context.name, context.width, context.height, rate, bytes(context.extradata or b""))


def _open(path: Path) -> Any:
    try:
        container = av.open(str(path), metadata_errors="replace")
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise MediaError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not container.streams.video:
        container.close()
        raise MediaError(f"{path} holds no video")
    return container
