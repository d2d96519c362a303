"""When a picture for previews is taken, and what it is like."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dogwatch import framing
from dogwatch.bus.messages import Message, PreviewPicture
from dogwatch.bus.ring import FrameRing
from dogwatch.media import jpeg
from dogwatch.model import Box, TrackedObject
from dogwatch.vision.geometry import Geometry
from dogwatch.workers.analysis.previews import PreviewPictures

HOUR = 1_700_002_800.0
SIZES = Geometry(640, 360, 640, 360)


class Camera:
    """A camera with a ring of two slots."""

    def __init__(self, directory: Path) -> None:
        self.sent: list[PreviewPicture] = []
        self.ring = FrameRing.create(str(directory), "ring", 640, 360, 2)
        self.previews = PreviewPictures("front", self.send)

    def send(self, message: Message) -> bool:
        assert isinstance(message, PreviewPicture)
        self.sent.append(message)
        return True

    def show(self, time: float, *, motion: bool = False) -> None:
        seq, i420 = self.ring.begin(time, keyframe=True)
        i420[:360], i420[360:] = 235, 128  # white
        self.ring.commit(seq)
        picture = self.ring.picture(seq)
        assert picture is not None
        self.previews.offer(picture, self.ring, SIZES, motion=motion)

    @property
    def times(self) -> list[float]:
        return [one.frame_time - HOUR for one in self.sent]


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Camera]:
    made = Camera(tmp_path)
    yield made
    made.ring.close(unlink=True)


def tracked(label: str, *, stationary: bool = False, false_positive: bool = False) -> TrackedObject:
    box = Box(0, 0, 9, 9)
    return TrackedObject("1.5-a", "front", label, 0.0, 0.0, box, box, 0.9, 0.9, 0.9, false_positive, stationary)


def test_at_rest_one_every_half_minute_and_the_first_at_once(camera: Camera) -> None:
    for n in range(30):
        camera.show(HOUR + 7 + 4 * n)
    assert camera.times == [7, 31, 63, 91, 123]


@pytest.mark.parametrize("fps", [5, 7, 15])
def test_one_each_second_while_something_moves(camera: Camera, fps: int) -> None:
    for n in range(fps * 10):
        camera.show(HOUR + n / fps, motion=True)
    assert [int(time) for time in camera.times] == list(range(10))


@pytest.mark.parametrize(
    ("objects", "count"),
    [
        ([tracked("person")], 4),
        ([tracked("person"), tracked("car")], 8),
        ([tracked("car", stationary=True)], 1),
        ([tracked("car", false_positive=True)], 1),
    ],
    ids=["person", "car", "parked", "false positive"],
)
def test_active_objects_count_as_movement(camera: Camera, objects: list[TrackedObject], count: int) -> None:
    camera.previews.observe(objects)
    for n in range(20):
        camera.show(HOUR + n / 5)
    assert len(camera.times) == count


def test_an_hour_begins_with_a_picture(camera: Camera) -> None:
    for n in range(20):
        camera.show(HOUR - 10 + n)
    assert camera.times == [-10, 0]


def test_a_clock_that_is_set_back_goes_on(camera: Camera) -> None:
    camera.show(HOUR)
    camera.show(HOUR - 3600)
    camera.show(HOUR - 3570)
    assert camera.times == [0, -3600, -3570]


def test_it_is_small_and_has_the_levels_of_a_jpeg(camera: Camera) -> None:
    camera.show(HOUR)
    bgr = jpeg.decode(camera.sent[0].jpeg)
    assert bgr.shape == (180, 320, 3)
    assert int(np.median(bgr)) >= 253


@pytest.mark.parametrize(
    ("size", "small"),
    [((1920, 1080), (320, 180)), ((704, 576), (220, 180)), ((1080, 1920), (180, 320)), ((2560, 720), (640, 180))],
    ids=["1080p", "4CIF", "portrait", "wide"],
)
def test_sizes(size: tuple[int, int], small: tuple[int, int]) -> None:
    assert framing.preview_size(*size) == small
