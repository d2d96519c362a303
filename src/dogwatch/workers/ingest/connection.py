"""Turns the packets of one connection into `Unit`s: with repaired timestamps, in wall-clock time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from dogwatch.media.audio import AAC_FRAME, AudioPath, Loudness
from dogwatch.media.configuration_record import configuration_record
from dogwatch.media.packets import COPIED_AUDIO, VIDEO_TICKS, VIDEO_TIME_BASE, Tracks, Unit, VideoInfo, clone, join
from dogwatch.media.source import Source
from dogwatch.media.source_errors import SourceStalledError
from dogwatch.media.stream_changes import StreamChangeDetector
from dogwatch.media.timeline import Timeline
from dogwatch.media.timestamp_repair import MAX_REORDER, TimestampRepair, dts_of, earlier_dts, reorder_depth
from dogwatch.workers.ingest.backlog import BacklogDetector, ReadPacket, arrivals
from dogwatch.workers.ingest.counters import InputCounters

DEFAULT_FPS = 15.0
MAX_EARLY = 30  # pictures without any timestamps, at the beginning
ParametersChanged = Callable[[Tracks, VideoInfo], None]
OwnSound = Callable[[Unit], None]


class InputConnection:
    """Turns the packets of an open source into units.

    The backlog at the beginning is collected first, and placed in time as a whole; see `backlog`. `tracks` and `video`
    are the stream's present parameters: those at the start, until the stream changes them.
    """

    def __init__(
        self,
        source: Source,
        timeline: Timeline,
        counters: InputCounters,
        loudness: Loudness | None,
        stall: float,
        changed: ParametersChanged | None = None,
        own_sound: OwnSound | None = None,
    ) -> None:
        """Take over `source`.

        Args:
            source: A source that was just opened.
            timeline: The input's, which continues over connections.
            counters: The input's.
            loudness: Measures decoded sound, if not None.
            stall: Seconds without video after which the connection counts as broken.
            changed: Called when the stream changes its parameters, before the keyframe that has the new ones.
            own_sound: Takes sound as the camera sends it, before the units of the AAC that is made of it; called only
                if any is made, see `Tracks.own_sound`.
        """
        self._source, self._timeline, self._counters, self._stall = source, timeline, counters, stall
        self._repair = TimestampRepair(1 / (source.video.fps or DEFAULT_FPS))
        self._audio_repair = TimestampRepair(0.02)
        sound, self._announced = source.audio_stream, source.announced
        self._audio = AudioPath(sound, loudness, announced=source.announced) if sound is not None else None
        # Arithmetic with Fractions would take longer than all other work on a packet.
        self._scale = float(source.video_stream.time_base)
        self._audio_scale = float(source.audio_stream.time_base) if source.audio_stream is not None else 0.0
        self._changes, self._changed = StreamChangeDetector(source.video), changed
        self._sound_ticks = self._own_ticks = 0
        transcodes = self._audio is not None and not self._audio.copies
        # AAC that cannot be copied lacks its configuration, without which no player takes it.
        self._own = source.audio if transcodes and source.audio and source.audio.codec != COPIED_AUDIO else None
        self._take_own = own_sound if self._own is not None else None
        self._pending_sets: Any | None = None  # a packet of parameter sets alone, to be joined with the next picture
        self.video = source.video
        self.tracks = self._make_tracks(None)
        timeline.connect(time.time() - time.monotonic())

    def _make_tracks(self, video: VideoInfo | None) -> Tracks:
        audio = self._audio
        return Tracks(
            self._source.video_stream,
            audio.stream if audio is not None else None,
            audio_config=audio.config if audio is not None else None,
            changed=video,
            own_sound=self._own,
        )

    def units(self) -> Iterator[Unit]:
        """Yield units as packets come.

        Raises:
            SourceError: The stream has ended or stalled.
        """
        packets = self._source.packets()
        if self._source.live and not self._source.untimed:
            collected = self._collect(packets)
            epoch = time.time() - time.monotonic()
            for packet, arrival in collected:
                yield from self._units(packet, arrival, arrival - epoch)
        seen = time.monotonic()
        for packet in packets:
            now = time.monotonic()
            if packet.stream is self._source.video_stream:
                seen = now
            else:
                self._check_stall(now - seen)
            yield from self._units(packet, time.time(), now)

    def _check_stall(self, waited: float) -> None:
        if waited > self._stall:
            raise SourceStalledError(f"sound came, but no picture for {self._stall:g} s")

    def _collect(self, packets: Iterator[Any]) -> list[tuple[Any, float]]:
        """Read the backlog, up to the first packet for which reading waited; return it with estimated arrivals."""
        detector = BacklogDetector(time.time())
        raw: list[tuple[Any, float]] = []
        early: list[Any] = []
        over = filled = False
        seen = time.monotonic()
        for packet in packets:
            read = self._read(packet, time.time())
            raw.append((packet, read.time))
            over = detector.is_over(read) or over
            if read.video and not filled:
                filled = self._filled(early, packet)
            if over and filled:
                break
            seen = time.monotonic() if read.video else seen
            self._check_stall(time.monotonic() - seen)
        reads = [self._read(packet, at) for packet, at in raw]
        return list(zip((packet for packet, _ in raw), arrivals(reads), strict=True))

    def _read(self, packet: Any, at: float) -> ReadPacket:
        video = packet.stream is self._source.video_stream
        stamp = packet.dts if packet.dts is not None else packet.pts
        scale = self._scale if video else self._audio_scale
        return ReadPacket(None if stamp is None else stamp * scale, at, video)

    def _filled(self, early: list[Any], packet: Any) -> bool:
        """Fill in the missing timestamps of the first pictures over RTSP; return whether that is done.

        Their timestamps are unknown before the first RTCP sender report, and libav does not know a dts before it has
        read as many pictures as are reordered. They are computed from the first picture that has a dts; `early`
        collects the pictures until then.
        """
        early.append(packet)
        shown = [one.pts for one in early]
        known = [pts for pts in shown if pts is not None]
        if packet.dts is None and len(known) <= MAX_REORDER and len(early) - len(known) < MAX_EARLY:
            return False
        step, depth = max(1, round(self._repair.usual / self._scale)), reorder_depth(known)
        if known and shown[0] is None:
            untold = next(n for n, pts in enumerate(shown) if pts is not None)
            for n, one in enumerate(early[:untold]):  # pictures before the first with a pts
                one.pts = shown[n] = min(known) - (untold - n) * step
            known = [pts for pts in shown if pts is not None]
        if packet.dts is not None:
            self._repair.depth = max(depth, len(known) - 1)
            found = [*earlier_dts(shown[:-1], packet.dts, step), packet.dts]
        elif len(known) < len(early):
            return True  # some pts are missing in between: `TimestampRepair` handles each packet
        else:  # the stream will never have a dts
            self._repair.follow([pts * self._scale for pts in known], depth)
            found = dts_of(known, depth, step)
        for one, dts in zip(early, found, strict=True):
            one.dts = dts
        return True

    def _units(self, packet: Any, arrival: float, monotonic: float) -> Sequence[Unit]:
        """Return the units of a packet that came at `arrival` (epoch s), or `monotonic` in monotonic seconds."""
        self._counters.bytes_in += packet.size
        if packet.stream is self._source.video_stream:
            self._counters.packets += 1
            return self._picture(packet, arrival, monotonic)
        return self._sound(packet, monotonic)

    def _picture(self, packet: Any, arrival: float, monotonic: float) -> Sequence[Unit]:
        if self._pending_sets is not None:
            packet, self._pending_sets = join(self._pending_sets, packet), None
        keyframe = self._begins(packet)
        if keyframe is None:
            self._pending_sets = packet
            return ()
        dts, pts = self._times(packet, monotonic, self._repair, self._scale)
        if keyframe:
            self._timeline.check_clock(dts, arrival, arrival - monotonic)
        placed = self._timeline.video(dts, arrival, keyframe=keyframe)
        self._counters.repaired += self._repair.count
        self._repair.count = 0
        if placed is None:
            self._timeline.refused.note(dts, time.monotonic())
            return ()
        wall, jumped = placed
        missed = self._timeline.refused.take() if keyframe else 0.0
        if jumped:
            self._sound_ticks = self._own_ticks = 0
        length = 0 if self._source.untimed else packet.duration * self._scale
        packet.time_base = VIDEO_TIME_BASE
        # Units have the same times as the file: whole ticks, so that no two packets have the same time.
        ticks = packet.dts = round(wall * VIDEO_TICKS)
        shown = packet.pts = max(ticks, round(self._timeline.wall(pts) * VIDEO_TICKS))
        packet.duration = max(1, round((length or self._repair.usual) * VIDEO_TICKS))
        return (Unit(packet, True, keyframe, shown / VIDEO_TICKS, wall, packet.size, jumped, missed),)

    def _sound(self, packet: Any, monotonic: float) -> Sequence[Unit]:
        if self._audio is None or not self._timeline.placed:
            return ()
        dts, _ = self._times(packet, monotonic, self._audio_repair, self._audio_scale)
        rate, units = self.tracks.audio_rate, []
        if self._take_own is not None:
            self._take_own(self._own_unit(packet, dts))
        ready = self._audio.feed(packet, dts)
        scale = self._audio_scale if self._audio.copies else 1 / rate
        for aac, at in ready:
            wall = self._timeline.wall(at)
            length = aac.duration * scale if aac.duration else AAC_FRAME / rate
            aac.time_base = self.tracks.audio_time_base
            aac.dts = aac.pts = self._sound_ticks = max(round(wall * rate), self._sound_ticks + 1)
            aac.duration = max(1, round(length * rate))
            units.append(Unit(aac, False, True, wall, wall, aac.size))
        self._counters.repaired += self._audio_repair.count
        self._audio_repair.count = 0
        self._counters.audio_faults += self._audio.faults
        self._audio.faults = 0
        return units

    def _own_unit(self, packet: Any, at: float) -> Unit:
        """Return sound of the stream time `at` (s) as the camera has sent it; the packet itself stays as it is."""
        assert self._own is not None  # noqa: S101 - asked for only then
        rate, wall = self._own.rate, self._timeline.wall(at)
        own = clone(packet, Fraction(1, rate))
        own.dts = own.pts = self._own_ticks = max(round(wall * rate), self._own_ticks + 1)
        return Unit(own, False, True, wall, wall, packet.size)

    def _times(self, packet: Any, monotonic: float, repair: TimestampRepair, scale: float) -> tuple[float, float]:
        if self._source.untimed:
            return repair.fix(monotonic, monotonic, monotonic)
        dts, pts = packet.dts, packet.pts
        return repair.fix(None if dts is None else dts * scale, None if pts is None else pts * scale, monotonic)

    def _begins(self, packet: Any) -> bool | None:
        """Whether a recording can begin with a packet, None if it has no picture; handle changed parameters."""
        changes = self._changes
        if not packet.is_keyframe and not (self._announced and packet.has_sidedata("new_extradata")):
            return None if changes.is_without_picture(packet) else False
        if changes.detect(packet):
            self._change()
        if changes.without_picture:
            return None
        if changes.continues_picture:
            packet.is_keyframe = False
        return bool(packet.is_keyframe)

    def _change(self) -> None:
        video = self._changes.info
        tracks = self._make_tracks(video)
        record = configuration_record(self._source.video, tracks)
        if record:
            video = replace(video, extradata=record)
            tracks = self._make_tracks(video)
        self.video, self.tracks = video, tracks
        if self._changed is not None:
            self._changed(tracks, video)
