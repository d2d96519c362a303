"""Decodes what vision needs, and no more, in a thread of its own.

While anybody wants every frame, all packets are decoded and frames are published at the detect rate. While the
picture is quiet, only keyframes are decoded, and published as probes. When a probe makes vision want everything
again, the packets since the last probe that showed nothing are decoded first, so that vision gets the very frames
that it would have got.

Packets wait until a picture is due that needs them, and are then decoded in one burst: with a third of the wake-ups
and with warm caches that costs a tenth less. Those between the last picture that is due and a keyframe that begins
afresh are needed by none, and are left out.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass
from typing import Any

from dogwatch.ingest.counters import Counters
from dogwatch.ingest.frames import FramePublisher
from dogwatch.ingest.gops import GopBuffer
from dogwatch.ingest.grid import DetectGrid
from dogwatch.ingest.queue import ByteQueue
from dogwatch.media.decode import VideoDecoder, time_of
from dogwatch.media.entry import begins_afresh
from dogwatch.media.packets import Tracks, Unit, VideoInfo

log = logging.getLogger(__name__)

QUEUE_BYTES = 24 << 20
PROBE_EVERY_S = 0.9
RETRY_S = 10.0
POLL_S = 0.25  # how often the demand is looked at, and packets are taken, while no picture is due


@dataclass(frozen=True, slots=True)
class DecoderSettings:
    """See `IngestSpec`; `idle_after` 0 means that everything is decoded always."""

    fps: float
    idle_after: float
    detect: bool
    deblock: bool = False


Item = VideoInfo | Unit | threading.Event | None


class DetectDecoder:
    """The decoder. `begin`, `feed` and `end` are for the input's thread and never wait."""

    def __init__(self, settings: DecoderSettings, publisher: FramePublisher, counters: Counters) -> None:
        """Start the thread; it owns `publisher` from now on, and closes it."""
        self._settings, self._publisher, self._counters = settings, publisher, counters
        self._slot = DetectGrid(settings.fps).slot
        self._queue: ByteQueue[Item] = ByteQueue(QUEUE_BYTES)
        self._decoder: VideoDecoder | None = None
        self._gops = GopBuffer()
        self._full = False
        self._synced = False
        self._overflow = self._reordered = False
        self._uneven = False  # whether a packet has not completed a picture, in this connection
        self._needless: frozenset[float] = frozenset()
        self._fed_slot: int | None = None
        self._published_until = -math.inf
        self._seen_slot: int | None = None
        self._probe_time = -math.inf
        self._intra = False
        self._video: VideoInfo | None = None
        self._failed_at = -math.inf
        self.detect = settings.detect
        self._thread = threading.Thread(target=self._run, name="decoder", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------ the input's thread

    def begin(self, tracks: Tracks, video: VideoInfo) -> None:  # noqa: ARG002 - as `Consumer`
        """A connection begins."""
        self._queue.put(video)

    def feed(self, unit: Unit) -> None:
        """Decode `unit` if it is needed; when the decoder is too slow, frames are dropped up to a keyframe."""
        if not unit.video or (self._overflow and not unit.keyframe):
            self._counters.dropped_decode += unit.video
            return
        self._overflow = not self._queue.put(unit, unit.size, urgent=self._is_urgent(unit))

    def _is_urgent(self, unit: Unit) -> bool:
        """Whether a picture may be due with `unit`; while the picture is quiet, only keyframes count."""
        # Where pictures come out later than their packets, any packet may complete the one that is due.
        self._reordered = self._reordered or unit.time > unit.dts
        before, self._fed_slot = self._fed_slot, self._slot(unit.time)
        return unit.keyframe or (self._full and (self._reordered or self._fed_slot != before))

    def end(self) -> None:
        """The connection is over."""
        self._queue.put(None)

    def stop(self, timeout: float) -> bool:
        """End the thread and unlink the ring; False if that took too long."""
        done = threading.Event()
        self._queue.put(done)
        return done.wait(timeout)

    @property
    def mode(self) -> str:
        """`full`, `keyframes` or `off`, for `IngestStats`."""
        if self._decoder is None:
            return "off"
        return "full" if self._full else "keyframes"

    # ------------------------------------------------------------ the decoder's thread

    def _run(self) -> None:
        while True:
            self._queue.wait(POLL_S)
            waiting = self._queue.waiting()
            self._guarded(waiting)
            for _ in waiting:
                item = self._queue.get()  # one by one: what is still to be decoded counts against the queue's limit
                if isinstance(item, threading.Event):
                    self._publisher.close()
                    item.set()
                    return
                self._guarded(item)
            self._guarded(None)

    def _guarded(self, item: Item | list[Item]) -> None:
        """Do as `_handle`; whatever is wrong with decoding ends that for a while, and never the recording."""
        try:
            self._handle(item)
        except Exception:
            log.exception("decoding has failed; trying again in %.0f s", RETRY_S)
            self._reset(None)
            self._failed_at = time.monotonic()

    def _handle(self, item: Item | list[Item]) -> None:
        if isinstance(item, list):
            self._needless = self._find_needless(item)
            return
        if isinstance(item, VideoInfo):
            self._video, self._intra = item, item.codec == "mjpeg"
            self._reset(self._decoder_for(item))
        elif isinstance(item, Unit):
            if self._decoder is None and self._video is not None and time.monotonic() - self._failed_at > RETRY_S:
                self._reset(self._decoder_for(self._video))
            self._take(item)
        elif not self._full and self._decoder is not None and self._publisher.demanded() and self._wants_full():
            self._catch_up()

    def _decoder_for(self, video: VideoInfo) -> VideoDecoder:
        return VideoDecoder(video, deblock=self._settings.deblock)

    def _reset(self, decoder: VideoDecoder | None) -> None:
        self._decoder = decoder
        self._gops.clear()
        self._full = self._synced = self._uneven = False

    def _wants_full(self) -> bool:
        if not self.detect:
            return self._publisher.demanded()
        return self._settings.idle_after <= 0 or self._publisher.full_wanted()

    def _take(self, unit: Unit) -> None:
        if self._decoder is None:
            return
        if unit.jumped:
            self._published_until, self._seen_slot = -math.inf, None
            self._gops.clear()
        wanted = self._wants_full()
        if wanted and not self._full:
            self._catch_up()
        elif self._full and not wanted:
            self._full = False
            self._decoder.restart()
        # Streams of nothing but keyframes, such as MJPEG, are not probed with every picture.
        probe = unit.keyframe and not 0 <= unit.time - self._probe_time < PROBE_EVERY_S
        if probe:
            self._probe_time = unit.time
        self._gops.add(unit, self._publisher.consumed, starts=probe)
        if self._full:
            if unit.dts not in self._needless:
                self._decode(unit)
        elif probe:
            self._probe(unit)

    def _find_needless(self, waiting: list[Item]) -> frozenset[float]:
        """Return the dts of `waiting` pictures that no picture which is due needs: the last before a fresh beginning.

        Where pictures come out later than their packets, or of two packets each, nobody can tell.
        """
        found: set[float] = set()
        if not self._full or self._reordered or self._uneven or self._video is None:
            return frozenset()
        tail: list[float] = []
        slot = self._seen_slot
        for unit in waiting:
            if not isinstance(unit, Unit):
                break
            before, slot = slot, self._slot(unit.time)
            if unit.keyframe and tail and begins_afresh(self._video, unit.packet):
                found.update(tail)
            if unit.keyframe or slot != before:
                tail.clear()
            else:
                tail.append(unit.dts)
        return frozenset(found)

    def _decode(self, unit: Unit, *, after: float = -math.inf) -> None:
        """Decode a packet and publish its pictures if they are due, probes excepted, and later than `after`."""
        if not self._synced and not unit.keyframe:
            return
        self._synced = True
        if self._intra and self._slot(unit.time) == self._seen_slot:
            return  # not due, and no other picture needs it
        assert self._decoder is not None  # noqa: S101 - `_take` has looked
        decoded = self._counters.decoded
        for frame in self._decoder.decode(unit):
            self._counters.decoded += 1
            at = time_of(frame, unit)
            if self._is_due(at) and at > max(after, self._published_until):
                self._publish(frame, at)
        self._uneven = self._uneven or self._counters.decoded == decoded

    def _publish(self, frame: Any, at: float) -> None:
        self._publisher.publish(frame, at, keyframe=bool(frame.key_frame), probe=False)
        self._published_until = at

    def _is_due(self, at: float) -> bool:
        """Whether the picture at `at` is the first in its slot of the detect rate's grid."""
        slot = self._slot(at)
        before, self._seen_slot = self._seen_slot, slot
        return before is None or slot > before

    def _probe(self, unit: Unit) -> None:
        assert self._decoder is not None  # noqa: S101 - `_take` has looked
        self._synced = False
        for frame in self._decoder.decode_alone(unit):
            self._counters.decoded += 1
            seq = self._publisher.publish(frame, time_of(frame, unit), keyframe=True, probe=True)
            if seq >= 0:
                self._gops.probed(seq)

    def _catch_up(self) -> None:
        """Decode what is kept, from the last keyframe that showed nothing on, at the pace of vision."""
        self._full = True
        assert self._decoder is not None  # noqa: S101 - the callers have looked
        self._decoder.restart()
        self._synced, self._seen_slot = False, None
        kept = self._gops.units()
        if not kept:
            return
        after = max(self._published_until, kept[0].time)
        patient = True
        for unit in kept:
            if patient:
                patient = self._publisher.wait_for_room()
            self._decode(unit, after=after)
