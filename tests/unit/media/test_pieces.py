"""Cutting at keyframes, as a table."""

import pytest

from dogwatch.media.pieces import cut, cut_all
from dogwatch.model import Fragment, Segment


def segment(keys: str = "10101", start: float = 100.0) -> Segment:
    """Make a segment of one-second fragments; `keys` says which begin with a keyframe."""
    fragments = tuple(Fragment(1000 + 50 * n, 50, start + n, 1.0, key == "1") for n, key in enumerate(keys))
    return Segment("front", "p", start, start + len(keys), 9999, "i", fragments)


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        (0, 999, 100, 105),
        (100, 105, 100, 105),
        (101, 105, 100, 105),  # rounded down to the keyframe
        (101.9, 102, 100, 102),
        (102, 103, 102, 103),
        (103.5, 103.6, 102, 104),  # the end goes up to the end of its fragment
        (104.9, 105.5, 104, 105),
        (101.9999, 103.0001, 102, 103),  # less than half a millisecond is rounding
        (100, 105.0001, 100, 105),
    ],
)
def test_cut(start: float, end: float, first: float, last: float) -> None:
    piece = cut(segment(), start, end)
    assert piece is not None
    assert (piece.start_time, piece.end_time) == (first, last)
    assert piece.fragments[0].keyframe
    assert piece.offset == 1000 + 50 * (first - 100)
    assert piece.size_bytes == 50 * (last - first)
    assert piece.whole == (last - first == 5)


@pytest.mark.parametrize(("start", "end"), [(0, 100), (105, 110), (110, 120), (50, 60), (0, 100.0001), (104.9999, 110)])
def test_outside_is_nothing(start: float, end: float) -> None:
    assert cut(segment(), start, end) is None


def test_what_comes_before_the_first_keyframe_cannot_be_shown() -> None:
    piece = cut(segment("00101"), 100, 105)
    assert piece is not None
    assert piece.start_time == 102
    assert cut(segment("00101"), 100, 102) is None
    assert cut(segment("000"), 100, 103) is None


def test_cut_all_keeps_order_and_leaves_out_what_is_empty() -> None:
    pieces = cut_all([segment(start=100), segment(start=200), segment(start=300)], 104, 201)
    assert [piece.start_time for piece in pieces] == [104, 200]
