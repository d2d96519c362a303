"""What an analysis process costs, stage by stage: `python -m bench analysis`.

The real process takes the frames of a busy 1080p street from the ring, asks an instant detector, and sends its messages
to the core's end of a link. It runs in the main thread of this process, decoder, detector and core in others, so that
the times of its functions can be taken. Frames come five a second of the video, but as fast as they are done with.
Between two frames a decoder works, as in a live camera, so caches are cold.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2

from bench.program import OPEN
from bench.video import full_hd
from dogwatch.analysis import AnalysisSettings
from dogwatch.bus.detector_client import DetectorClient
from dogwatch.bus.frames import FrameFeed
from dogwatch.bus.heap import map_blocks_from
from dogwatch.bus.link import Link
from dogwatch.bus.messages import BestPicture, FrameReady, FrameTracks, Message
from dogwatch.bus.ring import FrameRing
from dogwatch.detectors.fixed import FixedDetector
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.media import footage
from dogwatch.media.decode import VideoDecoder, copy_i420, even_size
from dogwatch.testing.core_end import CoreEnd
from dogwatch.vision.pipeline import Pipeline
from dogwatch.workers.analysis import best_pictures, frame_jpeg, process, request
from dogwatch.workers.analysis.best_pictures import BestPictures
from dogwatch.workers.analysis.live import LiveAnalysis
from dogwatch.workers.analysis.previews import PreviewPictures
from dogwatch.workers.analysis.results import ResultSender
from dogwatch.workers.analysis.spec import AnalysisSpec
from dogwatch.workers.detection.process import DetectorServer
from dogwatch.workers.detection.spec import DetectionSpec

FPS, VIDEO_FPS, CAMERA, ROUNDS = 5, 15, "street", 1
START = 4_000_000_000.0  # in the future: a frame is never late, however busy the machine is
BOXES = "person,0.9,110,50,210,270"
MASK = ((OPEN, 0.0), (1.0, 0.0), (1.0, 1.0), (OPEN, 1.0))


class Stages:
    """Processor time by stage; that of a stage inside another one counts for the inner one only."""

    def __init__(self) -> None:
        """Begin without any."""
        self.spent: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self._open: list[float] = []  # of each stage that is running: what inner ones have taken

    def watch(self, owner: Any, name: str, stage: str) -> None:
        """Count the time of the function `name` of a class or module for `stage`."""
        inner = getattr(owner, name)

        def timed(*given: Any, **named: Any) -> Any:
            self._open.append(0.0)
            begun = time.thread_time()
            try:
                return inner(*given, **named)
            finally:
                took = time.thread_time() - begun
                self.spent[stage] = self.spent.get(stage, 0.0) + took - self._open.pop()
                self.calls[stage] = self.calls.get(stage, 0) + 1
                if self._open:
                    self._open[-1] += took

        setattr(owner, name, timed)


def watch_all(stages: Stages) -> None:
    """Take the times of the analysis's functions from now on."""
    stages.watch(process.AnalysisProcess, "_take_in", "frames and answers arrive")
    stages.watch(LiveAnalysis, "step", "decisions on a frame")
    stages.watch(LiveAnalysis, "answer", "decisions on an answer")
    stages.watch(Pipeline, "downscale", "motion: small picture")
    stages.watch(Pipeline, "analyse_motion", "motion: comparison")
    stages.watch(Pipeline, "regions", "choice of regions")
    stages.watch(request, "cut", "regions cut and scaled")
    stages.watch(DetectorClient, "request", "request to the detector")
    stages.watch(DetectorClient, "poll", "answer of the detector")
    stages.watch(request, "in_frame", "boxes in the frame")
    stages.watch(Pipeline, "detected", "tracks and objects")
    stages.watch(Pipeline, "result", "result")
    stages.watch(ResultSender, "send", "message for the core")
    stages.watch(Link, "send", "link to the core")
    stages.watch(best_pictures.FrameCopy, "__init__", "best pictures: copy")
    stages.watch(frame_jpeg, "encode", "JPEG: best pictures, previews")
    stages.watch(BestPictures, "offer", "best pictures: keeping")
    stages.watch(BestPictures, "flush", "best pictures: sending")
    stages.watch(PreviewPictures, "offer", "previews: small picture")


