"""How much is known against the places of one camera, which fades in time. Pure: no clock, no database.

Each place is a cell of `vision.false_places`, of one label. It counts what the tracker has rejected there, and what
users have said of events there. All counts halve in a week.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from dogwatch.analysis import FalsePlace
from dogwatch.vision.false_places import ASPECT, BEGINS, Cell, cell_of, nearest

HALF_LIFE_S = 7 * 86400.0
MOST_AGAINST = 24.0  # a place against which this is known is forgotten three weeks after the last false detection
OF_WRONG, OF_DELETED, OF_RIGHT = 8.0, 3.0, 16.0  # what users say, in rejections by the tracker
MOST_RIGHT = 2.0
LEAST = 0.05  # counts below which a place is forgotten
MOST_PLACES, MOST_LABELS = 128, 16  # of a label, and of a camera
MOST_SHIPPED = 256  # places that the analysis of a camera gets
MOST_NUMBER = 1e12
STAYS = 0.3  # heights; as `vision.objects.MOVED_AWAY`

Fractions = tuple[float, float, float, float]
"""Left, top, width and height of a box, in fractions of the frame."""
Count = Literal["rejected", "deleted", "wrong", "right", "held"]


@dataclass(slots=True)
class LearntPlace:
    """What is known of a place: the last box there, and how often what happened, as it counts at `time` (epoch s).

    `rejected`: tracks that were never an event; `deleted`: events that a user has deleted; `wrong` and `right`: what
    users have said of events; `held`: tracks that only the place has kept from being an event.
    """

    box: Fractions
    time: float
    rejected: float = 0.0
    deleted: float = 0.0
    wrong: float = 0.0
    right: float = 0.0
    held: float = 0.0

    def fade(self, now: float) -> None:
        """Let the counts fade until `now`; when the clock was set back, they stay as they are."""
        share = 0.5 ** (max(now - self.time, 0.0) / HALF_LIFE_S)
        self.time = now
        self.rejected, self.deleted = self.rejected * share, self.deleted * share
        self.wrong, self.right, self.held = self.wrong * share, self.right * share, self.held * share

    @property
    def weight(self) -> float:
        """What is known against the place, in rejections; below 0 if more is known for it."""
        against = self.rejected + OF_DELETED * self.deleted + OF_WRONG * self.wrong
        return min(against, MOST_AGAINST) - OF_RIGHT * min(self.right, MOST_RIGHT)

    @property
    def forgotten(self) -> bool:
        """Whether nothing is known any more."""
        return max(self.rejected, self.deleted, self.wrong, self.right, self.held) < LEAST

    def row(self) -> list[float]:
        """Return it as it is stored."""
        counts = (self.rejected, self.deleted, self.wrong, self.right, self.held)
        return [*(round(side, 5) for side in self.box), round(self.time, 1), *(round(one, 3) for one in counts)]


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A place as it is shown; `weight` is that of the place itself, `summed` that of the cells around its box."""

    label: str
    place: LearntPlace
    weight: float
    summed: float


@dataclass(slots=True)
class CameraPlaces:
    """The places of one camera, by label and cell."""

    labels: dict[str, dict[Cell, LearntPlace]] = field(default_factory=dict)

    def count(self, label: str, box: Fractions, what: Count, by: float, now: float) -> None:
        """Count something that has happened, or take it back (`by` below 0)."""
        cells = self.labels.get(label)
        if cells is None:
            if by <= 0:
                return
            self._make_room(now)
            cells = self.labels[label] = {}
        cell = cell_of(box[0] + box[2] / 2, box[1] + box[3] / 2, box[3])
        place = cells.get(cell)
        if place is None:
            if by <= 0:
                return
            place = cells[cell] = LearntPlace(box, now)
        place.fade(now)
        if by > 0:
            place.box = box
        setattr(place, what, min(max(getattr(place, what) + by, 0.0), MOST_AGAINST))
        if len(cells) > MOST_PLACES:
            self.fade(now)
            if len(cells) > MOST_PLACES:
                del cells[min((key for key in cells if key != cell), key=lambda key: abs(cells[key].weight))]

    def fade(self, now: float) -> None:
        """Let everything fade until `now`, and forget what counts no more."""
        for label, cells in list(self.labels.items()):
            for cell, place in list(cells.items()):
                place.fade(now)
                if place.forgotten:
                    del cells[cell]
            if not cells:
                del self.labels[label]

    def known(self) -> tuple[FalsePlace, ...]:
        """Return the places as the analysis gets them; none if no more evidence is asked for anywhere."""
        if not any(one.summed > BEGINS for one in self.shown()):
            return ()
        found = [
            FalsePlace(label, *cell, round(place.weight, 1))
            for label, cells in self.labels.items()
            for cell, place in cells.items()
            if abs(place.weight) >= 0.5
        ]
        found.sort(key=lambda one: -abs(one.weight))
        return tuple(sorted(found[:MOST_SHIPPED], key=lambda one: (one.label, one.size, one.column, one.row)))

    def shown(self) -> Iterator[ShownPlace]:
        """Yield all places."""
        for label, cells in self.labels.items():
            for place in cells.values():
                x, y, width, height = place.box
                around = nearest(x + width / 2, y + height / 2, height)
                summed = sum(cells[cell].weight for cell in around if cell in cells)
                yield ShownPlace(label, place, place.weight, summed)

    def rows(self) -> dict[str, list[list[float]]]:
        """Return everything as it is stored."""
        return {label: [place.row() for place in cells.values()] for label, cells in self.labels.items()}

    def _make_room(self, now: float) -> None:
        """Forget the label of which least is known, if there are too many for another one."""
        if len(self.labels) >= MOST_LABELS:
            self.fade(now)
        if len(self.labels) >= MOST_LABELS:
            del self.labels[
                min(self.labels, key=lambda one: sum(abs(each.weight) for each in self.labels[one].values()))
            ]


def places_of(rows: object) -> dict[Cell, LearntPlace]:
    """Return places of a label as they are stored; what another version has written otherwise is left out."""
    found: dict[Cell, LearntPlace] = {}
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, list) or len(row) != 10 or not all(map(_is_number, row)):
            continue
        box = (float(row[0]), float(row[1]), float(row[2]), float(row[3]))
        found[cell_of(box[0] + box[2] / 2, box[1] + box[3] / 2, box[3])] = LearntPlace(box, *map(float, row[4:]))
    return found


def _is_number(one: object) -> bool:
    """Whether it is a number that can be a place, a time or a count: JSON can hold others, which no sum survives."""
    return isinstance(one, int | float) and -MOST_NUMBER <= one <= MOST_NUMBER


def stays(boxes: Sequence[Fractions]) -> bool:
    """Whether boxes of an object are all where the first one is."""
    x, y, width, height = boxes[0]
    return all(
        max(
            abs(left + wide / 2 - x - width / 2) / ASPECT,
            abs(top + high / 2 - y - height / 2),
        )
        <= STAYS * max(height, high)
        for left, top, wide, high in boxes[1:]
    )
