"""The drawn street through a real encoder, and as motion detection sees it."""

from __future__ import annotations

import io

import av
import cv2
import numpy as np
import pytest

from dogwatch.media.scene import StreetScene, read_frame_number
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.motion import MotionDetector
from dogwatch.vision.settings import MotionSettings


@pytest.mark.parametrize(("size", "crf"), [((1280, 720), 30), ((640, 360), 28), ((320, 240), 26)])
def test_frame_numbers_survive_h264(size: tuple[int, int], crf: int) -> None:
    scene, file = StreetScene(*size, 15, 1), io.BytesIO()
    numbers = [*range(60, 100), 65_535, 65_536]
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=15, options={"crf": str(crf), "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for n in numbers:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(scene.render(n), format="bgr24")))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r") as reader:
        frames = [np.asarray(frame.to_ndarray(format="bgr24"), np.uint8) for frame in reader.decode(video=0)]
    assert [read_frame_number(frame) for frame in frames] == numbers
    halves = [cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for frame in frames[::10]]
    if size[1] >= 360:
        assert [read_frame_number(np.asarray(half, np.uint8)) for half in halves] == numbers[::10]


@pytest.mark.parametrize("size", [(1280, 720), (640, 360)])
def test_the_street_is_quiet_unless_somebody_walks(size: tuple[int, int]) -> None:
    scene = StreetScene(*size, 15, 1)
    detector = MotionDetector(MotionSettings(), Geometry(*size, *size))
    walking: list[bool] = []
    quiet: list[bool] = []
    for n in range(0, 24 * 15, 3):
        luma = np.asarray(cv2.cvtColor(scene.render(n), cv2.COLOR_BGR2GRAY), np.uint8)
        motion = detector.look(detector.reduce(luma), 1e9 + n / 15)
        (walking if scene.truth(n) else quiet).append(bool(motion.boxes))
    assert len(quiet) > 15
    assert not any(quiet)
    assert sum(walking) >= 0.95 * len(walking)
