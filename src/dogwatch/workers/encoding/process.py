"""The loop of an encoding process: follows the core, and encodes what is watched."""

from __future__ import annotations

import logging
import math
import os
import select
import sys
import time

import msgspec

from dogwatch.bus import child
from dogwatch.bus.heap import map_blocks_from
from dogwatch.bus.link import Link
from dogwatch.bus.live_link import LiveLink
from dogwatch.bus.messages import Down, EncoderStats, ShowCells, TranscodeBegin, TranscodePacket, Watch
from dogwatch.bus.spec import digest
from dogwatch.workers.encoding.cells import CellPictures
from dogwatch.workers.encoding.outputs import EncodedOutputs
from dogwatch.workers.encoding.spec import EncodingSpec
from dogwatch.workers.encoding.transcoding import Transcoder

log = logging.getLogger(__name__)

POLL_S = 0.03  # how often rings are looked at: reading their newest number is all that it takes
DEMAND_EVERY_S = 1.0
STATS_S = 5.0
H264_HEARTBEAT_FPS = 1.0  # players take a stream without pictures for dead, and a muxer holds the newest one back
LARGE_BYTES = 1 << 20


class EncodingProcess:
    """One output. `run` is for one thread; `stop` for any."""

    def __init__(self, spec: EncodingSpec, link: Link) -> None:
        """Take over `link`."""
        self._spec, self._link = spec, link
        self._live = LiveLink(spec.link, spec.name)
        self._cells = CellPictures(spec.ring_dir, every_frame=spec.every_frame)
        self._outputs = EncodedOutputs(self._live, spec.name, spec.quality)
        self._transcoder = Transcoder(self._outputs, spec.most_height)
        self._wake, self._waker = os.pipe()
        self._leaving = False
        self._encoded = self._demanded = self._reported = -math.inf  # when (monotonic s)

    def stop(self) -> None:
        """Make `run` return soon; safe in signal handlers and from any thread."""
        self._leaving = True
        os.write(self._waker, b".")

    def run(self) -> None:
        """Run until `stop`."""
        poller = select.poll()
        for source in (self._link.fileno(), self._live.fileno(), self._wake):
            poller.register(source, select.POLLIN)
        while not self._leaving:
            for message in self._link.receive():
                self._obey(message)
            if not self._link.connected:
                self._live.watch(())  # whoever comes next says anew who watches
            self._live.flush()
            now = time.monotonic()
            self._work(now)
            self._report(now)
            waits = (POLL_S if self._outputs.watched else None, self._link.wait_s)
            given = [wait for wait in waits if wait is not None]
            poller.poll(math.ceil(min(given) * 1000) if given else None)
        self._outputs.close()
        self._live.close()
        self._link.close()

    def _obey(self, message: Down) -> None:
        if isinstance(message, Watch):
            self._live.watch(message.inputs, message.packets)
        elif isinstance(message, ShowCells):
            self._cells.show(message)
        elif isinstance(message, TranscodeBegin):
            self._transcoder.begin(message, time.time())
        elif isinstance(message, TranscodePacket):
            self._outputs.look()
            self._transcoder.take(message, time.time())

    def _work(self, now: float) -> None:
        """Encode a picture if one is due."""
        if not self._cells.ready:
            return
        fresh = self._outputs.look()
        if not self._outputs.watched:
            return
        if now - self._demanded >= DEMAND_EVERY_S:
            self._demanded = now
            self._cells.demand()
        waited = now - self._encoded
        if not fresh and waited < 1 / self._spec.most_fps:
            return
        if self._cells.update() or fresh or waited >= self._heartbeat_s():
            self._encoded = now
            self._outputs.encode(self._cells.picture(), self._cells.size, time.time())

    def _report(self, now: float) -> None:
        if self._outputs.watched and now - self._reported >= STATS_S:
            self._reported = now
            dropped = self._transcoder.dropped + self._live.dropped
            self._link.send(EncoderStats(self._spec.name, os.getpid(), self._outputs.pictures, dropped))

    def _heartbeat_s(self) -> float:
        """Return after how long the picture is repeated though nothing has changed."""
        fps = self._spec.heartbeat_fps
        if self._outputs.h264_watched:
            fps = max(fps, H264_HEARTBEAT_FPS)
        return 1 / fps if fps else math.inf


def main() -> int:
    """Run until the parent has gone or says so; return the exit status."""
    map_blocks_from(LARGE_BYTES)
    line = child.read_line()
    spec = msgspec.json.decode(line, type=EncodingSpec)
    child.start_logging(f"encoding.{spec.name}", spec.log_level)
    process = EncodingProcess(spec, Link(spec.link, "encoding", spec.name, digest(line)))
    child.on_leave(process.stop)
    process.run()
    logging.shutdown()
    sys.stderr.flush()
    return 0
