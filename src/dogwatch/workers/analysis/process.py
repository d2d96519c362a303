"""The loop of the analysis process: takes frames, asks detectors, tells the core, and waits for none of them."""

from __future__ import annotations

import gc
import logging
import math
import os
import select
import time

import cv2
import msgspec

from dogwatch.analysis import AnalysisSettings
from dogwatch.bus import child
from dogwatch.bus.detector_client import DetectorClient, DetectorResult
from dogwatch.bus.frames import FrameIntake
from dogwatch.bus.heap import map_blocks_from
from dogwatch.bus.link import Link
from dogwatch.bus.messages import AcceptView, Reconfigure
from dogwatch.bus.spec import changed, digest
from dogwatch.bus.stream import Stream
from dogwatch.workers.analysis.best_pictures import RawFrames
from dogwatch.workers.analysis.live import LiveAnalysis
from dogwatch.workers.analysis.spec import AnalysisSpec, hot

log = logging.getLogger(__name__)

STATS_S = 5.0
BAD_SPEC = 2
LARGE_BYTES = 1 << 20  # best pictures; what each frame takes is smaller


class AnalysisProcess:
    """All cameras of one analysis process. `run` is for one thread; `stop` for any."""

    def __init__(self, spec: AnalysisSpec, link: Link) -> None:
        """Take over `link` and listen for frames; no other process need run yet."""
        self._spec, self._link = spec, link
        self._intake = FrameIntake(spec.run_dir, tuple(one.camera for one in spec.cameras))
        self._client = DetectorClient(
            spec.run_dir, spec.ring_dir, spec.detectors, f"tensors-{spec.name}", slots=_slots(spec)
        )
        self._raw = RawFrames()
        self._cameras = {one.camera: self._analysis(one) for one in spec.cameras}
        self._poller = select.poll()
        self._streams: dict[Stream, int] = {}  # those that the poller has, with their descriptors
        self._wake, self._waker = os.pipe()
        self._leaving = False

    def run(self) -> None:
        """Run until `stop` is called; then end all objects."""
        for source in (self._link.fileno(), *self._intake.descriptors, self._wake):
            self._poller.register(source, select.POLLIN)
        reported = time.monotonic()
        busy = False
        while not self._leaving:
            self._poll_detectors()
            self._take_in({source for source, _ in self._poller.poll(0 if busy else self._wait_ms(reported))})
            busy = False
            for camera in self._cameras.values():  # each gets a frame's worth of time in turn, until all have caught up
                busy = camera.step() or busy
            if (passed := time.monotonic() - reported) >= STATS_S:
                self._report(passed)
                reported += passed
        self._close()

    def stop(self) -> None:
        """Make `run` return. Safe in signal handlers."""
        self._leaving = True
        os.write(self._waker, b".")

    def _analysis(self, settings: AnalysisSettings) -> LiveAnalysis:
        return LiveAnalysis(settings, self._spec.ring_dir, self._client, self._link.send, raw=self._raw)

    def _wait_ms(self, reported: float) -> int:
        """Return how long to wait if nothing comes; the last report was `reported` (monotonic seconds)."""
        now = time.monotonic()
        waits = [camera.wait_s for camera in self._cameras.values()]
        waits += [reported + STATS_S - now, self._client.wait_s(now)]
        if (wait := self._link.wait_s) is not None:
            waits.append(wait)
        return max(0, math.ceil(min(waits) * 1000))

    def _poll_detectors(self) -> None:
        """Put new detectors into the poller, and remove those that have gone."""
        if (streams := self._client.streams) != self._streams.keys():
            for gone in self._streams.keys() - streams:
                self._poller.unregister(self._streams.pop(gone))
            for come in streams - self._streams.keys():
                self._streams[come] = come.fileno()
                self._poller.register(come, select.POLLIN)

    def _take_in(self, ready: set[int]) -> None:
        heard = self._link.receive() if self._link.fileno() in ready or not self._link.connected else ()
        for message in heard:
            if isinstance(message, Reconfigure):
                self._reconfigure(message.spec)
            elif isinstance(message, AcceptView) and message.camera in self._cameras:
                self._cameras[message.camera].accept_view()
        for frame in self._intake.receive(ready):
            if (camera := self._cameras.get(frame.camera)) is not None:
                camera.announce(frame)
        self._answer(self._client.poll(time.monotonic()))

    def _answer(self, results: list[DetectorResult]) -> None:
        if not results:
            return
        asked = {camera.asked: camera for camera in self._cameras.values()}
        for result in results:
            if (camera := asked.get(result.id)) is not None:  # otherwise its camera has given up meanwhile
                camera.answer(result)

    def _reconfigure(self, text: str) -> None:
        """Continue with another spec; cameras whose settings stay are not interrupted."""
        old = self._spec
        if (new := changed(old, text, hot)) is None:
            return
        self._spec, self._link.spec_digest = new, digest(text)
        child.set_level(new.log_level)
        cv2.setNumThreads(max(1, new.threads))
        before, after = {one.camera: one for one in old.cameras}, {one.camera: one for one in new.cameras}
        for name in before.keys() - after.keys():
            self._cameras.pop(name).leave()
            self._link.forget(name)
            self._poller.unregister(self._intake.remove(name))
        self._answer(self._client.configure(new.detectors, slots=_slots(new)))
        for name, settings in after.items():
            if name not in before:
                self._cameras[name] = self._analysis(settings)
                self._poller.register(self._intake.add(name), select.POLLIN)
            elif settings != before[name]:
                self._cameras[name].configure(settings)

    def _report(self, seconds: float) -> None:
        for camera in self._cameras.values():
            self._link.send(camera.stats(os.getpid(), seconds, self._link.dropped))

    def _close(self) -> None:
        for camera in self._cameras.values():
            camera.leave()
        self._client.close()
        self._intake.close()
        self._link.close()


def main(line: bytes | None = None) -> int:
    """Run an analysis process as its spec `line` says, or standard input; return its exit code."""
    line = child.read_line() if line is None else line
    try:
        spec = msgspec.json.decode(line, type=AnalysisSpec)
    except msgspec.MsgspecError as error:
        child.start_logging("analysis", "info")
        log.error("no analysis spec on standard input: %s", error)
        return BAD_SPEC
    map_blocks_from(LARGE_BYTES)
    child.start_logging(f"analysis-{spec.name}", spec.log_level)
    cv2.setNumThreads(max(1, spec.threads))
    process = AnalysisProcess(spec, Link(spec.link, "analysis", spec.name, digest(line)))
    child.on_leave(process.stop)
    gc.freeze()  # a collection of all objects that were loaded takes as long as several frames
    process.run()
    return 0


def _slots(spec: AnalysisSpec) -> int:
    return max(16, 8 * len(spec.cameras))