class Feeder:
    """Plays the camera, the detector and the core for an analysis process."""

    def __init__(self, root: str, video: Path, rounds: int, heard: Callable[[Message], None]) -> None:
        """Show the pictures of `video` so many times; call `heard` with each message for the core."""
        self._root, self._video, self._rounds, self._heard = root, video, rounds, heard
        spec = DetectorSpec(name="instant", type="fixed", options={"boxes": BOXES})
        detection = DetectionSpec(detector=spec, run_dir=root, ring_dir=root, link="")
        self.core = CoreEnd(root)
        self.server = DetectorServer(detection, FixedDetector(spec))
        self.frames = 0

    def run(self, measured: Callable[[], None], stop: Callable[[], None]) -> None:
        """Feed the frames, call `measured` before each further round and at the end, then `stop`."""
        serving = threading.Thread(target=self.server.run)
        serving.start()
        feed, ring = FrameFeed(self._root, CAMERA), None
        for number in range(self._rounds):
            for frame in self._pictures():
                if ring is None:
                    ring = FrameRing.create(self._root, "ring", *even_size(frame), 5)
                    time.sleep(0.5)  # until the detector is connected
                self._show(frame, ring, feed)
            if number or self._rounds == 1:
                measured()
        feed.close()
        stop()
        self.server.stop()
        serving.join()

    def _pictures(self) -> Iterator[Any]:
        decoder = VideoDecoder(footage.probe(self._video).video, deblock=False)
        every, number = VIDEO_FPS // FPS, 0
        for unit in footage.read(self._video, 0.0):
            for frame in decoder.decode(unit):
                if number % every == 0:
                    yield frame
                number += 1

    def _show(self, frame: Any, ring: FrameRing, feed: FrameFeed) -> None:
        at = START + self.frames / FPS
        seq, i420 = ring.begin(at, keyframe=self.frames % 10 == 0)
        copy_i420(frame, i420)
        ring.commit(seq)
        feed.announce(FrameReady(CAMERA, "ring", seq, at, keyframe=self.frames % 10 == 0))
        self.frames += 1
        done = False
        while not done:
            feed.announce_waiting()
            for message in self.core.poll(5.0):  # pictures may follow the result
                self._heard(message)
                done = done or (isinstance(message, FrameTracks) and message.frame_time == at)


def analyse(video: Path, rounds: int, heard: Callable[[Message], None] = lambda _: None) -> tuple[float, float, int]:
    """Analyse `video` so many times; return CPU seconds and page faults of all rounds but the first, and frames."""
    marks: list[tuple[float, int, int]] = []
    with tempfile.TemporaryDirectory(dir="/dev/shm") as root:
        settings = AnalysisSettings(camera=CAMERA, masks=(MASK,), idle_after=0)
        feeder = Feeder(root, video, rounds, heard)
        spec = AnalysisSpec(
            link=feeder.core.address, run_dir=root, name="0", cameras=(settings,), detectors=("instant",), ring_dir=root
        )
        own = process.AnalysisProcess(spec, Link(spec.link, "analysis", spec.name))
        clock = time.pthread_getcpuclockid(threading.get_ident())
        threads = threading.get_native_id()

        def mark() -> None:
            stat = Path(f"/proc/self/task/{threads}/stat").read_text().rsplit(")", 1)[1].split()
            marks.append((time.clock_gettime(clock), int(stat[7]), feeder.frames))

        playing = threading.Thread(target=feeder.run, args=(mark, own.stop))
        mark()
        playing.start()
        own.run()
        playing.join()
        feeder.core.close()
    (began, faults, first), (ended, more, last) = marks[-2 if len(marks) > 2 else 0], marks[-1]
    return ended - began, more - faults, last - first


def main() -> None:
    """Measure and print."""
    video = full_hd(kbits=3000)
    map_blocks_from(process.LARGE_BYTES)
    cv2.setNumThreads(1)
    stages, pictures = Stages(), list[int]()
    watch_all(stages)

    def heard(message: Message) -> None:
        if isinstance(message, BestPicture):
            pictures.append(len(message.jpeg))

    spent, faults, frames = analyse(video, ROUNDS, heard)
    print(f"{frames} frames, {len(pictures)} best pictures")
    print(f"{'':34}{'ms a frame':>12}{'calls':>8}")
    for stage, seconds in sorted(stages.spent.items(), key=lambda one: -one[1]):
        print(f"{stage:34}{seconds / frames * 1000:12.3f}{stages.calls[stage] / frames:8.2f}")
    rest = spent - sum(stages.spent.values())
    print(f"{'the loop':34}{rest / frames * 1000:12.3f}")
    print(f"{'all':34}{spent / frames * 1000:12.3f}   {faults / frames:.0f} page faults a frame")


if __name__ == "__main__":
    main()
