import weakref
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.bus.messages import BestPicture
from dogwatch.framing import THUMBNAIL_HEIGHT
from dogwatch.media import jpeg
from dogwatch.model import Box, Detection
from dogwatch.vision.best_picture import View
from dogwatch.vision.cut import cut_i420
from dogwatch.vision.geometry import Geometry
from dogwatch.workers.analysis import best_pictures as module
from dogwatch.workers.analysis.best_pictures import (
    MAX_RAW,
    RETRY_S,
    SPARE_S,
    BestPictures,
    FrameCopy,
    RawFrames,
    SpareMemory,
)

BOX = Box(10, 10, 30, 50)


def frame_copy(level: int = 100, chroma: int | None = None) -> FrameCopy:
    i420 = np.full((96, 64), level, np.uint8)
    i420[64:] = level if chroma is None else chroma
    return FrameCopy(i420, Geometry(64, 64, 64, 64))


def view(time: float, score: float = 0.8) -> View:
    return View(time, score, BOX, Box(0, 0, 64, 64))


def decoded(data: bytes) -> NDArray[np.uint8]:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


class Sink:
    def __init__(self, raw: RawFrames | None = None) -> None:
        self.sent: list[BestPicture] = []
        self.full = False
        self.sink = BestPictures("cam", self.send, raw or RawFrames())

    def send(self, picture: BestPicture) -> bool:
        if not self.full:
            self.sent.append(picture)
        return not self.full


def test_one_that_could_not_be_sent_is_sent_later() -> None:
    """An object may get no better one, and would have no snapshot."""
    sink = Sink()
    sink.full = True
    sink.sink.offer("a", "person", view(100.0), frame_copy())
    for n in range(3):
        sink.sink.flush(100.0 + n / 5)
    sink.full = False
    sink.sink.flush(100.0 + RETRY_S)
    assert [one.frame_time for one in sink.sent] == [100.0]
    assert decoded(sink.sent[0].jpeg).shape[:2] == (64, 64)
    assert sink.sent[0].thumb


def test_the_first_goes_at_once_and_better_ones_seldom() -> None:
    sink = Sink()
    sink.sink.offer("a", "person", view(100.0), frame_copy())
    sink.sink.flush(100.0)
    for n in range(1, 5 * 200):
        sink.sink.offer("a", "person", view(100.0 + n / 5), frame_copy())
        sink.sink.flush(100.0 + n / 5)
    assert [one.frame_time - 100.0 for one in sink.sent] == [0.0, 10.0, 30.0, 70.0, 130.0, 190.0]


def test_a_face_goes_sooner() -> None:
    sink = Sink()
    sink.sink.offer("a", "person", view(100.0), frame_copy())
    sink.sink.flush(100.0)
    for n in range(1, 20):
        at = 100.0 + n / 5
        face = (Detection("face", 0.9, BOX),) if n >= 2 else ()
        sink.sink.offer("a", "person", View(at, 0.8, BOX, BOX, face), frame_copy())
        sink.sink.flush(at)
    assert [one.frame_time for one in sink.sent] == [100.0, 101.0]


def test_nothing_better_sends_nothing() -> None:
    sink = Sink()
    sink.sink.offer("a", "person", view(100.0), frame_copy())
    for n in range(50):
        sink.sink.flush(100.0 + n)
    sink.sink.finish(["a"])
    assert len(sink.sent) == 1


def test_the_end_sends_what_is_held_and_forgets() -> None:
    sink = Sink()
    sink.sink.offer("a", "person", view(100.0), frame_copy())
    sink.sink.flush(100.0)
    sink.sink.offer("a", "person", view(101.0, 0.95), frame_copy())
    sink.sink.flush(101.0)
    sink.sink.finish(["a"])
    sink.sink.finish(["a"])
    sink.sink.finish(["unknown"])
    assert [one.score for one in sink.sent] == [0.8, 0.95]


