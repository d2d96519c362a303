"""One connection of one input: its packets, repaired and placed in wall-clock time, as `Unit`s."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from dogwatch.errors import SourceError
from dogwatch.ingest.counters import InputCounters
from dogwatch.media.audio import AudioPath, Loudness
from dogwatch.media.packets import VIDEO_TICKS, VIDEO_TIME_BASE, Tracks, Unit
from dogwatch.media.source import Source
from dogwatch.media.timestamps import Repair, Timeline
from dogwatch.redact import redact_text

BACKLOG_S = 15.0  # of stream time; more than this at once is not a backlog
DEFAULT_FPS = 15.0
MAX_EARLY = 30  # pictures


class Connection:
    """Turns the packets of an open source into units.

    A server's or libav's backlog comes faster than real time at the beginning. It is collected first, and placed
    before the moment at which it ended, because its last packet is the one with a true arrival.
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
        self._extradata = source.video.extradata
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
            backlog: list[tuple[Any, float]] = []
            last = self._collect(packets, backlog)
            for packet, arrival in backlog:
                yield from self._unit(packet, arrival)
            if last is not None:
                yield from self._unit(last, time.time())
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
            self._counters.stalls += 1
            raise SourceError(f"sound came, but no picture for {self._stall:g} s")

    def _collect(self, packets: Iterator[Any], backlog: list[tuple[Any, float]]) -> Any | None:
        """Fill `backlog` with packets and their likely arrivals; return the first packet that had to be waited for."""
        raw: list[tuple[Any, float]] = []
        first = before = None
        clock = time.monotonic()
        last: Any | None = None
        for packet in packets:
            now = time.monotonic()
            stamp = packet.dts if packet.dts is not None else packet.pts
            video = packet.stream is self._source.video_stream
            at = float(stamp * packet.time_base) if stamp is not None else before or 0.0
            if not video:
                self._check_stall(now - clock)
            else:
                waited, clock = now - clock, now
                step = 0.0 if before is None else at - before
                first, before = at if first is None else first, at
                if (step > 0 and waited > step / 2) or not 0 <= at - first < BACKLOG_S:
                    last = packet
                    break
            raw.append((packet, at))
        ended = time.time()
        if last is not None and raw:
            # The packet that was waited for is on time: what came before lies before it by its own timestamps.
            stamp = last.dts if last.dts is not None else last.pts
            now_at = float(stamp * last.time_base) if stamp is not None else raw[-1][1]
            backlog += [(packet, ended - max(0.0, min(BACKLOG_S, now_at - at))) for packet, at in raw]
        else:
            backlog += [(packet, ended) for packet, _ in raw]
        return last

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
            return
        wall, jumped = placed
        shown = max(wall, self._timeline.wall(pts))
        length = packet.duration * self._scale or self._repair.usual
        packet.time_base = VIDEO_TIME_BASE
        packet.dts, packet.pts = round(wall * VIDEO_TICKS), round(shown * VIDEO_TICKS)
        packet.duration = max(1, round(length * VIDEO_TICKS))
        yield Unit(packet, True, keyframe, shown, wall, packet.size, jumped)

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
        if packet.has_sidedata("new_extradata") and bytes(packet.get_sidedata("new_extradata")) != self._extradata:
            raise SourceError(redact_text("the camera has changed its video settings"))
