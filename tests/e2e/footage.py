"""Looks at video as a player gets it: decoded with PyAV, listed with ffprobe."""

from __future__ import annotations

import io
import json
import subprocess
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import av


@dataclass(frozen=True, slots=True)
class Decoded:
    """The presentation times (s) of all video frames, and when the audio begins."""

    video: list[float]
    audio_start: float | None
    size: tuple[int, int]

    def largest_step_error(self, fps: float) -> float:
        """How far (s) two neighbouring pictures are at most from being a frame apart."""
        return max(abs(after - before - 1 / fps) for before, after in pairwise(self.video))


def decode(data: bytes) -> Decoded:
    """Decode every frame; errors are raised."""
    with av.open(io.BytesIO(data), "r") as container:
        video = container.streams.video[0]
        video.codec_context.options = {"err_detect": "explode"}
        times: list[float] = []
        audio: list[float] = []
        for frame in container.decode(video, *container.streams.audio[:1]):
            assert isinstance(frame, av.VideoFrame | av.AudioFrame)
            assert frame.time is not None
            (times if isinstance(frame, av.VideoFrame) else audio).append(frame.time)
        return Decoded(times, min(audio, default=None), (video.width, video.height))


def probe(ffprobe: str, url: str) -> list[dict[str, Any]]:
    """Return the packets of `url`, streams in `stream_index`; it must not give a single warning."""
    done = subprocess.run(
        [ffprobe, "-v", "warning", "-count_packets", "-of", "json", "-show_entries",
         "packet=stream_index,codec_type,pts_time,dts_time,duration_time,flags", url],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    packets: list[dict[str, Any]] = json.loads(done.stdout)["packets"]
    return packets
