"""Real coded video as units, whose pictures carry their number; encoded once per shape."""

from fractions import Fraction
from functools import lru_cache
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from dogwatch.media.packets import VIDEO_TICKS, VIDEO_TIME_BASE, Unit, VideoInfo

HEIGHT, BITS = 64, 16


def number(luma: NDArray[np.uint8]) -> int:
    """Read a picture's number from its Y plane."""
    at = ((np.arange(BITS) + 0.5) * luma.shape[1] / BITS).astype(int)
    return sum(1 << bit for bit, x in enumerate(at) if luma[HEIGHT // 2, x] > 127)


@lru_cache(maxsize=16)
def coded(
    count: int,
    *,
    codec: str = "libx264",
    fps: int = 15,
    gop: int = 30,
    b_frames: int = 0,
    start: float = 0.0,
    width: int = 256,
    refresh: bool = False,
) -> tuple[VideoInfo, list[Unit]]:
    """Return `count` pictures from epoch time `start` on; with `refresh`, no keyframe but the first is whole."""
    context: Any = av.CodecContext.create(codec, "w")
    context.width, context.height = width, HEIGHT
    context.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    context.time_base, context.framerate = VIDEO_TIME_BASE, Fraction(fps)
    if codec == "libx264":
        context.options = {"g": str(gop), "keyint_min": str(gop), "sc_threshold": "0", "bf": str(b_frames)}
        context.options |= {"intra-refresh": "1"} if refresh else {}
    packets: list[Any] = []
    for n in range(count):
        bits = [(n >> bit) & 1 for bit in range(BITS)]
        row = np.repeat(np.array(bits, np.uint8) * 255, width // BITS)
        pixels = np.broadcast_to(row[None, :, None], (HEIGHT, width, 3)).copy()
        frame = av.VideoFrame.from_ndarray(pixels, format="bgr24").reformat(format=context.pix_fmt)
        frame.pts, frame.time_base = round((start + n / fps) * VIDEO_TICKS), VIDEO_TIME_BASE
        packets += context.encode(frame)
    packets += context.encode(None)
    units = []
    for packet in packets:
        packet.time_base = VIDEO_TIME_BASE
        time, dts = packet.pts / VIDEO_TICKS, packet.dts / VIDEO_TICKS
        units.append(Unit(packet, True, bool(packet.is_keyframe), time, dts, packet.size))
    name = {"libx264": "h264", "mjpeg": "mjpeg"}[codec]
    return VideoInfo(name, width, HEIGHT, float(fps), context.extradata or b""), units
