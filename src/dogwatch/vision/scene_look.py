"""What one picture tells of the camera itself: how sharp, textured and bright it is, and where its edges are.

Made from a small part of the picture, since it is made of every camera's pictures: a subsampled copy of 160 x 90, and a
few rows at full resolution.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 160, 90
ACROSS, DOWN = 10, 6
"""Cells of the picture."""
ROWS = 24
"""Rows that are looked at in full resolution."""
SPAN = 8
"""Pixels over which an edge is looked at: one that is in focus is narrower."""
STRONG = 24
"""Grey levels that an edge must rise to be measured."""
LEAST_EDGES = 150
"""So many pixels of strong edges are needed to tell how sharp a picture is."""
EDGE_LEVEL = 12.0
"""The gradient, in grey levels over two small pixels, at which an edge counts half."""
COLOURLESS = 0.8
"""Mean distance of chroma from grey (levels) below which a picture has no colour: that of a camera in night mode."""

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]
Field = NDArray[np.complex64]


@dataclass(frozen=True, slots=True)
class SceneLook:
    """One picture. `cells` arrays have the shape `(DOWN, ACROSS)`.

    `sharpness` is how steep strong edges are: 1 for steps from one pixel to the next, 0 for even slopes over `SPAN`
    pixels; None if there are too few edges. `rows` are those in full resolution. `edges` has the direction of
    each small pixel's gradient as a complex number of twice its angle, so that an edge from dark to bright is like one
    from bright to dark; its magnitude, 0 to 1, is how strong the gradient is.
    """

    grey: bool
    brightness: float
    cells_brightness: Floats
    cells_texture: Floats
    edges: Field
    sharpness: float | None
    rows: Picture


def look(i420: Picture) -> SceneLook:
    """Return what an I420 picture `(1.5 * height, width)` tells."""
    height, width = i420.shape[0] * 2 // 3, i420.shape[1]
    luma = i420[:height]
    small = _small(luma)
    # One small pixel in the mean is enough of the chroma: it is about grey or not, not about a hue.
    chroma = i420[height :: max(1, height // 90), :: max(1, width // 160)]
    across = cv2.Sobel(small, cv2.CV_32F, 1, 0, ksize=3, scale=0.25)
    down = cv2.Sobel(small, cv2.CV_32F, 0, 1, ksize=3, scale=0.25)
    rows = np.ascontiguousarray(luma[height // (2 * ROWS) :: max(1, height // ROWS)][:ROWS])
    return SceneLook(
        grey=float(np.mean(np.abs(chroma.astype(np.int16) - 128))) < COLOURLESS,
        brightness=float(small.mean()),
        cells_brightness=_cells(small.astype(np.float32)),
        cells_texture=_cells(np.asarray(cv2.magnitude(across, down), np.float32)),
        edges=_edges(np.asarray(across, np.float32), np.asarray(down, np.float32)),
        sharpness=_sharpness(rows),
        rows=rows,
    )


def likeness(one: Field, other: Field) -> float:
    """Return how alike two fields of edges are: 1 for the same, about 0 for those of two scenes."""
    norm = float(np.sqrt(np.vdot(one, one).real * np.vdot(other, other).real))
    return float(np.vdot(one, other).real) / norm if norm > 0 else 0.0


def shift_between(one: Field, other: Field) -> tuple[float, float, float]:
    """Return by how many small pixels `other` is shifted against `one`, to the right and down, and their likeness then.

    By the peak of the cross-correlation, without interpolation.
    """
    product = np.conj(np.fft.fft2(one)) * np.fft.fft2(other)
    correlation = np.fft.ifft2(product).real
    norm = float(np.sqrt(np.vdot(one, one).real * np.vdot(other, other).real)) or 1.0
    y, x = (int(part) for part in np.unravel_index(int(np.argmax(correlation)), correlation.shape))
    height, width = correlation.shape
    return (
        float(x - width if x > width // 2 else x),
        float(y - height if y > height // 2 else y),
        float(correlation[y, x]) / norm,
    )


def unlike_share(one: Picture, other: Picture) -> float:
    """Return the share of pixels of two pictures that differ by more than one grey level."""
    if one.shape != other.shape:
        return 1.0
    return float(np.count_nonzero(cv2.absdiff(one, other) > 1)) / one.size


def _small(luma: Picture) -> Picture:
    twice = (2 * WIDTH, 2 * HEIGHT)
    if luma.shape != twice[::-1]:
        luma = np.asarray(cv2.resize(luma, twice, interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.asarray(cv2.resize(luma, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def _cells(small: Floats) -> Floats:
    return np.asarray(cv2.resize(small, (ACROSS, DOWN), interpolation=cv2.INTER_AREA), np.float32)


def _edges(across: Floats, down: Floats) -> Field:
    squares = across * across, down * down
    weight = squares[0] + squares[1] + np.float32(EDGE_LEVEL**2)
    field = np.empty(across.shape, np.complex64)
    field.real = (squares[0] - squares[1]) / weight
    field.imag = 2 * across * down / weight
    return field


def _sharpness(rows: Picture) -> float | None:
    """Return how steep strong edges in `rows` are, by the steepest step as a share of the rise over `SPAN` pixels."""
    levels = rows.astype(np.int16)
    rise = np.abs(levels[:, SPAN:] - levels[:, :-SPAN])
    lines, places = np.nonzero(rise >= STRONG)
    if len(lines) < LEAST_EDGES:
        return None
    heights = rise[lines, places]
    if len(lines) > 4 * LEAST_EDGES:  # the strongest are least disturbed by noise
        best = np.argpartition(heights, -4 * LEAST_EDGES)[-4 * LEAST_EDGES :]
        lines, places, heights = lines[best], places[best], heights[best]
    window = levels[lines[:, None], places[:, None] + np.arange(SPAN + 1)]
    steepest = np.abs(np.diff(window, axis=1)).max(axis=1)
    share = float(np.median(steepest / heights))
    return max(0.0, (share * SPAN - 1) / (SPAN - 1))
