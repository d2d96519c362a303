"""What media answers are checked for."""

from __future__ import annotations

import io

import av
import httpx
import numpy as np
from av.video.frame import VideoFrame

KINDS = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
SIGNS = {"image/jpeg": b"\xff\xd8", "image/png": b"\x89PNG", "image/webp": b"RIFF", "image/gif": b"GIF8"}


def picture(answer: httpx.Response, kind: str) -> tuple[int, int]:
    """Require a picture of this content type; return width and height."""
    assert answer.status_code == 200, (answer.status_code, answer.text[:200])
    assert answer.headers["content-type"] == kind
    assert answer.content.startswith(SIGNS[kind])
    frame = _first(answer.content)
    return frame.width, frame.height


def is_black(answer: httpx.Response) -> bool:
    return bool(np.asarray(_first(answer.content).to_ndarray(format="gray")).max() < 20)


def video(answer: httpx.Response) -> float:
    """Require an MP4; return how many seconds it shows."""
    assert answer.status_code == 200, (answer.status_code, answer.text[:200])
    assert answer.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(answer.content), "r") as opened:
        times = [float(packet.pts * packet.time_base) for packet in opened.demux(video=0) if packet.pts is not None]
    return max(times) - min(times)


def _first(data: bytes) -> VideoFrame:
    with av.open(io.BytesIO(data), "r") as opened:
        return next(opened.decode(video=0))
