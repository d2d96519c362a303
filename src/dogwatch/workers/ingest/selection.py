"""Selects the pictures of a stream for detection, and decodes as little as possible for them.

While any reader wants every frame, pictures are published at the detect rate. Packets are kept until a picture is due,
and decoded with it in one burst. Those that a closed GOP follows instead are not decoded, because no due picture needs
them. At first, and while the picture is quiet, only keyframes are decoded, and published as probes. When a probe shows
activity, the packets since the last quiet probe are decoded first, so that the analysis gets the same pictures as with
full decoding.

If keyframes are further apart than `LONGEST_GOP_S`, a person could come and go between two of them, and would be
reported too late: such a stream is always decoded fully. So is one whose keyframes are no pictures alone, because the
camera renews the picture bit by bit.

There is no thread and no clock here, so a live camera and `dogwatch replay` select the same pictures.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Any, Protocol

from dogwatch.media.decode import VideoDecoder, time_of
from dogwatch.media.packets import Unit, VideoInfo
from dogwatch.media.random_access import INTRA_CODECS, is_closed_gop_start, is_reference
from dogwatch.workers.ingest.counters import Counters
from dogwatch.workers.ingest.gops import GopBuffer
from dogwatch.workers.ingest.grid import DetectGrid

PROBE_EVERY_S = 0.9
LONGEST_GOP_S = 5.0
BURST_S = 0.25  # of video: more is decoded before the next picture is due, which would come too late otherwise
KEPT_UNITS, KEPT_BYTES = 32, 8 << 20  # more packets are never kept
DUE_PICTURES = 16  # for which the decoder may need more packets than their own
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
        self._grid = DetectGrid(settings.fps)
        self._decoder: VideoDecoder | None = None
        self._gops = GopBuffer()
        self._synced = False
        self._kept: list[Unit] = []  # to be decoded with the next picture that is due
        self._due: deque[float] = deque(maxlen=DUE_PICTURES)  # times of pictures that are due
        self._prompt = self._reordered = False
        self._whole = False  # whether each packet since the last closed GOP began has completed its own picture
        self._published_until = -math.inf
        self._probe_time = -math.inf
        self._keyframe_dts = math.inf  # none yet, in this connection
        self._gop_s = 0.0
        self._pictureless = 0  # how many keyframes have been no pictures, in a row
        self._stale = False  # whether the decoder is not what the settings want
        self.video: VideoInfo | None = None
        self.full = False
        self.detect = settings.detect

    def configure(self, settings: DecoderSettings) -> None:
        """Continue with other `settings`; another decoder begins with the next keyframe."""
        if settings.fps != self._settings.fps:
            self._grid = DetectGrid(settings.fps)
        self._stale = self._stale or settings.deblock != self._settings.deblock
        self._settings, self.detect = settings, settings.detect

    @property
    def decoding(self) -> bool:
        """Whether a stream is being decoded."""
        return self._decoder is not None

    @property
    def prompt(self) -> bool:
        """Whether the last packet decoded has completed its own picture, as it does unless pictures are reordered."""
        return self._prompt and not self._reordered

    def begin(self, video: VideoInfo) -> None:
        """Start decoding a stream with the parameters of `video`."""
        self.video = video
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
        self._forget_kept()
        self.full = self._synced = self._prompt = self._reordered = False
        self._keyframe_dts, self._gop_s, self._pictureless = math.inf, 0.0, 0

    def take(self, unit: Unit) -> None:
        """Decode `unit`, a video packet, if it is needed."""
        if self._decoder is None:
            return
        if self._stale and unit.keyframe and self.video is not None:
            self._renew(self.video)
        if unit.jumped:
            self._published_until = -math.inf
            self._grid.restart()
            self._gops.clear()
        rare = self._keyframes_are_rare(unit)
        wanted = self._wants_full() or (self.detect and rare) or self._pictureless >= NO_PICTURES
        if wanted and not self.full:
            self._catch_up()
        elif self.full and not wanted:
            self.full = False
            self._forget_kept()
            self._decoder.restart()
        # In streams of keyframes only, such as MJPEG, not every picture is a probe.
        probe = unit.keyframe and not 0 <= unit.time - self._probe_time < PROBE_EVERY_S
        if probe:
            self._probe_time = unit.time
        if self.full and probe:
            self._gops.clear()  # decoded already: should the picture become quiet now, this GOP is enough
        self._gops.add(unit, self._sink.consumed, starts=probe)
        if self.full:
            self._take_full(unit)
        elif probe:
            self._probe(unit)

    def catch_up_if_wanted(self) -> None:
        """Decode the kept packets if every picture is wanted since the last packet."""
        if not self.full and self._decoder is not None and self._sink.demanded() and self._wants_full():
            self._catch_up()

    def _renew(self, video: VideoInfo) -> None:
        self._decoder, self._stale = VideoDecoder(video, deblock=self._settings.deblock), False
        self._kept.clear()

    def _forget_kept(self) -> None:
        self._kept.clear()
        self._due.clear()
        self._grid.restart()

    def _wants_full(self) -> bool:
        return (self.detect and self._settings.idle_after <= 0) or self._sink.demanded()

    def _keyframes_are_rare(self, unit: Unit) -> bool:
        """Whether the last two keyframes, or the last one and `unit`, are further apart than `LONGEST_GOP_S`."""
        since = unit.dts - self._keyframe_dts
        if unit.keyframe:
            self._keyframe_dts, self._gop_s = unit.dts, since
        return max(since, self._gop_s) > LONGEST_GOP_S

    def _take_full(self, unit: Unit) -> None:
        """Decode `unit` with the packets kept before it if its picture is due; keep it otherwise."""
        if not self._synced and not unit.keyframe:
            return
        self._synced = True
        self._reordered = self._reordered or unit.time > unit.dts
        due = not self._reordered and self._grid.is_due(unit.time, keyframe=unit.keyframe)
        if due:
            self._due.append(unit.time)
        assert self.video is not None  # noqa: S101 - there is a decoder
        intra = self.video.codec in INTRA_CODECS
        if unit.keyframe and (intra or is_closed_gop_start(self.video, unit.packet)):
            self._kept.clear()
            self._whole = True
        if not due and not self._reordered and self._whole and not is_reference(self.video, unit.packet):
            return
        self._kept.append(unit)
        if due or not self.prompt or self._has_kept_enough(unit):
            kept, self._kept = self._kept, []
            for one in kept:
                self._decode(one)

    def _has_kept_enough(self, unit: Unit) -> bool:
        """Whether the kept packets, of which `unit` is the last, are too many to be decoded with the next due picture.

        They are not if the next keyframe is expected before it, because they will not be needed then.
        """
        if len(self._kept) >= KEPT_UNITS or sum(one.size for one in self._kept) >= KEPT_BYTES:
            return True
        due, keyframe = self._grid.after(unit.time), self._keyframe_dts + self._gop_s
        if unit.time - self._kept[0].time < BURST_S or due - unit.time > BURST_S:
            return False
        return not unit.time < keyframe <= due + 2 * self._grid.early

    def _decode(self, unit: Unit) -> None:
        """Decode a packet, and publish its pictures that are due and later than those published before."""
        assert self._decoder is not None  # noqa: S101 - `take` has checked
        self._prompt = False
        for frame in self._decoder.decode(unit):
            self._counters.decoded += 1
            at = time_of(frame, unit)
            self._prompt = self._prompt or at == unit.time
            # Reordered pictures are chosen in the order in which they are shown, not in that of their packets.
            due = at in self._due or (self._reordered and self._grid.is_due(at, keyframe=bool(frame.key_frame)))
            if due and at > self._published_until:
                self._publish(frame, at)
        self._whole = self._whole and self._prompt

    def _publish(self, frame: Any, at: float) -> None:
        self._sink.publish(frame, at, keyframe=bool(frame.key_frame), probe=False)
        self._published_until = at

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
        self._forget_kept()
        self._synced = False
        kept = self._gops.units()
        if not kept:
            return
        self._published_until = max(self._published_until, kept[0].time)
        patient = True
        for unit in kept:
            if patient:
                patient = self._sink.wait_for_room()
            self._take_full(unit)
