import pytest

from dogwatch.dataset.comparison import DetectedBox, compare, mean_average_precision, overlap
from dogwatch.dataset.labelled_picture import Fractions, KnownBox

HERE: Fractions = (0.1, 0.1, 0.2, 0.2)
NEAR: Fractions = (0.12, 0.1, 0.2, 0.2)
ELSEWHERE: Fractions = (0.6, 0.6, 0.2, 0.2)


def box(place: Fractions, label: str = "person", *, wrong: bool = False) -> KnownBox:
    return KnownBox(label, place, wrong=wrong)


def found(place: Fractions, score: float = 0.9, label: str = "person") -> DetectedBox:
    return DetectedBox(label, score, place)


def test_overlap() -> None:
    assert overlap(HERE, HERE) == pytest.approx(1.0)
    assert overlap(HERE, NEAR) == pytest.approx(0.18 / 0.22)
    assert overlap(HERE, ELSEWHERE) == 0.0
    assert overlap((0, 0, 0.2, 0.2), (0.2, 0, 0.2, 0.2)) == 0.0


def test_a_box_is_found_once_and_only_with_its_label() -> None:
    pictures = [
        ([box(HERE)], [found(NEAR), found(HERE, 0.5), found(HERE, label="dog")]),
        ([box(HERE)], []),
    ]
    (score,) = compare(pictures)
    assert (score.label, score.boxes, score.right, score.wrong, score.unknown) == ("person", 2, 1, 0, 1)
    assert (score.recall, score.precision, score.average_precision) == (0.5, 1.0, 0.5)


def test_a_false_positive_that_is_found_again_counts_against_precision() -> None:
    pictures = [([box(HERE)], [found(HERE)]), ([box(HERE, wrong=True)], [found(NEAR), found(ELSEWHERE)])]
    (score,) = compare(pictures)
    assert (score.boxes, score.marks, score.right, score.wrong, score.unknown) == (1, 1, 1, 1, 1)
    assert (score.recall, score.precision) == (1.0, 0.5)


def test_shares_of_nothing() -> None:
    scores = compare([([box(HERE, "car", wrong=True), box(ELSEWHERE)], [])])
    assert [(one.label, one.precision, one.recall, one.average_precision) for one in scores] == [
        ("car", None, None, None),
        ("person", None, 0.0, 0.0),
    ]
    assert mean_average_precision(scores) == 0.0
    assert mean_average_precision(scores[:1]) is None
    assert compare([]) == []


def test_average_precision_is_the_area_below_the_curve() -> None:
    """Scores 0.9 right, 0.8 wrong, 0.7 right: precision 1 at recall 1/3, 2/3 at recall 2/3."""
    pictures = [
        ([box(HERE)], [found(HERE, 0.9)]),
        ([box(HERE, wrong=True)], [found(HERE, 0.8)]),
        ([box(HERE)], [found(HERE, 0.7)]),
        ([box(HERE)], []),
    ]
    (score,) = compare(pictures)
    assert score.average_precision == pytest.approx((1 + 2 / 3) / 3)
