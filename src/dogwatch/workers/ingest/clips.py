"""Clips of one input: keeps the last seconds for them, and begins and ends them as the core says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from dogwatch.bus.messages import ClipBegin, ClipEnd, ClipLost, Message
from dogwatch.media.packets import Tracks, Unit, VideoInfo
from dogwatch.workers.ingest.clip_ring import ClipRing
from dogwatch.workers.ingest.clip_writer import ENDED, ClipRequest, ClipWriter


class ClipOutput:
    """The clips of a camera. Without seconds to keep it does nothing, at the cost of a comparison for each packet.

    `begin`, `feed`, `change` and `end` are for the input's thread, everything else for that of the link. None waits.
    """

    def __init__(self, camera: str, before_s: float, floor_bytes: int, send: Callable[[Message], object]) -> None:
        """Keep `before_s` seconds of `camera`; `floor_bytes` stay free; `send` takes messages to the core."""
        self._camera, self._floor, self._send = camera, floor_bytes, send
        self._lock = threading.Lock()
        self._tracks: Tracks | None = None  # of the present connection
        self._ring = ClipRing(before_s)
        self._writer: ClipWriter | None = None
        self._last: ClipWriter | None = None  # also after its end
        self._on = before_s > 0

    def configure(self, before_s: float, floor_bytes: int) -> None:
        """Keep so much from now on."""
        with self._lock:
            self._ring.before_s, self._floor, self._on = before_s, floor_bytes, before_s > 0
            if not self._on:
                self._ring.clear()
                self._end_clip("leaving")

    def obey(self, message: ClipBegin | ClipEnd) -> None:
        """Begin or end a clip."""
        with self._lock:
            if isinstance(message, ClipBegin):
                self._begin_clip(message)
            elif self._writer is not None and self._writer.clip == message.clip:
                self._end_clip(ENDED)

    def leave(self) -> None:
        """End the clip that is being written, because the process leaves."""
        with self._lock:
            self._on = False
            self._end_clip("leaving")

    def join(self, timeout: float) -> bool:
        """Wait until clips that have ended are on disk; False if that took too long."""
        return self._last is None or self._last.join(timeout)

    def _begin_clip(self, message: ClipBegin) -> None:
        if self._writer is not None and self._writer.going_on and self._writer.clip == message.clip:
            return  # asked twice
        self._end_clip("replaced")
        if not self._on or self._tracks is None:
            detail = "the camera is not connected" if self._on else "no clips are configured"
            self._send(ClipLost(self._camera, message.clip, message.path, "stream_lost", detail))
            return
        request = ClipRequest(self._camera, message.clip, Path(message.path), self._floor)
        self._writer = self._last = ClipWriter(request, self._tracks, self._ring.units(), self._send)

    def _end_clip(self, reason: str) -> None:
        if self._writer is not None:
            self._writer.end(reason)
            self._writer = None

    # ------------------------------------------------------------ the input's thread

    def begin(self, tracks: Tracks, video: VideoInfo) -> None:  # noqa: ARG002 - as `Consumer`
        """A connection begins."""
        with self._lock:
            self._ring.clear()
            self._tracks = tracks

    def change(self, tracks: Tracks, video: VideoInfo) -> None:  # noqa: ARG002 - as `Consumer`
        """The connection has other parameters: one file cannot hold both."""
        with self._lock:
            self._ring.clear()
            self._tracks = tracks
            self._end_clip("stream_changed")

    def feed(self, unit: Unit) -> None:
        """Keep `unit`, and write it if a clip goes on."""
        if not self._on:
            return
        with self._lock:
            self._ring.add(unit)
            if self._writer is not None:
                self._writer.feed(unit)

    def end(self) -> None:
        """The connection is over, and so is a clip."""
        with self._lock:
            self._ring.clear()
            self._tracks = None
            self._end_clip("stream_lost")
