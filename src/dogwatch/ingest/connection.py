"""One connection of one input: its packets, repaired and placed in wall-clock time, as `Unit`s."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from dogwatch.errors import SourceError
from dogwatch.ingest.backlog import Drain, Read, arrivals
from dogwatch.ingest.counters import InputCounters
from dogwatch.media.audio import AudioPath, Loudness
from dogwatch.media.packets import VIDEO_TICKS, VIDEO_TIME_BASE, Tracks, Unit
from dogwatch.media.parameters import ParameterWatch
from dogwatch.media.source import Source
from dogwatch.media.source_errors import SourceStalledError
from dogwatch.media.timestamps import Repair, Timeline
from dogwatch.redact import redact_text

DEFAULT_FPS = 15.0
MAX_EARLY = 30  # pictures


class Connection:
    """Turns the packets of an open source into units.

    What comes in a heap at the beginning is collected first, and placed in time as a whole; see `backlog`.
    """

    def __init__(
        self, source: Source, timeline: Timeline, counters: InputCounters, loudness: Loudness | None, stall: float
    ) -> None:
        """Take over `source`.

        Args:
            source: Freshly opened.
            timeline: The input's, which runs on over connections.
            counters: The input's.
            loudness: Where decoded sound is measured, or None.
            stall: Seconds without video after which the connection counts as broken.
        """
        self._source, self._timeline, self._counters, self._stall = source, timeline, counters, stall
        self._repair = Repair(1 / (source.video.fps or DEFAULT_FPS))
        self._audio_repair = Repair(0.02)
        self._audio = AudioPath(source.audio_stream, loudness) if source.audio_stream is not None else None
        # Fractions cost more than all else that is done to a packet.
        self._scale = float(source.video_stream.time_base)
        self._audio_scale = float(source.audio_stream.time_base) if source.audio_stream is not None else 0.0
        # RTSP's first pictures may come before their timestamps are known: they wait for the first that has one.
        self._early: list[tuple[Any, float]] | None = []
        self._extradata, self._parameters = source.video.extradata, ParameterWatch(source.video)
        audio = self._audio
        self.tracks = Tracks(
            source.video_stream,
            audio.stream if audio is not None else None,
            audio_config=audio.config if audio is not None else None,
        )
        timeline.connect()

    def units(self) -> Iterator[Unit]:
        """Yield units as packets come.

        Raises:
            SourceError: The stream has broken off, has stalled, or has changed its parameters.
        """
        packets = self._source.packets()
        if self._source.live and not self._source.untimed:
            for packet, arrival in self._collect(packets):
                yield from self._unit(packet, arrival)
        seen = time.monotonic()
        for packet in packets:
            now = time.monotonic()
            if packet.stream is self._source.video_stream:
                seen = now
            else:
                self._check_stall(now - seen)
            yield from self._unit(packet, time.time())

    def _check_stall(self, waited: float) -> None:
        if waited > self._stall:
            raise SourceStalledError(f"sound came, but no picture for {self._stall:g} s")

    def _collect(self, packets: Iterator[Any]) -> list[tuple[Any, float]]:
        """Read packets up to the first that has to be waited for; return them with their likely arrivals."""
        drain = Drain(time.time())
        raw: list[Any] = []
        reads: list[Read] = []
        seen = time.monotonic()
        for packet in packets:
            video = packet.stream is self._source.video_stream
            stamp = packet.dts if packet.dts is not None else packet.pts
            scale = self._scale if video else self._audio_scale
            raw.append(packet)
            reads.append(Read(None if stamp is None else stamp * scale, time.time(), video))
            if drain.is_over(reads[-1]):
                break
            seen = time.monotonic() if video else seen
            self._check_stall(time.monotonic() - seen)
        return list(zip(raw, arrivals(reads), strict=True))

    def _unit(self, packet: Any, arrival: float) -> Iterator[Unit]:
        self._counters.bytes_in += packet.size
        if packet.stream is not self._source.video_stream:
            yield from self._sound(packet, arrival)
            return
        self._counters.packets += 1
        self._notice_change(packet)
        stamp = packet.dts if packet.dts is not None else packet.pts
        if self._early is not None:
            if stamp is None and len(self._early) < MAX_EARLY:
                self._early.append((packet, arrival))
                return
            early, self._early = self._early, None
            for n, (before, came) in enumerate(early):
                if stamp is not None:
                    before.dts = stamp - round((len(early) - n) * self._repair.usual / self._scale)
                yield from self._picture(before, came)
        yield from self._picture(packet, arrival)

    def _picture(self, packet: Any, arrival: float) -> Iterator[Unit]:
        dts, pts = self._times(packet, arrival, self._repair, self._scale)
        keyframe = bool(packet.is_keyframe)
        placed = self._timeline.video(dts, arrival, keyframe=keyframe)
        self._counters.repaired += self._repair.count
        self._repair.count = 0
        if placed is None:
            self._timeline.refused.note(dts, time.monotonic())
            return
        wall, jumped = placed
        missed = self._timeline.refused.take() if keyframe else 0.0
        shown = max(wall, self._timeline.wall(pts))
        length = packet.duration * self._scale or self._repair.usual
        packet.time_base = VIDEO_TIME_BASE
        packet.dts, packet.pts = round(wall * VIDEO_TICKS), round(shown * VIDEO_TICKS)
        packet.duration = max(1, round(length * VIDEO_TICKS))
        yield Unit(packet, True, keyframe, shown, wall, packet.size, jumped, missed)

    def _sound(self, packet: Any, arrival: float) -> Iterator[Unit]:
        if self._audio is None or not self._timeline.placed:
            return
        dts, _ = self._times(packet, arrival, self._audio_repair, self._audio_scale)
        rate = self.tracks.audio_rate
        for aac, at in self._audio.feed(packet, dts):
            wall = self._timeline.wall(at)
            length = float(aac.duration * aac.time_base) if aac.duration else 1024 / rate
            aac.time_base = self.tracks.audio_time_base
            aac.dts = aac.pts = round(wall * rate)
            aac.duration = max(1, round(length * rate))
            yield Unit(aac, False, True, wall, wall, aac.size)
        self._counters.repaired += self._audio_repair.count
        self._audio_repair.count = 0
        self._counters.audio_faults += self._audio.faults
        self._audio.faults = 0

    def _times(self, packet: Any, arrival: float, repair: Repair, scale: float) -> tuple[float, float]:
        if self._source.untimed:
            return repair.fix(arrival, arrival, arrival)
        dts, pts = packet.dts, packet.pts
        return repair.fix(None if dts is None else dts * scale, None if pts is None else pts * scale, arrival)

    def _notice_change(self, packet: Any) -> None:
        """Break off when the stream announces other decoder parameters: files and decoders must begin anew."""
        announced = (
            packet.has_sidedata("new_extradata") and bytes(packet.get_sidedata("new_extradata")) != self._extradata
        )
        if announced or (packet.is_keyframe and self._parameters.changed(packet)):
            raise SourceError(redact_text("the camera has changed its video settings"))
