"""What the actors and the ground look like, and the colours that an analysis would see in a box.

Each actor wears something above and something below, of a colour, a brightness and a pattern. Each point of a box that
is looked at shows these, what is in front of them, or the ground. Light and pose change from frame to frame. The
spreads are chosen so that differences within a person and between people are spread as on real footage
(docs/tracking.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.tracks.actors import WIDTH, Floats
from dogwatch.model import Box
from dogwatch.vision.colours import ALONG, DOWN, Colours, colours_of

HEAD, WAIST = 0.13, 0.5  # of the height
BODY = 0.34  # of the width, to each side of the middle
SKIN = (115.0, 122.0, 140.0)
STRIPES = 8  # the ground has another look in each of so many columns
LIGHT_SD, PALE_SD = 9.0, 1.2  # what differs from frame to frame

Rng = np.random.Generator


class Wardrobe:
    """The looks of a scene's actors and ground."""

    def __init__(self, key: Sequence[int], actors: int) -> None:
        """Choose them."""
        rng = np.random.default_rng([*key, 4])
        self._means = np.empty((actors, 3, 3))  # actor; head, above, below; Y, U, V
        self._means[:, 0] = SKIN
        self._means[:, 1:, 0] = np.clip(rng.normal(75, 24, (actors, 2)), 22, 225)
        self._means[:, 1:, 1:] = rng.normal(128, 3.0, (actors, 2, 2))
        self._spread = rng.uniform(12, 30, (actors, 3))
        self._ground = np.stack(
            (rng.normal(120, 25, STRIPES), rng.normal(127, 4, STRIPES), rng.normal(129, 4, STRIPES)), axis=1
        )

    def seen(self, rng: Rng, box: Box, actor: int, boxes: Floats, nearer: Sequence[int]) -> Colours:
        """Return the colours in `box`, in which mainly `actor` is found; -1 for none.

        Args:
            rng: For what differs from frame to frame.
            box: Where the detector found something.
            actor: Whom.
            boxes: Where all actors are in truth, (n, 4).
            nearer: Those who may stand in front of it, the farthest first.
        """
        x = box.x1 + (box.x2 - box.x1) * ALONG
        y = box.y1 + (box.y2 - box.y1) * DOWN
        at_x, at_y = np.meshgrid(x, y)
        stripe = np.clip(at_x * STRIPES / WIDTH, 0, STRIPES - 1).astype(int)
        means, spread = self._ground[stripe], np.full(at_x.shape, 16.0)
        for one in ((actor,) if actor >= 0 else ()) + tuple(nearer):
            left, top, right, bottom = boxes[one]
            down = (at_y - top) / (bottom - top)
            inside = (np.abs(at_x - (left + right) / 2) <= BODY * (right - left)) & (down >= 0) & (down < 1)
            part = (down >= HEAD).astype(int) + (down >= WAIST)
            means = np.where(inside[..., None], self._means[one][np.clip(part, 0, 2)], means)
            spread = np.where(inside, self._spread[one][np.clip(part, 0, 2)], spread)
        light = rng.normal(0, LIGHT_SD)
        luma = means[..., 0] + light + rng.normal(size=spread.shape) * spread
        pale = means[..., 1:] + rng.normal(0, PALE_SD, 2) + rng.normal(0, 2.0, (*spread.shape, 2))
        planes = [np.clip(one, 0, 255).astype(np.uint8) for one in (luma, pale[..., 0], pale[..., 1])]
        return colours_of(*planes)
