"""The drawn street through a real encoder, and as motion detection sees it."""

from __future__ import annotations

import io
from collections.abc import Iterable

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.analysis import MotionSettings
from dogwatch.media.street import StreetScene, read_frame_number
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.motion import MotionDetector

Image = NDArray[np.uint8]


def through_h264(scene: StreetScene, numbers: Iterable[int], **options: str) -> list[Image]:
    """Encode frames and return them decoded, I420."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=15, options=options)
        stream.width, stream.height, stream.pix_fmt = scene.width, scene.height, "yuv420p"
        for n in numbers:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(scene.render(n), format="bgr24")))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r") as reader:
        return [np.asarray(frame.to_ndarray(), np.uint8) for frame in reader.decode(video=0)]


@pytest.mark.parametrize(("size", "crf"), [((1280, 720), 30), ((640, 360), 28), ((320, 240), 26)])
def test_frame_numbers_survive_h264(size: tuple[int, int], crf: int) -> None:
    numbers = [*range(60, 100), 65_535, 65_536]
    decoded = through_h264(StreetScene(*size, 15, 1), numbers, crf=str(crf), preset="veryfast")
    frames = [np.asarray(cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420), np.uint8) for frame in decoded]
    assert [read_frame_number(frame) for frame in frames] == numbers
    halves = [cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for frame in frames[::10]]
    if size[1] >= 360:
        assert [read_frame_number(np.asarray(half, np.uint8)) for half in halves] == numbers[::10]


@pytest.mark.parametrize("size", [(1280, 720), (640, 360)])
def test_the_street_is_quiet_unless_somebody_walks(size: tuple[int, int]) -> None:
    scene, numbers = StreetScene(*size, 15, 1), range(0, 24 * 15, 3)
    detector = MotionDetector(MotionSettings(), Geometry(*size, *size))
    walking: list[bool] = []
    quiet: list[bool] = []
    frames = through_h264(scene, numbers, crf="24", preset="ultrafast", tune="zerolatency", g="10")
    for n, frame in zip(numbers, frames, strict=True):
        motion = detector.detect_motion(detector.downscale(frame[: size[1]]), 1e9 + n / 15)
        (walking if scene.truth(n) else quiet).append(bool(motion.boxes))
    assert len(quiet) > 15
    assert not any(quiet)
    assert sum(walking) >= 0.95 * len(walking)
