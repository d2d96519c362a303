"""Writes one camera's segments in a thread of its own, and reports every file and every loss to the core."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from dogwatch.bus.messages import FootageLost, Message, SegmentOpened, SegmentWritten, SpaceWanted
from dogwatch.errors import RecordingError
from dogwatch.media.audio import Loudness
from dogwatch.media.fragments import SegmentIndex
from dogwatch.media.packets import Tracks, Unit, VideoInfo
from dogwatch.media.segment_writer import SegmentFile, written_segment
from dogwatch.workers.ingest.losses import REPORT_EVERY_S, Losses, reason_of
from dogwatch.workers.ingest.queue import ByteQueue
from dogwatch.workers.ingest.space import SpaceGuard

log = logging.getLogger(__name__)

QUEUE_BYTES = 64 << 20
EARLY_S = 0.03  # a keyframe this much before the full length ends a segment, or clock jitter would double it
CONTINUOUS_S = 0.05
# A camera that sends no keyframes would fill one file for ever, which no retention could shorten; queries count on
# this bound (`store.segments.LONGEST_S`).
MAX_SEGMENT_S = 600.0
ROUND_S = 2.0  # packets are written at least so often
FRAGMENT_S = 1.0  # libav collects packets to fragments of this length, which end before keyframes
COMPLETED_S = 0.15  # the first packets behind a fragment complete it
SLOW_DISK = "the disk is too slow"
SET_BACK = "the wall clock was set back while the camera was not connected"
KEPT_UNREADABLE = 20  # the most files kept that cannot be read back: nothing else would delete them


@dataclass(frozen=True, slots=True)
class RecorderSettings:
    """Where and how to record; see `IngestSpec`."""

    camera: str
    root: Path
    segment_seconds: float
    space_floor_bytes: int
    queue_bytes: int = QUEUE_BYTES
    volume: str = ""


@dataclass(frozen=True, slots=True)
class TracksChange:
    """From the next keyframe on, segments are made from `tracks`."""

    tracks: Tracks


Item: TypeAlias = Tracks | TracksChange | Unit | float | threading.Event | None


class Recorder:
    """Records one camera. `begin`, `feed` and `end` are for the input's thread and never wait."""

    def __init__(
        self, settings: RecorderSettings, send: Callable[[Message], object], loudness: Loudness | None = None
    ) -> None:
        """Start the thread.

        Args:
            settings: Where and how to record.
            send: Takes messages to the core, from the recorder's thread.
            loudness: Read at each segment's end, if sound is measured.
        """
        self._settings, self._send, self._loudness = settings, send, loudness
        self._queue: ByteQueue[Item] = ByteQueue(settings.queue_bytes)
        self._space = SpaceGuard(settings.root, settings.space_floor_bytes, self._ask_for_space, settings.volume)
        self._losses = Losses(settings.camera, send)
        self._tracks: Tracks | None = None
        self._changed = False  # whether `_tracks` differ from those of the open segment
        self._segment: SegmentFile | None = None
        self._last_end: float | None = None
        self._overflow: float | None = None
        self._wanted_at = math.inf  # the time (dts) of the packet with which the next fragment can be written
        self._keyframe_at = 0.0
        self._missed = 0.0
        self._unreadable = 0
        self._trouble = ""  # why nothing can be recorded now: logged once, not at every keyframe
        self.recording = True
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def configure(self, segment_seconds: float, space_floor_bytes: int) -> None:
        """Keep to these from the next segment on. For any thread."""
        self._settings = replace(self._settings, segment_seconds=segment_seconds, space_floor_bytes=space_floor_bytes)
        self._space.floor = space_floor_bytes

    # ------------------------------------------------------------ the input's thread

    def begin(self, tracks: Tracks, video: VideoInfo) -> None:  # noqa: ARG002 - as `Consumer`
        """A connection begins, whose segments are made from `tracks`."""
        self._queue.put(tracks)

    def change(self, tracks: Tracks, video: VideoInfo) -> None:  # noqa: ARG002 - as `Consumer`
        """The connection has other parameters: the next keyframe begins a segment that is made from `tracks`."""
        self._queue.put(TracksChange(tracks))

    def feed(self, unit: Unit) -> None:
        """Record `unit`. If the disk is so slow that the queue is full, footage is lost up to the next keyframe."""
        since = self._overflow
        if since is not None:
            self._missed = unit.dts
            if unit.dts - since >= REPORT_EVERY_S:
                self._report_overflow()  # the recorder may hang in a write for ever
                self._overflow = unit.dts
            if not (unit.video and unit.keyframe and self._queue.fits(unit.size)):
                return
            self._queue.put(self._overflow)
            self._overflow = None
        if not self._queue.put(unit, unit.size, urgent=unit.video and self._completes(unit)):
            self._overflow = self._missed = unit.dts

    def _completes(self, unit: Unit) -> bool:
        """Whether `unit`, a video packet, completes a fragment: then the thread is woken, and not for other packets."""
        completes = unit.dts >= self._wanted_at
        # Not if every picture is one, unless the clock was set back.
        begins = unit.keyframe and not 0 <= unit.dts - self._keyframe_at < 2 * COMPLETED_S
        if unit.keyframe:
            self._keyframe_at = unit.dts
        if begins:
            self._wanted_at = unit.dts + COMPLETED_S
        elif completes:
            self._wanted_at = unit.dts + FRAGMENT_S
        return completes

    def end(self) -> None:
        """The connection is over: close the segment."""
        self._report_overflow()
        self._queue.put(None)

    def stop(self, timeout: float) -> bool:
        """Write everything in the queue, close the segment and stop the thread; False if that took too long."""
        self._report_overflow()
        self._space.stopping.set()
        done = threading.Event()
        self._queue.put(done)
        return done.wait(timeout)

    def _report_overflow(self) -> None:
        since, self._overflow = self._overflow, None
        if since is not None and self._missed > since:
            self._send(FootageLost(self._settings.camera, since, self._missed, "queue_full", SLOW_DISK))

    # ------------------------------------------------------------ the recorder's thread

    def _run(self) -> None:
        while True:
            self._queue.wait(ROUND_S)
            if not len(self._queue):
                self._queue.wait(None)
            while len(self._queue):
                item = self._queue.get()
                if isinstance(item, Unit):
                    self._write(item)
                elif isinstance(item, TracksChange):
                    self._tracks, self._changed = item.tracks, True
                else:
                    self._handle(item)
                if isinstance(item, threading.Event):
                    item.set()
                    return

    def _handle(self, item: Tracks | float | threading.Event | None) -> None:
        """Close the segment: a connection begins or ends, packets were lost, or the process stops."""
        self._close(None)
        if isinstance(item, Tracks):
            self._tracks, self._changed = item, False
        elif isinstance(item, float):
            self._losses.begin(item, "queue_full", SLOW_DISK)
        elif isinstance(item, threading.Event):
            self._losses.flush()

    def _write(self, unit: Unit) -> None:
        if not self.recording:
            self._close(unit.dts if unit.video else None)
            self._losses.forget()
            return
        if unit.video and (self._is_due(unit) if unit.keyframe else self._is_too_long(unit)):
            self._close(None if unit.jumped else unit.dts)
            self._open(unit)
        if self._segment is None:
            if unit.video:
                self._losses.extend(unit.dts)
            return
        try:
            self._segment.write(unit)
        except (OSError, RecordingError) as error:
            self._fail(error)

    def _is_due(self, unit: Unit) -> bool:
        segment = self._segment
        return (
            segment is None
            or unit.jumped
            or self._changed
            or unit.dts - segment.start_time >= self._settings.segment_seconds - EARLY_S
        )

    def _is_too_long(self, unit: Unit) -> bool:
        return self._segment is not None and unit.dts - self._segment.start_time >= MAX_SEGMENT_S

    def _open(self, first: Unit) -> None:
        assert self._tracks is not None  # noqa: S101 - `begin` comes before `feed`
        self._changed = False
        if first.missed:
            self._losses.begin(first.dts - first.missed, "clock_set_back", SET_BACK)
        try:
            if not self._space.reserve():
                log.warning("%s: less free space than the floor; recording goes on", self._settings.camera)
            self._segment = SegmentFile(self._settings.root, self._settings.camera, first, self._tracks)
        except (OSError, RecordingError) as error:
            self._complain(error, f"no segment can be begun: {error}")
            self._losses.begin(first.dts, reason_of(error), str(error))
            return
        self._losses.resume(first.dts)
        self._send(SegmentOpened(self._settings.camera, self._segment.path, first.dts))

    def _close(self, next_dts: float | None) -> None:
        segment = self._segment
        if segment is None:
            return
        try:
            index = segment.close(next_dts)
        except (OSError, RecordingError) as error:
            self._fail(error)
            return
        self._segment, self._trouble = None, ""
        self._space.learn(segment.size_bytes)
        self._announce(segment, index)

    def _fail(self, error: Exception) -> None:
        """Save what is whole of the open segment, and report the rest as lost."""
        segment, self._segment = self._segment, None
        assert segment is not None  # noqa: S101 - only writing to a segment fails
        self._complain(error, f"{segment.path} cannot be written: {error}")
        index = segment.abandon(keep=self._unreadable < KEPT_UNREADABLE)
        if index is not None:
            self._announce(segment, index)
        else:
            self._unreadable += segment.kept
        lost_since = index.end_time if index is not None else segment.start_time
        self._losses.begin(lost_since, reason_of(error), str(error), until=segment.end_time)

    def _complain(self, error: Exception, text: str) -> None:
        reason = reason_of(error)
        if reason != self._trouble:
            self._trouble = reason
            log.error("%s: %s", self._settings.camera, text)

    def _announce(self, segment: SegmentFile, index: SegmentIndex) -> None:
        before, self._last_end = self._last_end, index.end_time
        heard = self._loudness.take("recorder") if self._loudness is not None else None
        row = written_segment(self._settings.camera, segment.path, index, None if heard is None else heard[0])
        continuous = before is not None and abs(index.start_time - before) < CONTINUOUS_S
        self._send(SegmentWritten(row, index.init, continuous))

    def _ask_for_space(self, missing: int) -> None:
        self._send(SpaceWanted(self._settings.camera, missing))
