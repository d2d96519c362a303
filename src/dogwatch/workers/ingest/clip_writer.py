"""Writes one clip in a thread of its own, from the packets before it until it is told to end."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dogwatch.bus.messages import ClipLost, ClipOpened, ClipWritten, Message, SpaceWanted
from dogwatch.errors import RecordingError
from dogwatch.media.fragments import SegmentIndex
from dogwatch.media.packets import Tracks, Unit
from dogwatch.media.segment_writer import ClipFile
from dogwatch.workers.ingest.losses import reason_of
from dogwatch.workers.ingest.queue import ByteQueue

log = logging.getLogger(__name__)

QUEUE_BYTES = 32 << 20
ROUND_S = 0.25  # packets are written at least so often
LOOK_S = 2.0  # how often the free space is looked at
ASK_EVERY_S = 10.0
SLOW_DISK = "the disk is too slow"
ENDED, QUEUE_FULL = "", "queue_full"


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """A clip to write; see `ClipBegin`. `floor_bytes` should stay free on its disk."""

    camera: str
    clip: str
    path: Path
    floor_bytes: int


@dataclass(frozen=True, slots=True)
class ClipStop:
    """The clip ends here, for a reason of `ClipLost`; `ENDED` if the core wants it to."""

    reason: str


class ClipWriter:
    """One clip. `feed` and `end` are for any thread and never wait."""

    def __init__(
        self, request: ClipRequest, tracks: Tracks, before: Sequence[Unit], send: Callable[[Message], object]
    ) -> None:
        """Start to write.

        Args:
            request: What and where.
            tracks: What will be written.
            before: The packets before it, from a keyframe on; without any, the clip begins with the next keyframe.
            send: Takes messages to the core, from the clip's thread.
        """
        self.clip = request.clip
        self._request, self._tracks, self._before, self._send = request, tracks, before, send
        self._queue: ByteQueue[Unit | ClipStop] = ByteQueue(QUEUE_BYTES)
        self._stopped = False
        self._file: ClipFile | None = None
        self._looked = self._asked = -ASK_EVERY_S
        self._thread = threading.Thread(target=self._run, name="clip", daemon=True)
        self._thread.start()

    @property
    def going_on(self) -> bool:
        """Whether packets are still taken."""
        return not self._stopped

    def feed(self, unit: Unit) -> None:
        """Write `unit`; if the disk is so slow that the queue is full, the clip ends."""
        if not self._stopped and not self._queue.put(unit, unit.size, urgent=False):
            self.end(QUEUE_FULL)

    def end(self, reason: str = ENDED) -> None:
        """Write what has been fed, and end the clip."""
        if not self._stopped:
            self._stopped = True
            self._queue.put(ClipStop(reason))

    def join(self, timeout: float) -> bool:
        """Wait until the clip is on disk; False if that took too long."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            for unit in self._before:
                self._write(unit)
            self._before = ()
            while True:
                self._queue.wait(ROUND_S)
                while len(self._queue):
                    item = self._queue.get()
                    if isinstance(item, ClipStop):
                        self._finish(item.reason)
                        return
                    self._write(item)
                if not self._has_space():
                    self._stopped = True
                    self._finish("no_space")
                    return
        except (OSError, RecordingError) as error:
            self._stopped = True
            self._fail(error)

    def _write(self, unit: Unit) -> None:
        if self._file is None:
            if not (unit.video and unit.keyframe):
                return
            self._file = ClipFile(self._request.path, unit, self._tracks)
            request = self._request
            self._send(ClipOpened(request.camera, request.clip, str(request.path), unit.dts))
        self._file.write(unit)

    def _has_space(self) -> bool:
        """Ask for space below the floor; False when the disk is almost full."""
        now = time.monotonic()
        if self._file is None or now - self._looked < LOOK_S:
            return True
        self._looked, floor = now, self._request.floor_bytes
        disk = os.statvfs(self._request.path.parent)
        free = disk.f_bavail * disk.f_frsize
        if free < floor and now - self._asked >= ASK_EVERY_S:
            self._asked = now
            self._send(SpaceWanted(self._request.camera, floor - free))
        return free >= floor // 4

    def _finish(self, reason: str) -> None:
        file = self._file
        if file is None:
            self._lost(reason or "stream_lost", "no keyframe came" if not reason else "")
            return
        index = file.close()
        if reason:
            self._lost(reason, SLOW_DISK if reason == QUEUE_FULL else "", index)
            return
        request, size = self._request, index.valid_bytes
        start, end = file.start_time, file.start_time + index.end_time - index.start_time
        self._send(ClipWritten(request.camera, request.clip, str(request.path), start, end, size))

    def _fail(self, error: Exception) -> None:
        """Save what is whole, and tell that the clip has died."""
        log.error("%s: a clip cannot be written: %s", self._request.camera, error)
        index = self._file.abandon() if self._file is not None else None
        self._lost(reason_of(error), str(error), index)

    def _lost(self, reason: str, detail: str, index: SegmentIndex | None = None) -> None:
        request, file = self._request, self._file
        lost = ClipLost(request.camera, request.clip, str(request.path), reason, detail)
        if index is not None and file is not None:
            length = index.end_time - index.start_time
            lost = ClipLost(
                request.camera, request.clip, str(request.path), reason, detail,
                file.start_time, file.start_time + length, index.valid_bytes,
            )  # fmt: skip
        self._send(lost)
