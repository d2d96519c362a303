"""Selects the pictures of a stream for detection, and decodes as little as possible for them.

While any reader wants every frame, all packets are decoded and pictures are published at the detect rate. At first, and
while the picture is quiet, only keyframes are decoded, and published as probes. When a probe shows activity, the
packets since the last quiet probe are decoded first, so that the analysis gets the same pictures as with full decoding.

If keyframes are further apart than `LONGEST_GOP_S`, a person could come and go between two of them, and would be
reported too late: such a stream is always decoded fully. So is one whose keyframes are no pictures alone, because the
camera renews the picture bit by bit.

There is no thread and no clock here, so a live camera and `dogwatch replay` select the same pictures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from dogwatch.media.decode import VideoDecoder, time_of
from dogwatch.media.packets import Unit, VideoInfo
from dogwatch.media.random_access import is_closed_gop_start
from dogwatch.workers.ingest.counters import Counters
from dogwatch.workers.ingest.gops import GopBuffer
from dogwatch.workers.ingest.grid import DetectGrid

PROBE_EVERY_S = 0.9
LONGEST_GOP_S = 5.0
NO_PICTURES = 2  # after so many keyframes in a row without a picture and without an error, no others are expected


@dataclass(frozen=True, slots=True)
class DecoderSettings:
    """See `IngestSpec`; with `idle_after` 0 everything is always decoded."""

    fps: float
    idle_after: float
    detect: bool
    deblock: bool = False


class PictureSink(Protocol):
    """Takes pictures, and tells which are wanted."""

    @property
    def consumed(self) -> int:
        """The number of the newest picture that the analysis has taken, -1 before the first."""
        ...

    def publish(self, frame: Any, at: float, *, keyframe: bool, probe: bool) -> int:
        """Take a picture with the time `at` (epoch s) and return its number; -1 if it could not be taken."""
        ...

    def demanded(self) -> bool:
        """Whether a reader has asked for every picture."""
        ...

    def wait_for_room(self) -> bool:
        """Wait until a picture can be taken without loss; False if that takes too long."""
        ...


class PictureSelector:
    """Decodes the packets of one camera, connection after connection. For one thread."""

    def __init__(self, settings: DecoderSettings, sink: PictureSink, counters: Counters) -> None:
        """Publish to `sink`."""
        self._settings, self._sink, self._counters = settings, sink, counters
        self._slot = DetectGrid(settings.fps).slot
        self._decoder: VideoDecoder | None = None
        self._gops = GopBuffer()
        self._synced = False
        self._uneven = False  # whether a packet of this connection did not complete a picture
        self._unneeded: frozenset[float] = frozenset()
        self._published_until = -math.inf
        self._seen_slot: int | None = None
        self._probe_time = -math.inf
        self._keyframe_dts = math.inf  # none yet, in this connection
        self._gop_s = 0.0
        self._intra = False
        self._pictureless = 0  # how many keyframes have been no pictures, in a row
        self._stale = False  # whether the decoder is not what the settings want
        self.video: VideoInfo | None = None
        self.full = False
        self.detect = settings.detect

    def configure(self, settings: DecoderSettings) -> None:
        """Continue with other `settings`; another decoder begins with the next keyframe."""
        if settings.fps != self._settings.fps:
            self._slot, self._seen_slot = DetectGrid(settings.fps).slot, None
        self._stale = self._stale or settings.deblock != self._settings.deblock
        self._settings, self.detect = settings, settings.detect

    @property
    def decoding(self) -> bool:
        """Whether a stream is being decoded."""
        return self._decoder is not None

    def begin(self, video: VideoInfo) -> None:
        """Start decoding a stream with the parameters of `video`."""
        self.video, self._intra = video, video.codec == "mjpeg"
        self.restart()

    def restart(self) -> None:
        """Start a new decoder for the same stream."""
        self.stop()
        if self.video is not None:
            self._renew(self.video)

    def stop(self) -> None:
        """Decode nothing until `begin` or `restart`."""
        self._decoder = None
        self._gops.clear()
        self.full = self._synced = self._uneven = False
        self._keyframe_dts, self._gop_s, self._pictureless = math.inf, 0.0, 0

    def take(self, unit: Unit) -> None:
        """Decode `unit`, a video packet, if it is needed."""
        if self._decoder is None:
            return
        if self._stale and unit.keyframe and self.video is not None:
            self._renew(self.video)
        if unit.jumped:
            self._published_until, self._seen_slot = -math.inf, None
            self._gops.clear()
        rare = self._keyframes_are_rare(unit)
        wanted = self._wants_full() or (self.detect and rare) or self._pictureless >= NO_PICTURES
        if wanted and not self.full:
            self._catch_up()
        elif self.full and not wanted:
            self.full = False
            self._decoder.restart()
        # In streams of keyframes only, such as MJPEG, not every picture is a probe.
        probe = unit.keyframe and not 0 <= unit.time - self._probe_time < PROBE_EVERY_S
        if probe:
            self._probe_time = unit.time
        if self.full and probe:
            self._gops.clear()  # decoded already: should the picture become quiet now, this GOP is enough
        self._gops.add(unit, self._sink.consumed, starts=probe)
        if self.full:
            if unit.dts not in self._unneeded:
                self._decode(unit)
        elif probe:
            self._probe(unit)

    def catch_up_if_wanted(self) -> None:
        """Decode the kept packets if every picture is wanted since the last packet."""
        if not self.full and self._decoder is not None and self._sink.demanded() and self._wants_full():
            self._catch_up()

    def look_ahead(self, waiting: Iterable[Unit], *, reordered: bool) -> None:
        """Find which of the `waiting` packets no due picture needs: the last ones before the start of a closed GOP.

        That cannot be told if pictures come out later than their packets (`reordered`), or take two packets each.
        """
        self._unneeded = frozenset()
        if not self.full or reordered or self._uneven or self.video is None:
            return
        found: set[float] = set()
        tail: list[float] = []
        slot = self._seen_slot
        for unit in waiting:
            before, slot = slot, self._slot(unit.time)
            if unit.keyframe and tail and is_closed_gop_start(self.video, unit.packet):
                found.update(tail)
            if unit.keyframe or slot != before:
                tail.clear()
            else:
                tail.append(unit.dts)
        self._unneeded = frozenset(found)

    def _renew(self, video: VideoInfo) -> None:
        self._decoder, self._stale = VideoDecoder(video, deblock=self._settings.deblock), False

    def _wants_full(self) -> bool:
        return (self.detect and self._settings.idle_after <= 0) or self._sink.demanded()

    def _keyframes_are_rare(self, unit: Unit) -> bool:
        """Whether the last two keyframes, or the last one and `unit`, are further apart than `LONGEST_GOP_S`."""
        since = unit.dts - self._keyframe_dts
        if unit.keyframe:
            self._keyframe_dts, self._gop_s = unit.dts, since
        return max(since, self._gop_s) > LONGEST_GOP_S

    def _decode(self, unit: Unit, *, after: float = -math.inf) -> None:
        """Decode a packet; publish its pictures if they are due, no probes, and later than `after`."""
        if not self._synced and not unit.keyframe:
            return
        self._synced = True
        if self._intra and self._slot(unit.time) == self._seen_slot:
            return  # not due, and no other picture needs it
        assert self._decoder is not None  # noqa: S101 - `take` has checked
        decoded = self._counters.decoded
        for frame in self._decoder.decode(unit):
            self._counters.decoded += 1
            at = time_of(frame, unit)
            if self._is_due(at) and at > max(after, self._published_until):
                self._publish(frame, at)
        self._uneven = self._uneven or self._counters.decoded == decoded

    def _publish(self, frame: Any, at: float) -> None:
        self._sink.publish(frame, at, keyframe=bool(frame.key_frame), probe=False)
        self._published_until = at

    def _is_due(self, at: float) -> bool:
        """Whether the picture at `at` is the first in its slot of the detect rate's grid."""
        slot = self._slot(at)
        before, self._seen_slot = self._seen_slot, slot
        return before is None or slot > before

    def _probe(self, unit: Unit) -> None:
        assert self._decoder is not None  # noqa: S101 - `take` has checked
        self._synced = False
        decoded, faults = self._counters.decoded, self._decoder.faults
        for frame in self._decoder.decode_alone(unit):
            self._counters.decoded += 1
            seq = self._sink.publish(frame, time_of(frame, unit), keyframe=True, probe=True)
            if seq >= 0:
                self._gops.probed(seq)
        if self._decoder.faults == faults:
            self._pictureless = self._pictureless + 1 if self._counters.decoded == decoded else 0

    def _catch_up(self) -> None:
        """Decode the kept packets, from the last quiet keyframe on, at the pace of the analysis."""
        self.full = True
        assert self._decoder is not None  # noqa: S101 - the callers have checked
        self._decoder.restart()
        self._synced, self._seen_slot = False, None
        kept = self._gops.units()
        if not kept:
            return
        after = max(self._published_until, kept[0].time)
        patient = True
        for unit in kept:
            if patient:
                patient = self._sink.wait_for_room()
            self._decode(unit, after=after)
