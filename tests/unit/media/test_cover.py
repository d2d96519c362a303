"""Covering parts of pictures."""

import numpy as np
import pytest

from dogwatch.media.cover import BLACK, fitting, hide, planes
from dogwatch.media.encoder_spec import CoverBox

WIDTH, HEIGHT = 64, 48


def noise() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 255, (HEIGHT * 3 // 2, WIDTH), np.uint8)


def test_planes_are_views() -> None:
    pixels = noise()
    luma, blue, red = planes(pixels)
    assert (luma.shape, blue.shape, red.shape) == ((48, 64), (24, 32), (24, 32))
    red[:] = 7
    assert (pixels.reshape(-1)[-24 * 32 :] == 7).all()


def test_a_polygon_is_black_and_the_rest_is_as_it_was() -> None:
    pixels = noise()
    before = pixels.copy()
    hide(planes(pixels), [((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))], [])
    for plane, old, value in zip(planes(pixels), planes(before), BLACK, strict=True):
        middle = plane.shape[1] // 2
        assert (plane[:, :middle] == value).all()
        assert (plane[:, middle + 2 :] == old[:, middle + 2 :]).all()


def test_a_box_keeps_no_detail() -> None:
    pixels = noise()
    before = pixels.copy()
    hide(planes(pixels), [], [CoverBox(0.25, 0.25, 0.75, 0.75)])
    inside, was = planes(pixels)[0][12:36, 16:48], planes(before)[0][12:36, 16:48]
    assert np.abs(np.diff(inside.astype(int), axis=1)).mean() < np.abs(np.diff(was.astype(int), axis=1)).mean() / 8
    assert abs(inside.mean() - was.mean()) < 6
    assert (planes(pixels)[0][:11] == planes(before)[0][:11]).all()


@pytest.mark.parametrize(
    "box",
    [(-1, -1, 2, 2), (0.9, 0.9, 5, 5), (0.5, 0.5, 0.5, 0.5), (2, 2, 3, 3), (-3, -3, -2, -2), (0.3, 0.3, 0.301, 0.9)],
)
def test_boxes_at_and_beyond_the_edge(box: tuple[float, float, float, float]) -> None:
    pixels = noise()
    hide(planes(pixels), [], [CoverBox(*box)])


@pytest.mark.parametrize(
    ("given", "made"),
    [((1280, 720), (1280, 720)), ((3840, 2160), (1920, 1080)), ((641, 361), (640, 360)), ((1, 1), (2, 2))],
    ids=str,
)
def test_sizes(given: tuple[int, int], made: tuple[int, int]) -> None:
    assert fitting(*given) == made
