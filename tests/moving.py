"""Recordings in which a bright square moves at a known place and time."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np

from dogwatch.model import Segment
from dogwatch.testing import recordings

WIDTH, HEIGHT, FPS = 320, 180, 10
SQUARE = 40
Move = tuple[float, float, int]
"""From when to when (epoch s) the square moves to the right, from this column; while it does not, it is not there."""
Moves = list[Move]


def write(root: Path, camera: str, start: float, length_s: float, moves: Moves, *, gop_s: float = 2.0) -> Segment:
    """Write a segment. Noise and a slow change of light are no motion."""
    relative = recordings.path_of(camera, start)
    path = root / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_recorded(start, length_s, tuple(moves), gop_s))
    return recordings.segment(root, camera, relative)


@lru_cache(maxsize=64)
def _recorded(start: float, length_s: float, moves: tuple[Move, ...], gop_s: float) -> bytes:
    """Encode a segment once for all tests that want it."""
    out = io.BytesIO()
    dice = np.random.default_rng(int(start) % 1000)
    options = {"movflags": recordings.MOVFLAGS, "avoid_negative_ts": "disabled", "use_editlist": "0"}
    with av.open(out, "w", format="mp4", options=options) as container:
        stream: Any = container.add_stream("libx264", rate=FPS, width=WIDTH, height=HEIGHT, pix_fmt="yuv420p")
        stream.options = {"preset": "ultrafast", "bf": "0", "sc_threshold": "0", "g": str(round(gop_s * FPS))}
        stream.codec_context.time_base = stream.time_base = Fraction(1, 90_000)
        for n in range(round(length_s * FPS)):
            at = start + n / FPS
            picture = np.full((HEIGHT, WIDTH), 60 + int(at) % 60 // 6, np.uint8)
            picture += dice.integers(0, 8, picture.shape, np.uint8)
            for since, until, column in moves:
                if since <= at < until:
                    left = column + int((at - since) * 20)
                    picture[70:110, left : left + SQUARE] = 220
            frame = av.VideoFrame.from_ndarray(picture, "gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = round(at * 90_000), Fraction(1, 90_000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def make_plain(path: Path) -> None:
    """Write a segment again as another program does: not in fragments, and with times that begin at zero."""
    plain = path.with_name("plain.mp4")
    with av.open(str(path)) as source, av.open(str(plain), "w", format="mp4") as container:
        stream: Any = container.add_stream_from_template(source.streams.video[0])
        packets: list[Any] = [packet for packet in source.demux(video=0) if packet.dts is not None]
        begins = packets[0].dts
        for packet in packets:
            packet.dts, packet.pts, packet.stream = packet.dts - begins, packet.pts - begins, stream
            container.mux(packet)
    plain.rename(path)
