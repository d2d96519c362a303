import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.model import Box
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.regions import MAX_REGIONS, TensorSize, choose_regions, covered, scan
from tests.unit.vision.strategies import SIZES, boxes

TENSOR = TensorSize(320, 320, 320)


def test_a_small_box_gets_the_smallest_region_around_it() -> None:
    assert choose_regions([Box(600, 300, 640, 380)], SIZES, TENSOR) == (Box(460, 180, 780, 500),)


def test_a_detector_may_ask_for_enlarged_regions() -> None:
    (region,) = choose_regions([Box(600, 300, 640, 380)], SIZES, TensorSize(320, 320, 160))
    assert (region.width, region.height) == (160, 160)


def test_a_region_keeps_inside_the_frame() -> None:
    assert choose_regions([Box(0, 0, 30, 60)], SIZES, TENSOR) == (Box(0, 0, 320, 320),)
    assert choose_regions([Box(1260, 700, 1280, 720)], SIZES, TENSOR) == (Box(960, 400, 1280, 720),)


def test_neighbours_share_a_region_and_strangers_do_not() -> None:
    near, far = [Box(100, 100, 160, 240), Box(220, 110, 280, 250)], Box(1100, 500, 1160, 640)
    regions = choose_regions([*near, far], SIZES, TENSOR)
    assert len(regions) == 2
    assert all(covered(box, regions, 1.0) for box in [*near, far])


def test_regions_are_in_detect_frame_pixels() -> None:
    half = Geometry(1280, 720, 640, 360)
    (region,) = choose_regions([Box(300, 150, 320, 190)], half, TENSOR)
    assert (region.width, region.height) == (160, 160)


def test_a_wide_tensor_makes_wide_regions() -> None:
    (region,) = choose_regions([Box(600, 300, 640, 340)], SIZES, TensorSize(640, 320, 320))
    assert (region.width, region.height) == (640, 320)


def test_a_box_larger_than_the_frame_is_high_gets_a_region_that_reaches_over() -> None:
    (region,) = choose_regions([Box(100, 0, 1100, 720)], SIZES, TENSOR)
    assert region.width == 1280
    assert region.y1 == 0
    assert region.y2 > SIZES.height


@given(st.lists(boxes(smallest=4), max_size=30), st.integers(0, 50))
def test_regions_are_few_fixed_and_hold_what_they_are_for(wanted: list[Box], turn: int) -> None:
    regions = choose_regions(wanted, SIZES, TENSOR, turn=turn)
    assert len(regions) <= MAX_REGIONS
    assert regions == choose_regions(list(reversed(wanted)), SIZES, TENSOR, turn=turn)
    everything = choose_regions(wanted, SIZES, TENSOR, limit=1000)
    assert all(covered(box, everything, 1.0) for box in wanted)
    assert all(region.x1 >= 0 and region.y1 >= 0 for region in everything)


def test_nobody_starves_when_there_are_too_many() -> None:
    wanted = [Box(x, y, x + 20, y + 20) for x in range(0, 6400, 640) for y in (0, 640)]
    wide = Geometry(6400, 720, 6400, 720)
    seen = {region for turn in range(10) for region in choose_regions(wanted, wide, TENSOR, turn=turn)}
    assert all(covered(box, tuple(seen)) for box in wanted)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (640, 360), (320, 240), (200, 1000), (3840, 2160)])
@pytest.mark.parametrize("tensor", [TENSOR, TensorSize(416, 416, 416), TensorSize(640, 640, 0)])
def test_a_scan_shows_every_pixel(size: tuple[int, int], tensor: TensorSize) -> None:
    sizes = Geometry(*size, *size)
    regions = scan(sizes, tensor)
    assert 1 <= len(regions) <= 40
    spots = [Box(x, y, x + 1, y + 1) for x in range(0, size[0], 37) for y in range(0, size[1], 41)]
    assert all(covered(spot, regions) for spot in [*spots, Box(size[0] - 1, size[1] - 1, *size)])


def test_a_region_is_no_larger_than_the_frame() -> None:
    (region,) = choose_regions([Box(0, 0, 1280, 720)], SIZES, TENSOR)
    assert region.width == 4 * TENSOR.width == 1280