def test_a_picture_says_all() -> None:
    sink = Sink()
    sink.sink.offer("a", "person", view(100.0), frame_copy(150))
    sink.sink.flush(100.0)
    (one,) = sink.sent
    assert one.thumb.startswith(b"\xff\xd8")
    assert (one.camera, one.object_id, one.label) == ("cam", "a", "person")
    pixels = cv2.imdecode(np.frombuffer(one.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    assert pixels.shape == (64, 64, 3)


def test_objects_in_one_frame_share_it_encoded_once() -> None:
    sink, common = Sink(), frame_copy()
    sink.sink.offer("a", "person", view(100.0), common)
    sink.sink.offer("b", "person", view(100.0), common)
    sink.sink.flush(100.0)
    assert not common.raw
    assert sink.sent[0].jpeg is sink.sent[1].jpeg
    assert all(one.thumb for one in sink.sent)


def test_colours_and_contrast_are_those_of_the_picture() -> None:
    bgr = np.zeros((64, 128, 3), np.uint8)
    bgr[:, :32], bgr[:, 32:64], bgr[:, 64:96], bgr[:, 96:] = (
        (255, 255, 255),
        (200, 30, 30),
        (30, 30, 200),
        (90, 160, 60),
    )
    i420 = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420), np.uint8)
    sink = Sink()
    sink.sink.offer("a", "person", view(100.0), FrameCopy(i420, Geometry(128, 64, 128, 64)))
    sink.sink.flush(100.0)
    pixels = cv2.imdecode(np.frombuffer(sink.sent[0].jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    for x in (16, 48, 80, 112):
        assert np.abs(pixels[32, x].astype(int) - bgr[32, x]).max() <= 8


def test_the_thumbnail_shows_the_object() -> None:
    bgr = np.zeros((180, 320, 3), np.uint8)
    bgr[60:120, 200:230] = (40, 200, 40)
    i420 = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420), np.uint8)
    sink, seen = Sink(), View(100.0, 0.9, Box(100, 30, 115, 60), Box(0, 0, 64, 64))
    sink.sink.offer("a", "person", seen, FrameCopy(i420, Geometry(320, 180, 160, 90)))
    sink.sink.flush(100.0)
    small = cv2.imdecode(np.frombuffer(sink.sent[0].thumb, np.uint8), cv2.IMREAD_COLOR)
    assert small is not None
    assert small.shape == (175, 175, 3)
    middle = small[87, 87].astype(int)
    assert middle[1] > 150 > middle[0], "green in the middle"
    assert small[5, 5].max() < 60


def test_whoever_shares_an_encoded_frame_keeps_a_thumbnail() -> None:
    sink, common = Sink(), frame_copy()
    sink.sink.offer("a", "person", view(100.0), frame_copy())
    sink.sink.flush(100.0)
    sink.sink.offer("a", "person", view(101.0), common)
    sink.sink.offer("b", "person", view(101.0), common)
    sink.sink.flush(101.0)
    assert not common.raw, "sent for b"
    sink.sink.finish(["a"])
    assert [one.object_id for one in sink.sent] == ["a", "b", "a"]
    assert sink.sent[2].thumb == sink.sent[1].thumb


def test_frames_that_are_encoded_early_leave_thumbnails() -> None:
    sink = Sink()
    shots = [frame_copy(level, chroma=128) for level in range(60, 60 + 20 * 2 * MAX_RAW, 20)]
    for n, one in enumerate(shots):
        sink.sink.offer(f"o{n}", "person", view(100.0 + n), one)
    assert sum(one.raw for one in shots) == MAX_RAW
    sink.sink.flush(110.0)
    assert [decoded(one.thumb).mean() for one in sink.sent] == pytest.approx(
        [(60 + 20 * n - 16) * 255 / 219 for n in range(2 * MAX_RAW)], abs=2
    )


def test_few_frames_are_held_as_pixels() -> None:
    sink = Sink()
    shots = [frame_copy() for _ in range(3 * MAX_RAW)]
    for n, one in enumerate(shots):
        sink.sink.offer(f"o{n}", "person", view(100.0 + n), one)
    assert sum(one.raw for one in shots) == MAX_RAW
    assert shots[-1].raw


