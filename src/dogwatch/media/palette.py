"""Finds the 256 colours that suit some pictures, and paints pictures with them, for GIF.

The colours are found by median cut (P. Heckbert, Color Image Quantization for Frame Buffer Display, 1982). Pixels are
painted by a table of all colours with five bits a channel, with an ordered dither that stays where it is: what does not
move looks the same in each picture, and takes no space.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

COLOURS = 256
SAMPLES = 16_384  # pixels
LEVELS, SHIFT = 32, 3  # of a channel in the table
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) // 2 - 4  # less than one level


class Palette:
    """The colours that suit some pictures: RGB arrays of shape (height, width, 3)."""

    def __init__(self, pictures: list[Picture]) -> None:
        """Find the colours of `pictures`, which are all of one size."""
        apart = max(1, sum(picture.size // 3 for picture in pictures) // SAMPLES) | 1  # odd: not always the same column
        self.colours = _median_cut(np.concatenate([picture.reshape(-1, 3)[::apart] for picture in pictures]))
        self._table = _nearest(self.colours)
        rows, columns = pictures[0].shape[:2]
        tiled = np.tile(_BAYER, (rows // 4 + 1, columns // 4 + 1))[:rows, :columns]
        self._dither = tiled.astype(np.int16)[:, :, None]

    def paint(self, picture: Picture) -> Picture:
        """Return the numbers of the colours that `picture` is painted with, of shape (height, width)."""
        levels = np.clip(picture + self._dither, 0, 255).astype(np.uint16) >> SHIFT
        cells = (levels[:, :, 0] * LEVELS + levels[:, :, 1]) * LEVELS + levels[:, :, 2]
        return cast(Picture, self._table[cells])


def _median_cut(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return at most `COLOURS` colours: boxes of pixels are halved along their longest side, the largest first."""
    boxes = [pixels]
    weights = [_spread(pixels)]
    while len(boxes) < COLOURS and max(weights) > 0:
        at = weights.index(max(weights))
        box = boxes[at]
        side = int(np.ptp(box, axis=0).argmax())
        middle = len(box) // 2
        parted = box[np.argpartition(box[:, side], middle)]
        boxes[at], weights[at] = parted[:middle], _spread(parted[:middle])
        boxes.append(parted[middle:])
        weights.append(_spread(parted[middle:]))
    return np.array([box.mean(axis=0) for box in boxes]).round().astype(np.uint8)


def _spread(box: NDArray[np.uint8]) -> float:
    """Return how much a box is in need of being halved: not at all if it has one colour."""
    return float(np.ptp(box, axis=0).max()) * len(box) ** 0.5 if len(box) > 1 else 0.0


def _nearest(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return for each colour with `LEVELS` levels a channel the number of the nearest of `colours`."""
    axis = np.arange(LEVELS, dtype=np.float32) * (1 << SHIFT) + (1 << SHIFT) / 2
    cells = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    wanted = colours.astype(np.float32)
    distances = (wanted**2).sum(axis=1) - 2 * (cells @ wanted.T)  # without the part that is the same for all colours
    return cast(NDArray[np.uint8], distances.argmin(axis=1).astype(np.uint8))
