"""Turns the packets of a film into units at the time at which it was taken."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dogwatch.media.audio import Loudness
from dogwatch.media.film_source import FilmSource
from dogwatch.media.packets import Unit
from dogwatch.media.timeline import Timeline
from dogwatch.media.timestamp_repair import BACKWARD_S
from dogwatch.workers.ingest.connection import DEFAULT_FPS, InputConnection, ParametersChanged
from dogwatch.workers.ingest.counters import InputCounters


class FilmConnection(InputConnection):
    """An `InputConnection` in whose packets the time of the film takes the place of their arrival."""

    def __init__(self, source: FilmSource, shift: float, loudness: Loudness | None, changed: ParametersChanged) -> None:
        """Take over `source`, whose own times are `shift` s before those at which it was taken (epoch s)."""
        super().__init__(source, FilmTimeline(), InputCounters(), loudness, math.inf, changed)
        self._film, self._shift = source, shift
        usual = 1 / (source.video.fps or DEFAULT_FPS)
        self._clocks = {True: _Steady(usual), False: _Steady(0.02)}

    def units(self) -> Iterator[Unit]:
        """Yield the units of the whole film."""
        for packet in self._timed():
            video = packet.stream is self._film.video_stream
            at = self._clocks[video].at(packet, self._scale if video else self._audio_scale)
            yield from self._units(packet, at + self._shift, at)

    def _timed(self) -> Iterator[Any]:
        """Yield all packets. The first pictures may lack a dts, as in Matroska: those that follow tell it."""
        packets, early, held = self._film.packets(), list[Any](), list[Any]()
        for packet in packets:
            held.append(packet)
            if packet.stream is self._film.video_stream and self._filled(early, packet):
                break
        yield from held
        yield from packets


class FilmTimeline(Timeline):
    """A timeline whose clock runs as that of the film: nothing arrives late, and nobody sets it."""

    def check_clock(self, dts: float, arrival: float, epoch: float) -> None:
        """Find nothing amiss."""

    def video(self, dts: float, arrival: float, *, keyframe: bool) -> tuple[float, bool]:  # noqa: ARG002 - as `Timeline`
        """Place a video packet; `arrival` is when it was taken (epoch s)."""
        if self._fresh:
            self.offset, self._fresh = arrival - dts, False
        return self._place(dts, may_fall=False), False


@dataclass(slots=True)
class _Steady:
    """The time of one track (s), which goes on where its timestamps begin again, as in joined transport streams."""

    usual: float
    last: float | None = None
    moved: float = 0.0

    def at(self, packet: Any, scale: float) -> float:
        stamp = packet.dts if packet.dts is not None else packet.pts
        time = (self.last or 0.0) + self.usual if stamp is None else stamp * scale + self.moved
        if self.last is not None and time < self.last - BACKWARD_S:
            self.moved += self.last + self.usual - time
            time = self.last + self.usual
        self.last = time
        return time
