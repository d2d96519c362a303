"""Makes recordings the way ingest does: fragmented MP4, epoch decode times, pictures that carry their number.

Frame `n` of a stream shows `n` as sixteen black or white blocks, so that `number` can read it back from a decoded
picture. A stream is encoded once per shape and test run; segments are cut from it by copying packets.
"""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from dogwatch.media.fragments import scan
from dogwatch.model import Segment
from dogwatch.testing.clock import START

BITS, BLOCK = 16, 16
WIDTH, HEIGHT = BITS * BLOCK, 64
MOVFLAGS = "frag_keyframe+empty_moov+default_base_moof+frag_discont"
T0 = START
"""When recordings begin unless a test says otherwise."""


def picture(n: int) -> NDArray[np.uint8]:
    """Return the BGR picture that carries `n`."""
    bits = [(n >> bit) & 1 for bit in range(BITS)]
    row = np.repeat(np.array(bits, np.uint8) * 255, BLOCK)
    return np.broadcast_to(row[None, :, None], (HEIGHT, WIDTH, 3)).copy()


def number(bgr: NDArray[Any]) -> int:
    """Read the number of a picture back, whatever its size."""
    height, width = bgr.shape[:2]
    at = ((np.arange(BITS) + 0.5) * width / BITS).astype(int)
    return sum(1 << bit for bit, x in enumerate(at) if bgr[height // 2, x].mean() > 127)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a stream looks."""

    fps: int = 10
    gop_s: float = 2.0
    audio: bool = True
    codec: str = "libx264"
    width: int = WIDTH
    seconds: int = 30
    b_frames: int = 0


@lru_cache(maxsize=16)
def stream(shape: Shape) -> bytes:
    """Encode a stream once, with sound when it has any."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        video: Any = container.add_stream(shape.codec, rate=shape.fps)
        video.width, video.height, video.pix_fmt = shape.width, HEIGHT, "yuv420p"
        video.gop_size = round(shape.fps * shape.gop_s)
        video.codec_context.thread_count = 1
        options = {"preset": "ultrafast", "crf": "20"}
        if shape.codec == "libx265":
            options["x265-params"] = (
                f"log-level=none:keyint={video.gop_size}:min-keyint={video.gop_size}:scenecut=0:bframes=0"
            )
        else:
            options |= {"sc_threshold": "0", "bf": str(shape.b_frames)}
        video.options = options
        audio: Any = container.add_stream("aac", rate=16000, layout="mono") if shape.audio else None
        packets: list[Any] = []
        for n in range(shape.seconds * shape.fps):
            frame = av.VideoFrame.from_ndarray(picture(n), format="bgr24").reformat(shape.width, HEIGHT, "yuv420p")
            frame.pts, frame.time_base = n, Fraction(1, shape.fps)
            packets += video.encode(frame)
        packets += video.encode(None)
        if audio is not None:
            tone = np.zeros((1, 1024), np.float32)
            for n in range(shape.seconds * 16000 // 1024):
                block = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
                block.sample_rate, block.pts, block.time_base = 16000, n * 1024, Fraction(1, 16000)
                packets += audio.encode(block)
            packets += audio.encode(None)
        packets.sort(key=lambda p: p.dts * p.time_base)
        container.mux(packets)
    return out.getvalue()


def path_of(camera: str, start: float) -> str:
    """Return where a segment that starts at `start` lies below the media root."""
    return datetime.fromtimestamp(start, UTC).strftime(f"recordings/%Y-%m-%d/%H/{camera}/%M.%S.mp4")


def write(
    root: Path, camera: str, start: float, first_s: float, length_s: float, shape: Shape | None = None
) -> Segment:
    """Write one segment file: `length_s` from `first_s` of the stream, as if recorded at `start`."""
    relative = path_of(camera, start)
    path = root / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_recorded(start, first_s, length_s, shape or Shape()))
    return segment(root, camera, relative)


@lru_cache(maxsize=64)
def _recorded(start: float, first_s: float, length_s: float, shape: Shape) -> bytes:
    """Cut a segment from a stream; many tests want the same few."""
    out = io.BytesIO()
    options = {
        "movflags": MOVFLAGS,
        "avoid_negative_ts": "disabled",
        "use_editlist": "0",
        "frag_duration": "1000000",
        "flush_packets": "1",
    }
    with (
        av.open(io.BytesIO(stream(shape)), "r") as source,
        av.open(out, "w", format="mp4", options=options) as container,
    ):
        outs: dict[int, Any] = {}
        for one in source.streams:
            outs[one.index] = container.add_stream_from_template(one)
        outs[source.streams.video[0].index].time_base = Fraction(1, 90000)
        packets: list[Any] = [p for p in source.demux() if p.dts is not None]
        packets.sort(key=lambda p: p.dts * p.time_base)
        zero = min(p.dts * p.time_base for p in packets if p.stream.type == "video")  # below 0 with B frames
        for packet in packets:
            at = float(packet.dts * packet.time_base - zero)
            if not first_s - 1e-6 <= at < first_s + length_s - 1e-6:
                continue
            base = Fraction(1, 90000) if packet.stream.type == "video" else Fraction(1, 16000)
            shift = Fraction(start) - Fraction(first_s) - zero
            dts = round((packet.dts * packet.time_base + shift) / base)
            pts = round((packet.pts * packet.time_base + shift) / base)
            packet.stream = outs[packet.stream.index]
            packet.time_base, packet.dts, packet.pts = base, dts, pts
            if packet.stream.type == "video":
                packet.duration = round(Fraction(1, shape.fps) / base)
            container.mux(packet)
    return out.getvalue()


def segment(root: Path, camera: str, relative: str) -> Segment:
    """Scan a file into the row that ingest would send."""
    index = scan(root / relative)
    return Segment(
        camera,
        relative,
        index.start_time,
        index.end_time,
        index.valid_bytes,
        index.init_id,
        index.fragments,
        index.has_audio,
    )


def record(
    root: Path,
    camera: str = "front",
    start: float = T0,
    count: int = 3,
    length_s: float = 4.0,
    shape: Shape | None = None,
) -> list[Segment]:
    """Write `count` segments that follow each other without a gap."""
    return [write(root, camera, start + n * length_s, n * length_s, length_s, shape) for n in range(count)]
