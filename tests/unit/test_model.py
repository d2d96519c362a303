from hypothesis import given
from hypothesis import strategies as st

from dogwatch.model import Box, new_id

boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    st.integers(-50, 700), st.integers(-50, 500), st.integers(1, 300), st.integers(1, 300),
)  # fmt: skip


def test_ids_have_the_contracts_form() -> None:
    identity = new_id(1682970645.13116)
    stamp, _, tail = identity.partition("-")
    assert stamp == "1682970645.13116"
    assert len(tail) == 6
    assert tail.islower() or tail.isdigit() or tail.isalnum()


@given(st.lists(st.integers(1_000_000_000, 1_999_999_999), min_size=2, unique=True))
def test_ids_sort_in_time_order(times: list[int]) -> None:
    assert [new_id(t).split("-")[0] for t in sorted(times)] == sorted(str(t) for t in times)


@given(boxes, boxes)
def test_iou_is_symmetric_and_bounded(a: Box, b: Box) -> None:
    assert a.iou(b) == b.iou(a)
    assert 0.0 <= a.iou(b) <= 1.0
    assert a.iou(a) == 1.0


@given(boxes)
def test_clipping_stays_inside(box: Box) -> None:
    clipped = box.clipped(640, 480)
    assert 0 <= clipped.x1 <= clipped.x2 <= 640
    assert 0 <= clipped.y1 <= clipped.y2 <= 480


def test_fractions() -> None:
    assert Box(64, 48, 128, 144).fractions(640, 480) == [0.1, 0.1, 0.1, 0.2]
