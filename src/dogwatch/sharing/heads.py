"""Where the heads of tracked persons should be, by the path and the size of the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dogwatch.media.encoder_spec import CoverBox
from dogwatch.sharing.spec import HeadPath

PERSON = "person"
# Parts of the person's width and height: a person is not always as large as at the moment that the event keeps.
HALF_WIDTH, ABOVE, BELOW = 0.7, 1.2, 0.55


def head_path(row: Mapping[str, Any]) -> HeadPath | None:
    """Return the way of the head of an event, a row in the form of docs/api/events.md; None if it is no person's."""
    data, box = row["data"], row["data"].get("box")
    if row["label"] != PERSON or not box:
        return None
    x, y, width, height = box
    points = [(float(time), float(px), float(py)) for (px, py), time in data.get("path_data") or ()]
    points = points or [(row["start_time"], x + width / 2, y + height)]
    last = row["end_time"] or points[-1][0]
    points = [
        (min(row["start_time"], points[0][0]), *points[0][1:]),
        *points,
        (max(last, points[-1][0]), *points[-1][1:]),
    ]
    rising = [point for number, point in enumerate(points) if number == 0 or point[0] > points[number - 1][0]]
    return HeadPath(tuple(time for time, _, _ in rising), tuple(_head(px, py, width, height) for _, px, py in rising))


def heads_in_picture(row: Mapping[str, Any]) -> tuple[CoverBox, ...]:
    """Return the head of the event's own person in the event's picture."""
    box: Sequence[float] | None = row["data"].get("box")
    if row["label"] != PERSON or not box:
        return ()
    x, y, width, height = box
    return (_head(x + width / 2, y + height, width, height),)


def _head(x: float, foot: float, width: float, height: float) -> CoverBox:
    return CoverBox(x - HALF_WIDTH * width, foot - ABOVE * height, x + HALF_WIDTH * width, foot - BELOW * height)
