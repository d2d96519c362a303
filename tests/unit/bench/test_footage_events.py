"""Which events of two replays are the same, and how they are kept."""

from pathlib import Path

import numpy as np
from bench.tracks.footage_events import TILE, SeenEvent, pairs, read, save
from bench.tracks.sheet import COLUMNS, GAP, sheet


def event(start: int, x: int, label: str = "person", frames: int = 6) -> SeenEvent:
    boxes = {1000 * (start + n): (x + 10 * n, 100, x + 40 + 10 * n, 200) for n in range(frames)}
    return SeenEvent(label, float(start), float(start + frames), 0.8, 1, boxes)


def test_events_with_the_same_boxes_are_the_same_though_they_begin_later() -> None:
    early, late, other, car = event(0, 100), event(1, 110), event(0, 400), event(0, 100, "car")
    assert early.same(late) == 5 / 6
    assert early.same(other) == early.same(car) == 0
    assert pairs([early, other], [car, late]) == [(early, late), (other, None), (None, car)]
    assert pairs([], []) == []


def test_each_event_is_the_same_as_one_at_most_and_the_most_alike_go_first() -> None:
    one, fragment, whole = event(0, 100), event(0, 112), event(0, 100)
    assert pairs([one], [fragment, whole]) == [(one, whole), (None, fragment)]


def test_events_come_back_from_their_file_and_are_drawn(tmp_path: Path) -> None:
    told = event(3, 50)
    told.picture = np.full((TILE, TILE, 3), 7, np.uint8)
    save(tmp_path / "x.npz", [told])
    (again,) = read(tmp_path / "x.npz")
    assert again.picture is not None
    assert (again.label, again.boxes, int(again.picture.max())) == ("person", told.boxes, 7)
    save(tmp_path / "none.npz", [])
    assert read(tmp_path / "none.npz") == []
    assert sheet([(told, again), (None, told)]).shape[1] == COLUMNS * (TILE + GAP)
