"""The loop of the vision process: hear of frames, ask detectors, tell the core. It never waits for one of them."""

from __future__ import annotations

import logging
import os
import time

import cv2
import msgspec
import zmq

from dogwatch.bus import child
from dogwatch.bus.detector_client import DetectorClient
from dogwatch.bus.messages import WorkerReady
from dogwatch.bus.sockets import Downlink, FrameIntake
from dogwatch.bus.specs import VisionSpec
from dogwatch.bus.stream import Stream
from dogwatch.bus.uplink import Uplink
from dogwatch.workers.analysis.live import LiveAnalysis

log = logging.getLogger(__name__)

STATS_S = 5.0
POLL_MS = 200
BAD_SPEC = 2


class VisionProcess:
    """All cameras of one vision process. `run` is for one thread; `stop` for any."""

    def __init__(self, spec: VisionSpec) -> None:
        """Connect to everybody; nobody need be there yet."""
        names = tuple(one.camera for one in spec.cameras)
        self._spec = spec
        self._uplink = Uplink(spec.run_dir)
        self._downlink = Downlink(spec.run_dir, names)
        self._intake = FrameIntake(spec.run_dir, names)
        self._client = DetectorClient(
            spec.run_dir, spec.ring_dir, spec.detectors, f"tensors-{spec.name}", slots=max(16, 8 * len(names))
        )
        self._cameras = {
            one.camera: LiveAnalysis(one, spec.ring_dir, self._client, self._uplink.send) for one in spec.cameras
        }
        self._poller = zmq.Poller()
        self._streams: set[Stream] = set()  # those that the poller has
        self._wake, self._waker = os.pipe()
        self._leaving = False

    def run(self) -> None:
        """Work until `stop` is called; then end all objects and leave."""
        for source in (self._downlink.socket, *self._intake.descriptors, self._wake):
            self._poller.register(source, zmq.POLLIN)
        self._uplink.send(WorkerReady("vision", self._spec.name, os.getpid()))
        reported = time.monotonic()
        busy = False
        while not self._leaving:
            self._poll_detectors()
            self._take_in({source for source, _ in self._poller.poll(0 if busy else POLL_MS)})
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

    def _poll_detectors(self) -> None:
        """Hear also detectors that have come, and no more those that have gone."""
        if (streams := self._client.streams) != self._streams:
            for gone in self._streams - streams:
                self._poller.unregister(gone)
            for come in streams - self._streams:
                self._poller.register(come, zmq.POLLIN)
            self._streams = streams

    def _take_in(self, ready: set[zmq.Socket[bytes] | int]) -> None:
        if self._downlink.socket in ready:
            while (switch := self._downlink.receive()) is not None:
                if (camera := self._cameras.get(switch.camera)) is not None:
                    camera.switch(switch)
        for frame in self._intake.receive(ready):
            if (camera := self._cameras.get(frame.camera)) is not None:
                camera.announce(frame)
        results = self._client.poll(time.monotonic())
        asked = {camera.asked: camera for camera in self._cameras.values()}
        for result in results:
            if (camera := asked.get(result.id)) is not None:  # else its camera has given up meanwhile
                camera.answer(result)

    def _report(self, seconds: float) -> None:
        for camera in self._cameras.values():
            self._uplink.send(camera.stats(os.getpid(), seconds, self._uplink.dropped))

    def _close(self) -> None:
        for camera in self._cameras.values():
            camera.leave()
        self._client.close()
        self._intake.close()
        self._downlink.close()
        self._uplink.close()


def main() -> int:
    """Run a vision process; return its exit code."""
    try:
        spec = child.read_spec(VisionSpec)
    except msgspec.MsgspecError as error:
        child.start_logging("vision", "info")
        log.error("no vision spec on standard input: %s", error)
        return BAD_SPEC
    child.start_logging(f"vision-{spec.name}", spec.log_level)
    cv2.setNumThreads(max(1, spec.threads))
    process = VisionProcess(spec)
    child.on_leave(process.stop)
    process.run()
    return 0
