"""Reads some seconds of a stream that may become a camera: its tracks, its rate, its keyframes and a picture of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import av

from dogwatch.errors import SourceError
from dogwatch.media import jpeg
from dogwatch.media.probe import MOST_PX, QUALITY, opened, track
from dogwatch.media.source import SourceRequest
from dogwatch.media.source_errors import SourceStalledError
from dogwatch.redact import redact_url

WIDEST_PX = 1280
LEAST_S = 0.5
"""From less footage than this, no rate is told."""
UNTIMED_PACKETS = 3
"""If so many have no time, the others will have none either."""


@dataclass(slots=True)
class StreamTrial:
    """What was read: `size_bytes` of all tracks, the times (s) of pictures and keyframes, and a picture as JPEG."""

    tracks: list[dict[str, Any]] = field(default_factory=list)
    width: int = 0
    height: int = 0
    size_bytes: int = 0
    times: list[float] = field(default_factory=list)
    keyframes: list[float] = field(default_factory=list)
    picture: bytes | None = None

    @property
    def seconds(self) -> float:
        """Seconds of footage between the first and the last picture."""
        return max(self.times) - min(self.times) if self.times else 0.0

    @property
    def bytes_per_second(self) -> float | None:
        """How much the stream sends; None if too little was read."""
        return self.size_bytes / self.seconds if self.seconds >= LEAST_S else None

    @property
    def fps(self) -> float | None:
        """Pictures a second; None if too little was read."""
        return (len(self.times) - 1) / self.seconds if self.seconds >= LEAST_S else None

    @property
    def keyframe_interval(self) -> float | None:
        """Seconds between keyframes on average; None with less than two of them."""
        count = len(self.keyframes) - 1
        return (max(self.keyframes) - min(self.keyframes)) / count if count > 0 else None


def try_stream(request: SourceRequest, seconds: float, *, picture: bool) -> StreamTrial:
    """Read about `seconds` of a stream with video; `picture` is whether one is decoded.

    It takes `request.timeout` and `seconds` together at most.

    Raises:
        SourceStalledError: Nothing came in time.
        SourceError: The stream cannot be opened or has no video.
    """
    late = time.monotonic() + request.timeout + seconds
    name = redact_url(request.url)
    found = StreamTrial()
    with opened(request) as container:
        if not container.streams.video:
            raise SourceError(f"{name}: it has no video")
        video = container.streams.video[0]
        if video.width * video.height > MOST_PX:
            raise SourceError(f"{name}: its pictures are too large")
        video.thread_type = "NONE"
        found.tracks = [track(index, stream) for index, stream in enumerate(container.streams)]
        found.width, found.height = video.width, video.height
        clock = _PacketClock()
        for packet in _packets(container, late, seconds):
            found.size_bytes += packet.size
            if packet.stream is video:
                _take(found, packet, clock.time_of(packet), picture=picture)
                if found.seconds >= seconds:
                    break
    if not found.times or (picture and found.picture is None):
        raise SourceStalledError(f"{name}: no picture came within {request.timeout + seconds:g} s")
    return found


class _PacketClock:
    """Tells the times of video packets: their own, or those of their arrival if the first ones have none.

    The first packet over RTSP may have none though the others do; it is left out.
    """

    def __init__(self) -> None:
        self._first: float | None = None
        self._arrivals = False
        self._count = 0

    def time_of(self, packet: Any) -> float | None:
        """Return the time of the next packet in seconds; None if it is not known."""
        stamp = packet.pts if packet.pts is not None else packet.dts
        self._count += 1
        if self._first is None and self._count > UNTIMED_PACKETS:
            self._arrivals = True
        if self._arrivals:
            return time.monotonic()
        if stamp is None:
            return None
        if self._first is None:
            self._first = float(stamp * packet.time_base)
        return float(stamp * packet.time_base)


def _packets(container: Any, late: float, seconds: float) -> Iterator[Any]:
    """Yield packets with data, of `seconds` after the first one and no longer than until `late` (monotonic s)."""
    end = late
    for number, packet in enumerate(container.demux()):
        now = time.monotonic()
        if not number:
            end = min(late, now + seconds + LEAST_S)
        if packet.size:
            yield packet
        if now > end:
            return


def _take(found: StreamTrial, packet: Any, at: float | None, *, picture: bool) -> None:
    if at is not None:
        found.times.append(at)
        if packet.is_keyframe:
            found.keyframes.append(at)
    if not picture or found.picture is not None:
        return
    try:
        frames = packet.decode()
    except av.error.InvalidDataError:  # a later picture will do
        return
    for frame in frames:
        scale = min(1.0, WIDEST_PX / frame.width)
        width, height = (max(2, round(side * scale / 2) * 2) for side in (frame.width, frame.height))
        small = frame.reformat(width=width, height=height, format="bgr24")
        found.picture = jpeg.encode(small.to_ndarray(), QUALITY)
        return
