"""Where an object stands, and which detections can be of it: what passes does not move it.

A vehicle that has stood for a while stands on: its box is always about the same, and it starts slowly. A detection of
another place or size is of something that passes in front or behind, however well it would fit a moving object.
"""

from __future__ import annotations

from dogwatch.vision.kalman import AGREES, BoxFilter, Values, completed

FITS = 0.55  # share of the union: a box that agrees with the place
FOLLOWS, FOLLOWS_S = 0.65, 0.7  # or with the last box, if that is not older: it may be leaving
LEARNT = 0.1  # the weight of a box that agrees; the first ones have the same weight
PART, LEAST = 0.1, 0.25  # what it costs to be a part only, and the smallest part that is believed


def stands_firm(box: BoxFilter) -> bool:
    """Whether an object that stands is a vehicle: people start at once, and lean."""
    return box.mean[2] > box.mean[3]


class StandingPlace:
    """The place of an object that may stand: `box` is the mean of its boxes there."""

    __slots__ = ("_last", "_seen", "box")

    def __init__(self, box: Values) -> None:
        """Begin with one box."""
        self.box = self._last = box
        self._seen = 1

    def cost(self, found: Values, unseen_s: float) -> float | None:
        """Return how badly the box `found` fits, 0 to 1, after `unseen_s` seconds; None if it is another object's."""
        whole = self._whole(found)
        if (share := overlap(whole, self.box)) >= FITS:
            return 1.0 - share + (PART if whole is not found else 0.0)
        if unseen_s <= FOLLOWS_S and (followed := overlap(found, self._last)) >= FOLLOWS:
            return 1.0 - followed
        return None

    def seen(self, found: Values) -> Values | None:
        """Learn from the box `found`, which is the object's; return the whole box, None if it is elsewhere."""
        self._last = found
        whole = self._whole(found)
        if overlap(whole, self.box) < FITS:
            return None
        self._seen += 1
        weight = max(LEARNT, 1.0 / self._seen)
        x, y, width, height = [mean + weight * (new - mean) for mean, new in zip(self.box, whole, strict=True)]
        self.box = (x, y, width, height)
        return whole

    def _whole(self, found: Values) -> Values:
        """Complete the box `found` if it shows a part of the object here.

        If it is longer than expected, which is so where a part was hidden before, it must be exactly in line: what
        passes in front is larger, and may have an edge in common by chance.
        """
        whole, narrow, low = completed(found, self.box)
        if not (narrow or low) or found[2] * found[3] < LEAST * self.box[2] * self.box[3]:
            return found
        wider, higher = narrow and found[2] > self.box[2], low and found[3] > self.box[3]
        if (wider and not self._in_line(found, 1)) or (higher and not self._in_line(found, 0)):
            return found
        return whole

    def _in_line(self, found: Values, axis: int) -> bool:
        """Whether both edges along `axis` are where they should be."""
        off, longer = abs(found[axis] - self.box[axis]), abs(found[axis + 2] - self.box[axis + 2]) / 2
        return off + longer <= AGREES * self.box[axis + 2]


def overlap(one: Values, other: Values) -> float:
    """Return the IoU of two boxes given by centre and size."""
    (x, y, width, height), (other_x, other_y, other_width, other_height) = one, other
    across = min(x + width / 2, other_x + other_width / 2) - max(x - width / 2, other_x - other_width / 2)
    down = min(y + height / 2, other_y + other_height / 2) - max(y - height / 2, other_y - other_height / 2)
    if across <= 0.0 or down <= 0.0:
        return 0.0
    both = across * down
    return both / (width * height + other_width * other_height - both)
