"""Makes small streams for ingest, whose pictures carry their number."""

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from dogwatch.media.fragments import scan
from dogwatch.testing.recordings import number, picture

__all__ = ["make", "number", "played"]


def make(
    path: Path,
    codec: str = "libx264",
    *,
    seconds: int = 8,
    fps: int = 10,
    gop: int = 20,
    audio: str = "",
    rate: int = 8000,
    b_frames: int = 0,
    width: int = 256,
    **options: str,
) -> Path:
    """Write `path`; frame n carries n. `options` are libx264's.

    `audio` is a libav encoder; it plays a tone of half of full scale.
    """
    with av.open(str(path), "w") as out:
        video: Any = out.add_stream(codec, rate=fps, width=width, height=64)
        video.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        if codec == "libx265":
            params = f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes={b_frames}:log-level=error"
            video.options = {"x265-params": params, "preset": "ultrafast"}
        elif codec == "libx264":
            video.options = {"g": str(gop), "keyint_min": str(gop), "sc_threshold": "0", "bf": str(b_frames)} | options
        sound: Any = out.add_stream(audio, rate=rate, layout="mono") if audio else None
        for n in range(seconds * fps):
            frame = av.VideoFrame.from_ndarray(picture(n), format="bgr24").reformat(width, 64, video.pix_fmt)
            frame.pts, frame.time_base = n, Fraction(1, fps)
            out.mux(video.encode(frame))
            if sound is not None:
                out.mux(sound.encode(_tone(n, rate // fps, rate)))
        out.mux(video.encode(None))
        if sound is not None:
            out.mux(sound.encode(None))
    return path


def _tone(n: int, samples: int, rate: int) -> Any:
    at = np.arange(n * samples, (n + 1) * samples)
    wave = (np.sin(at * 440 * 2 * np.pi / rate) * 16383).astype(np.int16).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = rate, n * samples, Fraction(1, rate)
    return frame


def played(*paths: Path) -> list[tuple[float, int]]:
    """Decode files that follow one another as one; return each picture's time (s) and number.

    Later files are appended without their `ftyp` + `moov`, as a playlist of byte ranges plays them.
    """
    data = paths[0].read_bytes()
    for path in paths[1:]:
        data += path.read_bytes()[len(scan(path).init) :]
    with av.open(io.BytesIO(data), "r", format="mp4") as container:
        stream: Any = container.streams.video[0]
        return [
            (float(frame.pts * stream.time_base), number(frame.to_ndarray(format="bgr24")))
            for frame in container.decode(stream)
            if frame.pts is not None
        ]
