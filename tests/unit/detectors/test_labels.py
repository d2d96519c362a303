"""The COCO tables."""

from __future__ import annotations

import pytest

from dogwatch.detectors.labels import COCO_80, COCO_91


@pytest.mark.parametrize(
    ("number", "label"), [(1, "person"), (3, "car"), (13, "stop sign"), (18, "dog"), (44, "bottle"), (90, "toothbrush")]
)
def test_category_ids(number: int, label: str) -> None:
    assert COCO_91[number] == label


def test_the_80_classes_are_the_categories_without_gaps() -> None:
    assert len(COCO_80) == 80
    assert (COCO_80[0], COCO_80[2], COCO_80[16], COCO_80[79]) == ("person", "car", "dog", "toothbrush")
    assert 12 not in COCO_91
