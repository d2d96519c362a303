from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from hypothesis import given

from dogwatch.model import Box, Detection
from dogwatch.vision.cut import FILL, PixelFormat, cut, cut_i420, tensor_shape, to_frame
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.regions import TensorSize
from tests.unit.vision.strategies import SIZES, boxes

TENSOR = TensorSize(64, 64)


def picture(width: int = 320, height: int = 180) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    bgr = np.zeros((height, width, 3), np.uint8)
    bgr[:, : width // 2] = (200, 30, 30)  # left half blue, right half red
    bgr[:, width // 2 :] = (30, 30, 200)
    bgr[height // 2 :] //= 2
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420), np.uint8)


def test_gray_at_scale_one_is_the_luma_itself() -> None:
    i420, sizes = picture(), Geometry(320, 180, 320, 180)
    i420[:180] = np.arange(320, dtype=np.uint8)[None, :] ^ np.arange(180, dtype=np.uint8)[:, None]
    out = np.empty(tensor_shape(TENSOR, "gray"), np.uint8)
    cut(i420, Box(100, 50, 164, 114), sizes, "gray", out)
    assert np.array_equal(out, i420[50:114, 100:164])


@pytest.mark.parametrize("pixel_format", ["rgb", "bgr"])
@pytest.mark.parametrize("tensor", [TENSOR, TensorSize(63, 41)])
def test_colours_are_right(pixel_format: PixelFormat, tensor: TensorSize) -> None:
    i420, sizes = picture(), Geometry(320, 180, 160, 90)
    out = np.empty(tensor_shape(tensor, pixel_format), np.uint8)
    cut(i420, Box(10, 5, 42, 37), sizes, pixel_format, out)
    blue, red = (0, 2) if pixel_format == "bgr" else (2, 0)
    assert abs(int(out[10, 10, blue]) - 200) < 12
    assert abs(int(out[10, 10, red]) - 30) < 12


def test_the_region_is_what_is_cut() -> None:
    i420, sizes = picture(), Geometry(320, 180, 160, 90)
    out = np.empty(tensor_shape(TENSOR, "bgr"), np.uint8)
    cut(i420, Box(64, 13, 96, 45), sizes, "bgr", out)  # the middle in x, the upper half in y
    assert out[20, 10, 0] > 150
    assert out[20, 54, 2] > 150


@pytest.mark.parametrize(("width", "height"), [(32, 32), (31, 17), (1, 1)])
def test_planes_show_the_same_and_are_even(width: int, height: int) -> None:
    i420, sizes, region = picture(), Geometry(320, 180, 160, 90), Box(64, 13, 96, 45)
    small = cut_i420(i420, region, sizes, width, height)
    assert small.shape == ((height + height % 2) * 3 // 2, width + width % 2)
    assert small.flags.c_contiguous
    out = np.empty((height, width, 3), np.uint8)
    cut(i420, region, sizes, "bgr", out)
    assert np.array_equal(cv2.cvtColor(small, cv2.COLOR_YUV2BGR_I420)[:height, :width], out)


@pytest.mark.parametrize("factor", [4, 6, 10, 14])
def test_scaling_down_takes_the_pixels_that_interpolation_takes(factor: int) -> None:
    width, height = 32, 18
    i420 = np.random.default_rng(factor).integers(0, 256, (factor * height * 3 // 2, factor * width), dtype=np.uint8)
    sizes = Geometry(factor * width, factor * height, factor * width, factor * height)
    luma = i420[: factor * height]
    double = cv2.resize(luma, (2 * width, 2 * height), interpolation=cv2.INTER_LINEAR)
    small = cut_i420(i420, Box(0, 0, sizes.width, sizes.height), sizes, width, height)
    assert np.array_equal(small[:height], cv2.resize(double, (width, height), interpolation=cv2.INTER_LINEAR))


def test_beyond_the_frame_all_is_grey() -> None:
    i420, sizes = picture(), Geometry(320, 180, 320, 180)
    out = np.empty(tensor_shape(TENSOR, "gray"), np.uint8)
    cut(i420, Box(0, 0, 320, 320), sizes, "gray", out)
    assert (out[37:] == FILL).all()
    assert abs(int(out[5, 5]) - int(i420[10, 10])) <= 2


@pytest.mark.parametrize("part", [30, 31, 32])
def test_an_odd_part_inside_the_frame_leaves_the_padding_grey(part: int) -> None:
    i420, sizes = picture(), Geometry(320, 180, 320, 180)
    out = np.empty((32, 32, 3), np.uint8)
    cut(i420, Box(320 - part, 0, 352 - part, 32), sizes, "bgr", out)
    assert (out[:, part:] == FILL).all()
    assert (out[:, part - 1] != FILL).any()


def test_a_region_shows_nothing_of_the_one_before_or_of_another_thread() -> None:
    i420, sizes, black = picture(), Geometry(320, 180, 320, 180), np.full((270, 320), 128, np.uint8)
    black[:180] = 16
    wanted = np.empty((64, 64, 3), np.uint8)
    cut(i420, Box(0, 0, 64, 64), sizes, "rgb", wanted)

    def mixed(number: int) -> bool:
        out = np.empty((64, 64, 3), np.uint8)
        for _ in range(50):
            cut(black if number % 2 else i420, Box(0, 0, 64, 64), sizes, "rgb", out)
        return bool((out == (0 if number % 2 else wanted)).all())

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(mixed, range(8)))


@given(boxes(smallest=20), boxes(width=64, height=64))
def test_boxes_come_back_to_where_they_were_seen(region: Box, seen: Box) -> None:
    placed = to_frame(Detection("person", 0.5, seen), region, TENSOR, SIZES).box
    assert abs(placed.x1 - (region.x1 + seen.x1 * region.width / 64)) <= 1
    assert abs(placed.y2 - (region.y1 + seen.y2 * region.height / 64)) <= 1
    assert placed == placed.clipped(SIZES.width, SIZES.height)


@pytest.mark.parametrize("region", [Box(318, 178, 320, 180), Box(0, 0, 1, 1), Box(319, 179, 320, 180)])
def test_tiny_regions_at_the_edge_can_be_cut(region: Box) -> None:
    out = np.zeros(tensor_shape(TENSOR, "rgb"), np.uint8)
    cut(picture(), region, Geometry(320, 180, 320, 180), "rgb", out)
    assert out.any()
