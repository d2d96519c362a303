"""Hard cuts, with pictures made here."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.vision.cuts import CutFinder

Pixels = NDArray[np.uint8]


def scene(seed: int, brightness: int = 0) -> NDArray[np.int16]:
    """A blurred, random RGB picture of 320 x 180."""
    small = np.random.default_rng(seed).integers(20, 220, (9, 16, 3)).astype(np.uint8)
    large = cv2.resize(small, (480, 270), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.int16) + brightness


def planes(rgb: NDArray[np.int16], shift: int = 0) -> list[Pixels]:
    part = np.clip(rgb[20:200, shift : shift + 320], 0, 255).astype(np.uint8)
    i420 = np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2YUV_I420), np.uint8)
    colours = i420[180:].reshape(2, 90, 160)
    return [i420[:180], colours[0], colours[1]]


def cuts(pictures: list[list[Pixels]]) -> list[int]:
    finder = CutFinder()
    return [n for n, one in enumerate(pictures) if finder.is_cut(one)]


def noisy(picture: list[Pixels], seed: int) -> list[Pixels]:
    noise = np.random.default_rng(seed).integers(-6, 7, picture[0].shape)
    return [np.clip(picture[0].astype(np.int16) + noise, 0, 255).astype(np.uint8), *picture[1:]]


def test_each_change_of_the_scene_is_one_cut_at_its_first_picture() -> None:
    pictures = [noisy(planes(scene(n // 10)), n) for n in range(50)]
    assert cuts(pictures) == [10, 20, 30, 40]


def test_noise_pans_and_fades_are_none() -> None:
    still = [noisy(planes(scene(1)), n) for n in range(20)]
    pan = [planes(scene(1), 5 * n) for n in range(30)]
    fade = [planes((scene(1) * (20 - n) // 20 + scene(2) * n // 20).astype(np.int16)) for n in range(21)]
    assert cuts(still + pan) == []
    assert cuts(fade) == []


def test_something_large_that_walks_past_is_none() -> None:
    pictures = []
    for n in range(40):
        one = scene(3)
        one[60:270, 12 * n : 12 * n + 120] = (200, 30, 30)
        pictures.append(planes(one))
    assert cuts(pictures) == []


def test_a_light_that_is_switched_on_a_little_is_none() -> None:
    assert cuts([planes(scene(4, 20 if n > 10 else 0)) for n in range(20)]) == []


@pytest.mark.parametrize(("before", "after"), [((40, 40, 40), (200, 200, 200)), ((200, 30, 30), (30, 30, 200))])
def test_plain_pictures_of_other_colours_are_cuts(before: tuple[int, ...], after: tuple[int, ...]) -> None:
    plain = [np.full((270, 480, 3), colour, np.int16) for colour in (before, after)]
    assert cuts([planes(plain[n // 10]) for n in range(20)]) == [10]


def test_bars_that_count_are_none_and_black_beside_a_film_hides_no_cut() -> None:
    def bars(number: int) -> NDArray[np.int16]:
        row = np.array([(number >> min(11, 12 * x // 320)) & 1 for x in range(480)]) * 220 + 18
        return np.repeat(np.repeat(row[None, :, None], 270, 0), 3, 2).astype(np.int16)

    def narrow(seed: int) -> NDArray[np.int16]:
        one = scene(seed)
        one[:, :100], one[:, 220:] = 0, 0
        return one

    assert cuts([planes(bars(n)) for n in range(200)]) == []
    assert cuts([planes(narrow(n // 10)) for n in range(30)]) == [10, 20]
