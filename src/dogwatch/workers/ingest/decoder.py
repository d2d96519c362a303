"""Runs the decoding for detection in a thread of its own.

Packets wait in a queue until a picture is due, and are then decoded in one burst. That takes a third of the wake-ups
and, with warm caches, a tenth less time.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import sys
import threading
import time
from collections.abc import Callable

from dogwatch.media.packets import Tracks, Unit, VideoInfo
from dogwatch.workers.ingest.counters import Counters
from dogwatch.workers.ingest.frames import FramePublisher
from dogwatch.workers.ingest.grid import DetectGrid
from dogwatch.workers.ingest.queue import ByteQueue
from dogwatch.workers.ingest.selection import DecoderSettings, PictureSelector

log = logging.getLogger(__name__)

QUEUE_BYTES = 24 << 20
RETRY_S = 10.0
NICE = 10  # of the decoding thread: when processors are short, recording goes on and pictures wait in the queue
POLL_S = 0.25  # how often the demand is checked, and packets are taken, while no picture is due

Item = VideoInfo | DecoderSettings | Unit | threading.Event | None


class DetectDecoder:
    """Decodes pictures for detection. `begin`, `feed` and `end` are for the input's thread and never wait."""

    def __init__(
        self,
        settings: DecoderSettings,
        publisher: FramePublisher,
        counters: Counters,
        announce_waiting: Callable[[], object] = lambda: None,
    ) -> None:
        """Start the thread, which owns `publisher` from now on, and calls `announce_waiting` after each round."""
        self._publisher, self._counters, self._announce_waiting = publisher, counters, announce_waiting
        self._selector = PictureSelector(settings, publisher, counters)
        self._grid = DetectGrid(settings.fps)  # of the input's thread, which sees the packets first
        self._queue: ByteQueue[Item] = ByteQueue(QUEUE_BYTES)
        self._overflow = False
        self._failed_at = -math.inf
        self._thread = threading.Thread(target=self._run, name="decoder", daemon=True)
        self._thread.start()

    def configure(self, settings: DecoderSettings) -> None:
        """Continue with other `settings`, once what waits has been decoded. For any thread."""
        if settings.fps != self._grid.fps:
            self._grid = DetectGrid(settings.fps)
        self._queue.put(settings)

    # ------------------------------------------------------------ the input's thread

    def begin(self, tracks: Tracks, video: VideoInfo) -> None:  # noqa: ARG002 - as `Consumer`
        """A connection begins."""
        self._queue.put(video)

    def change(self, tracks: Tracks, video: VideoInfo) -> None:
        """The connection has other parameters from now on: decoding starts again."""
        self.begin(tracks, video)

    def feed(self, unit: Unit) -> None:
        """Decode `unit` if it is needed; if the decoder is too slow, frames are dropped up to a keyframe."""
        if not unit.video or (self._overflow and not unit.keyframe):
            self._counters.dropped_decode += unit.video
            return
        self._overflow = not self._queue.put(unit, unit.size, urgent=self._is_urgent(unit))

    def _is_urgent(self, unit: Unit) -> bool:
        """Whether a picture may be due with `unit`; while the picture is quiet, only keyframes count."""
        if unit.jumped:
            self._grid.restart()
        due, selector = self._grid.is_due(unit.time, keyframe=unit.keyframe), self._selector
        # If pictures come out later than their packets, any packet may complete the picture that is due.
        return due or not selector.prompt if selector.full else unit.keyframe

    def end(self) -> None:
        """The connection is over."""
        self._queue.put(None)

    def stop(self, timeout: float) -> bool:
        """Stop the thread and unlink the ring; False if that took too long."""
        done = threading.Event()
        self._queue.put(done)
        return done.wait(timeout)

    @property
    def full(self) -> bool:
        """Whether every picture is being decoded, not just keyframes."""
        return self._selector.full

    @property
    def mode(self) -> str:
        """`full`, `keyframes` or `off`, for `IngestStats`."""
        if not self._selector.decoding:
            return "off"
        return "full" if self._selector.full else "keyframes"

    # ------------------------------------------------------------ the decoder's thread

    def _run(self) -> None:
        if sys.platform == "linux":  # elsewhere only whole processes have priorities, and this one records
            with contextlib.suppress(OSError):
                os.nice(NICE)  # of this thread alone, below the program's own priority
        while True:
            self._queue.wait(POLL_S)
            for _ in range(len(self._queue)):
                item = self._queue.get()  # one by one: packets still to be decoded count against the queue's limit
                if isinstance(item, threading.Event):
                    self._publisher.close()
                    item.set()
                    return
                self._guarded(item)
            self._guarded(None)
            with contextlib.suppress(OSError):  # the next picture meets the same error, which is logged then
                self._announce_waiting()

    def _guarded(self, item: Item) -> None:
        """Like `_handle`; any error in decoding stops it for a while, but never the recording."""
        try:
            self._handle(item)
        except Exception:
            log.exception("decoding has failed; trying again in %.0f s", RETRY_S)
            self._selector.stop()
            self._failed_at = time.monotonic()

    def _handle(self, item: Item) -> None:
        selector = self._selector
        if isinstance(item, VideoInfo):
            selector.begin(item)
        elif isinstance(item, DecoderSettings):
            selector.configure(item)
        elif isinstance(item, Unit):
            if not selector.decoding and selector.video is not None and time.monotonic() - self._failed_at > RETRY_S:
                selector.restart()
            selector.take(item)
        else:
            selector.catch_up_if_wanted()