def test_cameras_share_the_limit_of_frames_as_pixels() -> None:
    raw = RawFrames()
    sinks = [Sink(raw) for _ in range(3)]
    shots = [frame_copy() for _ in range(2 * 3 * MAX_RAW)]
    for n, one in enumerate(shots):
        sinks[n % 3].sink.offer(f"o{n}", "person", view(100.0 + n), one)
    assert [one.raw for one in shots] == [False] * (len(shots) - MAX_RAW) + [True] * MAX_RAW
    for sink in sinks:
        sink.sink.flush(120.0)
    assert sum(len(sink.sent) for sink in sinks) == len(shots)
    assert all(one.thumb for sink in sinks for one in sink.sent)


def test_a_frame_that_nobody_holds_any_more_is_not_encoded() -> None:
    sink = Sink()
    shots = [frame_copy() for _ in range(3 * MAX_RAW)]
    for n, one in enumerate(shots):
        sink.sink.offer("a", "person", view(100.0 + n), one)
    assert all(one.raw for one in shots)


@pytest.mark.parametrize(("width", "height"), [(333, 777), (321, 181), (17, 401)])
def test_thumbnails_of_odd_sizes_have_the_rows_and_columns_that_the_encoder_reads(
    width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot = FrameCopy(np.full((96 * 3 // 2, 640), 100, np.uint8), Geometry(640, 96, width, height))
    cut = []

    def watch(*given: Any) -> NDArray[np.uint8]:
        cut.append(cut_i420(*given))
        return cut[-1]

    monkeypatch.setattr(module, "cut_i420", watch)
    data = shot.thumb(Box(2, 3, 9, 14))
    small = cut[0]
    assert small.shape[1] % 2 == 0
    assert small.shape[0] % 3 == 0
    assert jpeg.size(data) in {(small.shape[1] - odd, THUMBNAIL_HEIGHT) for odd in (0, 1)}


def test_a_thumbnail_can_be_made_whatever_the_shape_of_the_detect_frame() -> None:
    wide = FrameCopy(np.full((96, 640), 100, np.uint8), Geometry(640, 64, 16, 16_384))
    small = cv2.imdecode(np.frombuffer(wide.thumb(Box(0, 0, 16, 30)), np.uint8), cv2.IMREAD_COLOR)
    assert small is not None
    assert small.shape[0] == THUMBNAIL_HEIGHT


def test_the_memory_of_a_frame_that_is_sent_or_replaced_serves_the_next_one() -> None:
    raw, i420, sizes = RawFrames(), np.full((96, 64), 100, np.uint8), Geometry(64, 64, 64, 64)
    sink, fresh = Sink(raw), []

    def count(shape: tuple[int, ...], *_: Any) -> NDArray[np.uint8]:
        fresh.append(shape)
        return np.zeros(shape, np.uint8)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(np, "empty", count)
        for n in range(10):  # the first is sent at once, each further one replaces that before it
            sink.sink.offer("a", "person", view(100.0 + n / 5), raw.copy(i420, sizes))
            sink.sink.flush(100.0 + n / 5)
    assert fresh.count((96, 64)) == 2, "one that waits, and one that is being made"
    sink.sink.finish(["a"])
    assert [decoded(one.jpeg).mean() for one in sink.sent] == pytest.approx([(100 - 16) * 255 / 219] * 2, abs=30)
    assert sink.sent[0].jpeg == sink.sent[1].jpeg


def test_memory_is_kept_for_a_while_and_for_frames_of_one_size() -> None:
    spare = SpareMemory()
    pixels = np.zeros((6, 4), np.uint8)
    spare.give_back(pixels)
    assert spare.take((6, 4)) is pixels
    spare.give_back(pixels)
    assert spare.take((12, 4)).shape == (12, 4)
    assert spare.take((6, 4)) is not pixels


def test_memory_is_freed_when_no_frame_comes_any_more() -> None:
    sink = Sink(raw := RawFrames())
    i420, sizes = np.full((96, 64), 100, np.uint8), Geometry(64, 64, 64, 64)
    copied = raw.copy(i420, sizes)
    pixels = weakref.ref(copied._i420)
    sink.sink.offer("a", "person", view(100.0), copied)
    sink.sink.flush(100.0)
    sink.sink.flush(100.0 + SPARE_S)
    assert not copied.raw
    assert pixels() is not None
    sink.sink.flush(100.1 + SPARE_S)
    assert pixels() is None
