"""The synthetic camera: `synthetic://street?seed=1&fps=10&size=1280x720`, drawn and encoded in this process.

`gop=10` makes a keyframe every ten seconds. `clock=epoch` numbers the frames from the epoch, modulo 2**32: so whoever
reads a frame's number knows when it was taken, and how late it is seen.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import parse_qs, urlsplit

import av

from dogwatch.errors import SourceError
from dogwatch.media.packets import AudioInfo, NullSink, VideoInfo
from dogwatch.media.street import StreetScene

GOP_S, MAX_GOP_S = 2.0, 60.0
LATE_S = 1.0  # when drawing falls behind by this much, frames are skipped
MAX_EDGE = 7680
NUMBERS = 1 << 32


@dataclass(frozen=True, slots=True)
class StreetSource:
    """What a synthetic URL asks for; sizes in pixels."""

    seed: int
    fps: float
    width: int
    height: int
    gop_s: float = GOP_S
    of_epoch: bool = False


class SyntheticSource:
    """A drawn street, encoded as H.264 in real time; see `media.street`."""

    def __init__(self, url: str, stop: threading.Event) -> None:
        """Read the URL and start the encoder.

        Raises:
            SourceError: The URL does not name a street, or holds a bad value.
        """
        street = parse_synthetic(url)
        seed, self._fps, width, height = street.seed, street.fps, street.width, street.height
        self._of_epoch = street.of_epoch
        self._stop = stop
        self._scene = StreetScene(width, height, self._fps, seed)
        gop = str(max(1, round(street.gop_s * self._fps)))
        self._container: Any = av.open(NullSink(), "w", format="mp4", options={"movflags": "empty_moov"})
        self.video_stream: Any = self._container.add_stream(
            "libx264",
            rate=Fraction(self._fps).limit_denominator(1000),
            width=width,
            height=height,
            options={"preset": "ultrafast", "tune": "zerolatency", "crf": "24", "g": gop, "keyint_min": gop}
            | {"sc_threshold": "0", "threads": "1"},
        )
        self.video_stream.codec_context.time_base = Fraction(1, 90_000)
        self._container.start_encoding()
        context = self.video_stream.codec_context
        self.video = VideoInfo("h264", width, height, self._fps, context.extradata or b"")
        self.audio: AudioInfo | None = None
        self.audio_stream: Any | None = None
        self.untimed = self.live = self.patient = self.announced = False
        self.room = 0

    def packets(self) -> Iterator[Any]:
        """Yield packets in real time, without end."""
        context = self.video_stream.codec_context
        begun, n, first = time.monotonic(), 0, 0
        if self._of_epoch:
            now = time.time()
            first = math.ceil(now * self._fps)
            begun += first / self._fps - now
        while True:
            late = time.monotonic() - begun - n / self._fps
            if late > LATE_S:
                n += int(late * self._fps)
            elif late < 0 and self._stop.wait(-late):
                raise SourceError("the synthetic camera was stopped")
            frame = av.VideoFrame.from_ndarray(self._scene.render((first + n) % NUMBERS), "bgr24").reformat(
                format="yuv420p"
            )
            frame.pts, frame.time_base = round(n / self._fps * 90_000), Fraction(1, 90_000)
            for packet in context.encode(frame):
                packet.time_base = Fraction(1, 90_000)
                packet.stream = self.video_stream
                yield packet
            n += 1

    def end_stalled(self) -> None:
        """Do nothing: no read takes long."""

    def close(self) -> None:
        """Stop the encoder."""
        self._container.close()


def parse_synthetic(url: str) -> StreetSource:
    """Return what a synthetic URL asks for; sizes are made even.

    Raises:
        SourceError: The URL names another scene or holds a bad value.
    """
    parts = urlsplit(url)
    if parts.netloc != "street":
        raise SourceError(f"{url}: the only synthetic scene is synthetic://street")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    try:
        seed, fps = int(query.pop("seed", "0")), float(query.pop("fps", "10"))
        width, height = (int(edge) & ~1 for edge in query.pop("size", "1280x720").split("x"))
        gop_s = float(query.pop("gop", GOP_S))
    except ValueError as error:
        raise SourceError(f"{url}: expected seed=1, fps=10, gop=2 and size=1280x720") from error
    clock = query.pop("clock", "start")
    if query:
        known = "seed, fps, size, gop and clock"
        raise SourceError(f"{url}: unknown parameter {next(iter(query))!r}; known are {known}")
    fits = 0 < fps <= 120 and 64 <= width <= MAX_EDGE and 64 <= height <= MAX_EDGE and seed >= 0
    if not fits or not 0 < gop_s <= MAX_GOP_S or clock not in ("start", "epoch"):
        raise SourceError(f"{url}: seed, fps, size, gop or clock is out of range")
    return StreetSource(seed, fps, width, height, gop_s, clock == "epoch")
