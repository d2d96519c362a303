"""How well detections agree with labelled boxes: precision, recall and average precision a label. Pure functions.

A picture shows more than its boxes say: of an event, the box of its object is known, and not those of others beside it.
So a detection where nothing is known is neither right nor wrong. It is right on a box with its label, and wrong on one
that a user has called wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from dogwatch.dataset.labelled_picture import Fractions, KnownBox

IOU = 0.5


class DetectedBox(msgspec.Struct, frozen=True):
    """A detection; `box` is `x, y, w, h` as fractions."""

    label: str
    score: float
    box: Fractions


@dataclass(frozen=True, slots=True)
class Score:
    """What was found of one label: of `boxes`, `right` ones; of `marks` (false positives), `wrong` ones.

    `unknown` detections are where nothing is known. Without anything to divide by, a share is None.
    """

    label: str
    boxes: int
    marks: int
    right: int
    wrong: int
    unknown: int
    average_precision: float | None

    @property
    def precision(self) -> float | None:
        """The share of detections that are right, among those of which it is known."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """The share of boxes that were found."""
        return self.right / self.boxes if self.boxes else None


def compare(pictures: Iterable[tuple[Sequence[KnownBox], Sequence[DetectedBox]]]) -> list[Score]:
    """Return the scores of all labels that have boxes or marks, sorted by label; one entry for each picture."""
    boxes: dict[str, int] = {}
    marks: dict[str, int] = {}
    unknown: dict[str, int] = {}
    judged: dict[str, list[tuple[float, bool]]] = {}
    for truth, found in pictures:
        for one in truth:
            counts = marks if one.wrong else boxes
            counts[one.label] = counts.get(one.label, 0) + 1
        free = list(truth)
        for detection in sorted(found, key=lambda one: one.score, reverse=True):
            match = _best(detection, free)
            if match is None:
                unknown[detection.label] = unknown.get(detection.label, 0) + 1
                continue
            free.remove(match)
            judged.setdefault(detection.label, []).append((detection.score, not match.wrong))
    return [
        _score(label, boxes.get(label, 0), marks.get(label, 0), judged.get(label, []), unknown.get(label, 0))
        for label in sorted(boxes.keys() | marks.keys())
    ]


def compare_cameras(
    pictures: Iterable[tuple[str, Sequence[KnownBox], Sequence[DetectedBox]]],
) -> dict[str, list[Score]]:
    """Return the scores of each camera, sorted by name; `pictures` begin with the camera's name."""
    by_camera: dict[str, list[tuple[Sequence[KnownBox], Sequence[DetectedBox]]]] = {}
    for camera, truth, found in pictures:
        by_camera.setdefault(camera, []).append((truth, found))
    return {camera: compare(mine) for camera, mine in sorted(by_camera.items())}


def mean_average_precision(scores: Iterable[Score]) -> float | None:
    """Return the mean of the labels that have boxes; None if none has."""
    known = [one.average_precision for one in scores if one.average_precision is not None]
    return sum(known) / len(known) if known else None


def _score(label: str, boxes: int, marks: int, judged: Sequence[tuple[float, bool]], unknown: int) -> Score:
    right = sum(1 for _, is_right in judged if is_right)
    average = _average_precision(judged, boxes) if boxes else None
    return Score(label, boxes, marks, right, len(judged) - right, unknown, average)


def _average_precision(judged: Sequence[tuple[float, bool]], boxes: int) -> float:
    """Return the area below the curve of precision over recall, made falling, as COCO does but at every step."""
    steps: list[float] = []
    right = 0
    for count, (_, is_right) in enumerate(sorted(judged, key=lambda one: one[0], reverse=True), 1):
        if is_right:
            right += 1
            steps.append(right / count)
    best, area = 0.0, 0.0
    for precision in reversed(steps):
        best = max(best, precision)
        area += best / boxes
    return area


def _best(found: DetectedBox, free: Sequence[KnownBox]) -> KnownBox | None:
    mine = [(overlap(found.box, one.box), not one.wrong, one) for one in free if one.label == found.label]
    best = max(mine, key=lambda each: each[:2], default=None)
    return best[2] if best is not None and best[0] >= IOU else None


def overlap(one: Fractions, other: Fractions) -> float:
    """Return the intersection of two boxes divided by their union."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    return across * down / (one[2] * one[3] + other[2] * other[3] - across * down)
