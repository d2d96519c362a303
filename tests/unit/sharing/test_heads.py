"""Where heads of tracked persons are covered."""

from typing import Any

from dogwatch.sharing.heads import head_path, heads_in_picture
from dogwatch.sharing.spec import HOLD_S


def row(**changes: Any) -> dict[str, Any]:
    data = {"box": [0.4, 0.4, 0.1, 0.4], "path_data": [[[0.2, 0.8], 101.0], [[0.6, 0.8], 105.0]]}
    return {"label": "person", "start_time": 100.0, "end_time": 110.0, "data": data, **changes}


def test_the_head_goes_along_with_the_path() -> None:
    path = head_path(row())
    assert path is not None
    box = path.at(103.0)
    assert box is not None
    assert box.x1 < 0.36 < 0.44 < box.x2  # the person's middle is at 0.4
    assert box.y1 < 0.4  # the upper edge of a person of height 0.4 whose feet are at 0.8
    assert box.y2 > 0.4 + 0.4 * 0.3


def test_it_stays_where_it_was_seen_first_and_last() -> None:
    path = head_path(row())
    assert path is not None
    assert path.at(100.0) == path.at(101.0)
    assert path.at(110.0) == path.at(105.0)
    assert path.at(110.0 + HOLD_S / 2) == path.at(105.0)
    assert path.at(110.0 + HOLD_S * 2) is None
    assert path.at(100.0 - HOLD_S * 2) is None


def test_without_a_path_the_box_counts() -> None:
    path = head_path(row(data={"box": [0.4, 0.4, 0.1, 0.4]}))
    assert path is not None
    assert path.at(105.0) == heads_in_picture(row())[0]


def test_only_persons_have_heads() -> None:
    assert head_path(row(label="car")) is None
    assert heads_in_picture(row(label="car")) == ()
    assert head_path(row(data={"path_data": []})) is None


def test_an_event_that_goes_on_has_its_head_until_it_was_seen_last() -> None:
    path = head_path(row(end_time=None))
    assert path is not None
    assert path.times[-1] == 105.0
