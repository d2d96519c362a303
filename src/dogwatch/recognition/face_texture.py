"""Describes a face by local binary patterns, and compares descriptions: arrays in, numbers out.

The picture is normalised (Tan and Triggs, IEEE TIP 2010: gamma, difference of Gaussians, contrast), so that less of the
light remains. Each pixel becomes a pattern: which of eight points around it are brighter (Ojala, Pietikäinen and
Mäenpää, PAMI 2002; only the 58 uniform patterns are told apart). Patterns are counted in each cell of a grid, and two
faces are compared cell by cell (Ahonen, Hadid and Pietikäinen, PAMI 2006).
"""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Texture = NDArray[np.float32]

HEIGHT, WIDTH = 128, 112  # of an aligned face
RADII = (2, 4)  # pixels from a pixel to the points around it
ROWS, COLUMNS = 8, 7  # of the grid
PATTERNS = 59  # 58 uniform ones, and all others
GAMMA, NARROW, WIDE = 0.2, 1.0, 2.0
# Measured (docs/faces.md): of strangers' faces, at most one in a hundred is as near as 0.353 to somebody of a library
# with twenty persons. That is 0.9, the default of `recognition_threshold`; 0.361 is 0.8, that of `unknown_score`.
MIDDLE, STEEPNESS = 0.375, 100.0
CONTRAST_POWER, CONTRAST_LIMIT = 0.1, 10.0


def texture(face: Gray) -> Texture:
    """Describe an aligned face of `HEIGHT` x `WIDTH`.

    Returns:
        `(ROWS * COLUMNS, len(RADII) * PATTERNS)`: the square roots of the frequencies of patterns in each cell, so that
        the product of two descriptions of a cell is their Bhattacharyya coefficient.
    """
    even = normalised(face)
    return np.concatenate([_frequencies(even, radius) for radius in RADII], axis=1)


def distances(one: Texture, others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how different a face is from each of others `(n, cells, patterns)`: 0 for the same picture, 1 at most."""
    alike = np.einsum("cp,ncp,c->n", one, others, _weights()) / len(RADII)
    return np.asarray(np.sqrt(np.maximum(0.0, 1.0 - alike)), np.float32)


def scores(far: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how likely faces that are so different are one person's: 0 to 1."""
    return np.asarray(1 / (1 + np.exp((far - MIDDLE) * STEEPNESS)), np.float32)


def normalised(face: Gray) -> NDArray[np.float32]:
    """Return a face with less of the light that fell on it."""
    bright = np.power(face.astype(np.float32) / 255.0, GAMMA)
    edges = cv2.GaussianBlur(bright, (0, 0), NARROW) - cv2.GaussianBlur(bright, (0, 0), WIDE)
    edges = edges / max(1e-6, float(np.mean(np.abs(edges) ** CONTRAST_POWER)) ** (1 / CONTRAST_POWER))
    limited = np.minimum(CONTRAST_LIMIT, np.abs(edges)) ** CONTRAST_POWER
    edges = edges / max(1e-6, float(np.mean(limited)) ** (1 / CONTRAST_POWER))
    return np.asarray(CONTRAST_LIMIT * np.tanh(edges / CONTRAST_LIMIT), np.float32)


def _frequencies(even: NDArray[np.float32], radius: int) -> Texture:
    patterns = _uniform()[_patterns(even, radius)].astype(np.int64)
    rows = np.minimum(np.arange(HEIGHT) * ROWS // HEIGHT, ROWS - 1)
    columns = np.minimum(np.arange(WIDTH) * COLUMNS // WIDTH, COLUMNS - 1)
    cells = rows[:, None] * COLUMNS + columns[None, :]
    counts = np.bincount((cells * PATTERNS + patterns).ravel(), minlength=ROWS * COLUMNS * PATTERNS)
    counts = counts.reshape(ROWS * COLUMNS, PATTERNS).astype(np.float32)
    return np.asarray(np.sqrt(counts / counts.sum(axis=1, keepdims=True)), np.float32)


def _patterns(even: NDArray[np.float32], radius: int) -> NDArray[np.uint8]:
    """Return for each pixel which of eight points on a circle around it are at least as bright, one bit each."""
    padded = cv2.copyMakeBorder(even, radius, radius, radius, radius, cv2.BORDER_REFLECT_101)
    found = np.zeros(even.shape, np.uint8)
    for bit in range(8):
        angle = 2 * math.pi * bit / 8
        move = np.array([[1, 0, radius + radius * math.cos(angle)], [0, 1, radius - radius * math.sin(angle)]])
        size = (even.shape[1], even.shape[0])
        point = cv2.warpAffine(padded, move, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        found |= (point >= even).astype(np.uint8) << np.uint8(bit)
    return found


@lru_cache(1)
def _uniform() -> NDArray[np.uint8]:
    """Return the number of each pattern: those with at most two changes around the circle have one of their own."""
    table = np.full(256, PATTERNS - 1, np.uint8)
    number = 0
    for pattern in range(256):
        turned = ((pattern << 1) | (pattern >> 7)) & 255
        if (pattern ^ turned).bit_count() <= 2:
            table[pattern] = number
            number += 1
    return table


@lru_cache(1)
def _weights() -> NDArray[np.float32]:
    """Return how much each cell counts, 1 in all: what is at the edge of the box is hair and background."""
    rows = np.array([0.4, 1.0, 1.6, 1.6, 1.0, 1.2, 1.2, 0.6], np.float32)
    columns = np.array([0.4, 1.0, 1.3, 1.0, 1.3, 1.0, 0.4], np.float32)
    weights = np.outer(rows, columns).ravel()
    return np.asarray(weights / weights.sum(), np.float32)
