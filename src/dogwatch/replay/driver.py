"""Takes footage through the live pipeline: pictures are chosen and analysed as those of a live camera.

Only the clock differs. A live camera shares its detector, and may skip frames when that is slow. Here every frame waits
for its answer, and "now" is the time of the packet that was just read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dogwatch.analysis import AnalysisSettings
from dogwatch.detectors.base import Detector
from dogwatch.media.decode import copy_i420, even_size
from dogwatch.media.packets import Unit, VideoInfo
from dogwatch.model import Box
from dogwatch.vision.best_picture import View
from dogwatch.vision.colours import Colours, colours_in
from dogwatch.vision.cut import cut, tensor_shape
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.merge import RegionDetection
from dogwatch.vision.motion import Motion
from dogwatch.vision.pipeline import FrameResult, Pipeline, geometry_of, in_frame
from dogwatch.vision.regions import TensorSize
from dogwatch.vision.scene import SceneObserver
from dogwatch.workers.analysis.live import GONE_S, JUMP_BACK_S
from dogwatch.workers.ingest.counters import Counters
from dogwatch.workers.ingest.selection import DecoderSettings, PictureSelector

GAP_S = 1.0  # a longer gap between two files counts as a lost connection

Views = tuple[tuple[str, View], ...]
Listener = Callable[[FrameResult, Geometry, Views], None]


class Replay:
    """Takes one camera's footage through the pipeline. It is a `PictureSink`."""

    def __init__(
        self,
        settings: AnalysisSettings,
        detector: Detector,
        listen: Listener,
        observer: SceneObserver | None = None,
        *,
        deblock: bool = False,
    ) -> None:
        """Call `listen` with every analysed frame, and with the objects that it shows best so far."""
        self._settings, self._detector, self._listen, self._observer = settings, detector, listen, observer
        info = detector.info
        self._tensor = TensorSize(info.width, info.height, info.min_region)
        self._counters = Counters()
        decoding = DecoderSettings(settings.fps, settings.idle_after, detect=True, deblock=deblock)
        self._selector = PictureSelector(decoding, self, self._counters)
        self._pipeline: Pipeline | None = None
        self._buffer = np.empty((0, 0), np.uint8)
        self._seq = -1
        self._now = self._read_until = -math.inf
        self._awake_until = -math.inf
        self._last_time = -math.inf
        self.frames = self.regions = 0
        self.raw_detections: list[RegionDetection] = []
        """What the detector found in the frame that `listen` is called with, before any filter."""

    @property
    def decoded(self) -> int:
        """Pictures decoded so far."""
        return self._counters.decoded

    @property
    def picture(self) -> NDArray[np.uint8]:
        """The frame that `listen` is called with, I420, until it returns."""
        return self._buffer

    def run(self, video: VideoInfo, units: Iterable[Unit]) -> None:
        """Analyse one more file, which begins where the one before ended, or later.

        A gap inside a file does not restart the decoder, however long it is.
        """
        video, before = replace(video, fps=0.0), self._selector.video  # files of one camera differ in the measured rate
        follows = video == before
        for number, unit in enumerate(units):
            if not number and not (follows and 0 <= unit.dts - self._read_until <= GAP_S):
                self._selector.begin(video)
            self._now, self._read_until = unit.time, unit.dts
            self._selector.take(unit)

    def close(self) -> None:
        """End all objects, and call `listen` with the result."""
        if self._pipeline is not None:
            self._pipeline.end_all()
            self.raw_detections = []
            self._tell(self._pipeline, self._last_time, Motion(), (), ())

    # ------------------------------------------------------------ as a `PictureSink`

    @property
    def consumed(self) -> int:
        """Every picture is analysed before the next is decoded."""
        return self._seq

    def demanded(self) -> bool:
        """Whether the last pictures have shown a reason to analyse every picture."""
        return self._now < self._awake_until

    def wait_for_room(self) -> bool:
        """There is always room."""
        return True

    def publish(self, frame: Any, at: float, *, keyframe: bool, probe: bool) -> int:  # noqa: ARG002 - as `PictureSink`
        """Analyse a picture."""
        self._seq += 1
        width, height = even_size(frame)
        if self._buffer.shape != (height * 3 // 2, width):
            self._buffer = np.empty((height * 3 // 2, width), np.uint8)
        pipeline = self._pipeline_for(width, height, at)
        if at <= self._last_time:  # decoded again on the way to later ones
            return self._seq
        copy_i420(frame, self._buffer)
        self._analyse(pipeline, at, probe=probe)
        return self._seq

    # ------------------------------------------------------------ one picture

    def _pipeline_for(self, width: int, height: int, at: float) -> Pipeline:
        sizes, old = geometry_of(self._settings, width, height), self._pipeline
        if old is not None:
            if self._last_time - at <= JUMP_BACK_S and sizes == old.geometry:
                if at - self._last_time > GONE_S and len(old):
                    self.close()
                return old
            self.close()
            self._last_time = -math.inf
        self._pipeline = Pipeline(self._settings, sizes, observer=self._observer)
        return self._pipeline

    def _analyse(self, pipeline: Pipeline, at: float, *, probe: bool) -> None:
        luma = self._buffer[: self._buffer.shape[0] * 2 // 3]
        small = pipeline.downscale(luma)
        pipeline.set_tensor(self._tensor)
        if probe and pipeline.wants_every_frame(pipeline.peek_motion(small, at), detector=True):
            self._stay_awake(at)
            return
        motion = pipeline.analyse_motion(small, at)
        self._last_time = at
        self.frames += 1
        views: Views = ()
        regions = pipeline.regions(motion, at)
        if pipeline.wants_every_frame(motion, detector=True):
            self._stay_awake(at)
        self.raw_detections = self._detect(regions, pipeline.geometry) if regions else []
        if regions:
            views = pipeline.detected(at, regions, self.raw_detections, look=self.look)
        else:
            pipeline.skip_frame(at, blind=False)
        self._tell(pipeline, at, motion, regions, views)
        if pipeline.wants_every_frame(motion, detector=True):
            self._stay_awake(at)

    def _detect(self, regions: tuple[Any, ...], sizes: Geometry) -> list[RegionDetection]:
        info = self._detector.info
        shape = tensor_shape(self._tensor, info.pixel_format)
        tensors = [np.empty(shape, np.uint8) for _ in regions]
        for region, out in zip(regions, tensors, strict=True):
            cut(self._buffer, region, sizes, info.pixel_format, out)
        self.regions += len(regions)
        detections = []
        for start in range(0, len(tensors), info.batch):
            detections += self._detector.detect(tensors[start : start + info.batch])
        return in_frame(regions, detections, self._tensor, sizes)

    def _tell(self, pipeline: Pipeline, at: float, motion: Motion, regions: tuple[Any, ...], views: Views) -> None:
        self._listen(pipeline.result(at, motion, regions), pipeline.geometry, views)

    def look(self, box: Box) -> Colours | None:
        """Return the colours in a box (detect-frame pixels) of the picture that was analysed last."""
        pipeline = self._pipeline
        return colours_in(self._buffer, box, pipeline.geometry) if pipeline is not None else None

    def _stay_awake(self, at: float) -> None:
        self._awake_until = max(self._awake_until, max(at, self._now) + max(1.0, self._settings.idle_after))
