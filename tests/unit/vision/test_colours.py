import numpy as np
import pytest

from dogwatch.model import Box
from dogwatch.vision.colours import (
    Colours,
    FrameColours,
    blended,
    colours_in,
    colours_of,
    difference,
    from_bytes,
    to_bytes,
)
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.joining import ACCEPTED, Glimpse, odds
from dogwatch.vision.tracker import Tracker

SIZES = Geometry(640, 480, 640, 480)
RED, BLUE, GREY = (90, 110, 160), (60, 150, 110), (120, 128, 128)
STEP_S = 0.2


def picture(
    *people: tuple[Box, tuple[int, int, int], tuple[int, int, int]],
) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Return a grey picture of people with something above and something below."""
    planes = [np.full((480 // part, 640 // part), value, np.uint8) for part, value in zip((1, 2, 2), GREY, strict=True)]
    for box, above, below in people:
        middle = (box.y1 + box.y2) // 2
        for plane, part, upper, lower in zip(planes, (1, 2, 2), above, below, strict=True):
            columns = slice(box.x1 // part, box.x2 // part)
            plane[box.y1 // part : middle // part, columns] = upper
            plane[middle // part : box.y2 // part, columns] = lower
    return np.concatenate([planes[0], planes[1].reshape(-1, 640), planes[2].reshape(-1, 640)])


def shown(i420: np.ndarray[tuple[int, int], np.dtype[np.uint8]], box: Box, sizes: Geometry = SIZES) -> Colours:
    found = colours_in(i420, box, sizes)
    assert found is not None
    return found


def test_the_same_clothes_are_alike_wherever_they_are_and_others_are_not() -> None:
    one, other = Box(100, 100, 160, 260), Box(403, 190, 459, 345)
    i420 = picture((one, RED, BLUE), (other, RED, BLUE))
    first, second = shown(i420, one), shown(i420, other)
    turned = shown(picture((one, BLUE, RED)), one)
    assert first.shape == (48,)
    assert np.array_equal(from_bytes(to_bytes(first)), first)
    assert difference(first, first) == pytest.approx(0.0, abs=1e-6)
    assert difference(first, second) < 0.02
    assert difference(first, turned) > 0.9  # which half it is matters
    assert difference(first, blended(first, turned)) < difference(turned, blended(first, turned))


def test_a_detect_frame_of_another_size_shows_the_same() -> None:
    i420 = picture((Box(100, 100, 160, 260), RED, BLUE))
    whole = shown(i420, Box(100, 100, 160, 260))
    half = shown(i420, Box(50, 50, 80, 130), Geometry(640, 480, 320, 240))
    assert difference(whole, half) < 0.01


@pytest.mark.parametrize(
    "box", [Box(0, 0, 40, 90), Box(600, 400, 640, 480), Box(-20, -30, 60, 200), Box(500, 300, 700, 600)]
)
def test_boxes_at_the_edges_are_looked_at_as_far_as_they_show(box: Box) -> None:
    assert colours_in(picture(), box, SIZES) is not None


def test_what_is_too_small_tells_nothing() -> None:
    assert colours_in(picture(), Box(10, 10, 30, 30), SIZES) is None
    assert colours_in(picture(), Box(10, 10, 14, 60), SIZES) is None


def test_colours_are_looked_at_once_and_only_where_they_are_needed() -> None:
    asked: list[Box] = []

    def look(box: Box) -> Colours | None:
        asked.append(box)
        return None

    boxes = [Box(0, 0, 50, 100), Box(200, 0, 250, 100)]
    one = FrameColours(look, boxes)
    assert asked == []
    assert one.of(1) is None
    assert one.of(1) is None
    assert asked == boxes[1:]


def plain(*values: int) -> Colours:
    luma, u, v = (np.full((32, 8), value, np.uint8) for value in values)
    return colours_of(luma, u, v)


@pytest.mark.parametrize("known", [True, False])
def test_two_who_meet_stop_and_turn_back_are_told_apart_by_their_colours(known: bool) -> None:
    """Their paths say the contrary: that they went on."""
    tracker = Tracker(min_initialized=2, max_missing_s=5.0, frame_s=STEP_S)
    looks = {1: plain(*RED), 2: plain(*BLUE)}

    def seen(n: int, *people: tuple[int, float]) -> dict[int, int]:
        boxes = [(x, 100.0, x + 60, 260.0) for _, x in people]
        by_box = {Box(*(round(one) for one in box)): looks[who] for box, (who, _) in zip(boxes, people, strict=True)}
        colours = FrameColours(by_box.__getitem__, list(by_box)) if known else None
        labels = [0] * len(boxes)
        update = tracker.update(n * STEP_S, boxes, labels, [True] * len(boxes), colours=colours)
        return {people[index][0]: key for key, index in update.seen.items()}

    for n in range(15):
        before = seen(n, (1, 100.0 + 12 * n), (2, 460.0 - 12 * n))
    for n in range(15, 19):  # the one in front is seen, the other is hidden
        seen(n, (1, 280.0))
    for n in range(19, 34):
        after = seen(n, (1, 280.0 - 12 * (n - 18)), (2, 280.0 + 12 * (n - 18)))
    assert (after == before) is known


FRAME = (640.0, 360.0)


def test_an_object_comes_out_again_as_one_of_its_own_colours() -> None:
    lost = Glimpse((100.0, 100.0, 50.0, 120.0), (60.0, 0.0), 10.0)
    new = Glimpse((205.0, 100.0, 50.0, 120.0), (60.0, 0.0), 12.0)
    red, blue = plain(*RED), plain(*BLUE)

    def fit(one: Colours | None, other: Colours | None) -> float:
        return odds(Glimpse(lost.box, lost.speed, lost.time, one), Glimpse(new.box, new.speed, new.time, other), FRAME)

    assert fit(red, red) > fit(red, None) == fit(None, None) >= ACCEPTED > fit(red, blue)
