"""The drawn street: exact frames, a readable number, quiet gaps."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest

from dogwatch.errors import MediaError
from dogwatch.media.street import ACT_S, StreetScene, read_frame_number


@pytest.fixture(scope="module")
def scene() -> StreetScene:
    return StreetScene(640, 360, 15, 3)


def test_a_frame_follows_from_the_arguments(scene: StreetScene) -> None:
    again = StreetScene(640, 360, 15, 3)
    again.render(0)
    assert np.array_equal(scene.render(75), again.render(75))
    assert not np.array_equal(scene.render(75), StreetScene(640, 360, 15, 4).render(75))


@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (320, 240), (1920, 1080)])
@pytest.mark.parametrize("n", [0, 1, 2, 123, 99_999, 2**31 + 5, 2**32 - 1])
def test_the_frame_number_is_read_back(size: tuple[int, int], n: int) -> None:
    picture = StreetScene(*size, 15, 0).render(n)
    assert picture.shape == (size[1], size[0], 3)
    assert read_frame_number(picture) == n
    assert read_frame_number(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)) == n


@pytest.mark.parametrize("factor", [0.5, 0.6, 0.8, 1.5])
def test_the_number_survives_scaling_and_hard_compression(scene: StreetScene, factor: float) -> None:
    for n in (0, 77, 4711, 65_535):
        small = cv2.resize(scene.render(n), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        done, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 30])
        assert done
        assert read_frame_number(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)) == n


def test_a_picture_without_strip_is_refused(scene: StreetScene) -> None:
    with pytest.raises(MediaError, match="no frame number"):
        read_frame_number(np.zeros((360, 640, 3), np.uint8))
    with pytest.raises(MediaError, match="no frame number"):
        read_frame_number(scene.render(0)[:300])


def test_a_flipped_bit_is_noticed(scene: StreetScene) -> None:
    picture = scene.render(9)
    edge = round(640 * 10 / 36)
    picture[-6:, edge : edge + 18] = 255 - picture[-6:, edge : edge + 18]
    with pytest.raises(MediaError, match="damaged"):
        read_frame_number(picture)


@pytest.mark.parametrize("seed", range(6))
def test_people_come_early_and_leave_again(seed: int) -> None:
    scene = StreetScene(640, 360, 15, seed)
    seen = [len(scene.truth(n)) for n in range(int(ACT_S * 15) * 2)]
    assert seen[0] == 0
    assert 1 <= max(seen) <= 3
    assert any(seen[: 15 * 4])
    quiet = [n for n in range(len(seen) - 15 * 4) if not any(seen[n : n + 15 * 4])]
    assert quiet, "no four seconds without anybody"


def test_truth_is_where_the_picture_changes(scene: StreetScene) -> None:
    empty = scene.render(0).astype(int)
    number = next(n for n in range(400) if any(box.x1 > 0 and box.x2 < 640 for box in scene.truth(n)))
    changed = np.abs(scene.render(number).astype(int) - empty).max(axis=2) > 40
    changed[:30] = changed[-10:] = False
    for box in scene.truth(number):
        inside = changed[box.y1 : box.y2, box.x1 : box.x2]
        assert inside.mean() > 0.3
        changed[box.y1 - 2 : box.y2 + 2, max(0, box.x1 - 2) : box.x2 + 2] = False  # smooth edges reach further
    assert not changed.any()


def test_figures_are_as_tall_as_people_on_a_street_camera() -> None:
    scene = StreetScene(1280, 720, 15, 1)
    heights = [box.height for n in range(0, 1000, 5) for box in scene.truth(n)]
    assert heights
    assert min(heights) >= 125
    assert max(heights) <= 225


def test_the_number_changes_little_from_frame_to_frame(scene: StreetScene) -> None:
    strips = [scene.render(n)[-6:].astype(int) for n in range(20)]
    for before, after in itertools.pairwise(strips):
        assert (np.abs(after - before).max(axis=(0, 2)) > 0).sum() <= 2 * (640 // 36 + 1)
