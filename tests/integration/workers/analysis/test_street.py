"""The whole analysis on real video, at five frames a second, with the built-in people detector."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.analysis import AnalysisSettings, MotionSettings
from dogwatch.detectors.opencv import make
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.model import Box, TrackedObject
from dogwatch.vision.cut import cut, tensor_shape, to_frame
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.merge import in_region
from dogwatch.vision.motion import Motion, MotionDetector
from dogwatch.vision.regions import TensorSize
from dogwatch.vision.scene import Scene
from tests import media

EVERY = 3  # of 15 frames a second


@dataclass(slots=True)
class Report:
    """What was seen: motion and regions by time, and all objects at their end."""

    motion: dict[float, Motion]
    regions: dict[float, tuple[Box, ...]]
    ended: list[TrackedObject]
    live: list[TrackedObject]

    @property
    def true(self) -> list[TrackedObject]:
        return [one for one in self.ended + self.live if not one.false_positive and one.position_changes]


def frames(path: Path, seconds: float) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    with av.open(str(path)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index / 15 >= seconds:
                return
            if index % EVERY == 0:
                yield index / 15, np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8)


def analyse(path: Path, seconds: float) -> Report:
    detector = make(DetectorSpec(name="cpu", type="opencv"))
    tensor = TensorSize(detector.info.width, detector.info.height, detector.info.min_region)
    sizes = Geometry(1280, 720, 1280, 720)
    scene, motion = Scene(AnalysisSettings(camera="street"), sizes), MotionDetector(MotionSettings(), sizes)
    scene.set_tensor(tensor)
    report = Report({}, {}, [], [])
    for time, i420 in frames(path, seconds):
        seen = motion.detect_motion(motion.downscale(i420[:720]), time)
        regions = scene.regions(seen, time)
        tensors = [np.empty(tensor_shape(tensor, "gray"), np.uint8) for _ in regions]
        for region, out in zip(regions, tensors, strict=True):
            cut(i420, region, sizes, "gray", out)
        found = []
        for region, mine in zip(regions, detector.detect(tensors), strict=True):
            found += in_region(region, [to_frame(one, region, tensor, sizes) for one in mine], sizes)
        outcome = scene.detected(time, regions, found) if regions else scene.coast(time, blind=False)
        report.motion[time], report.regions[time] = seen, regions
        report.ended += outcome.ended
        report.live = list(scene.objects())
    return report


def length(one: TrackedObject) -> float:
    return one.frame_time - one.start_time


@pytest.mark.timeout(300)
def test_the_quiet_street_is_quiet_and_its_walkers_come_and_go() -> None:
    report = analyse(media.real_quiet(), 60.0)
    quiet = [time for time in report.motion if time < 14.9 or time > 35.3]
    assert not any(report.motion[time].boxes for time in quiet)
    assert not any(report.regions[time] for time in quiet if 5 < time < 14.9 or time > 41)
    assert report.live == []  # each that came has gone
    assert all(one.start_time >= 14.9 and one.frame_time <= 35.3 for one in report.true)
    assert 6 <= len(report.true) <= 16  # about eight people, some of whom meet behind the lamp post
    assert sum(length(one) for one in report.true) > 60


@pytest.mark.timeout(300)
def test_walkers_have_sensible_boxes_and_few_fragments() -> None:
    report = analyse(media.real_street(), 20.0)
    long = [one for one in report.true if length(one) > 3]
    assert len(long) >= 5
    assert len(report.true) <= 14
    for one in report.true:
        assert 0.2 < one.box.ratio < 0.8
        assert 60 < one.box.height < 320
    leaps = 0
    for one in report.true:
        for (x0, y0, t0), (x1, y1, t1) in zip(one.path, one.path[1:], strict=False):
            leaps += math.hypot((x1 - x0) * 1280, (y1 - y0) * 720) > 60 + 220 * (t1 - t0)
    assert leaps <= 2  # a walker does 150 pixels a second here; more is somebody else
