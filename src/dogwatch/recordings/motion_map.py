"""Reads the packed cells of segments: as JSON for lists, and as an array for searches."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dogwatch.recordings.motion_cells import DENSE_BYTES, LEVELS, SIDE

CELLS = SIDE * SIDE
_COUNTS = np.array(LEVELS, np.int16)
_ENTRIES = CELLS * len(LEVELS)
_PLACES = (',"{}":{}', '{{"{}":{}', ',"{}":{}}}', '{{"{}":{}}}')
"""How an entry of a JSON object looks in the middle, first, last, and alone."""


def heatmaps(packed: Sequence[bytes | None]) -> list[bytes]:
    """Return the JSON of each of the packed grids: how often there was motion in each cell that had any, or null.

    The texts of entries have one length, the shorter ones by spaces, so NumPy can put thousands of them together.
    """
    pairs = _as_pairs([one or b"" for one in packed])
    sizes = np.array(list(map(len, pairs)), np.int64) // 2
    codes = np.frombuffer(b"".join(pairs), np.uint8).reshape(-1, 2)
    ends = np.cumsum(sizes)
    last = ends[sizes > 0]
    place = np.zeros(len(codes) + 1, np.int64)
    place[last - 1] += 2
    place[np.append(0, last)] += 1
    texts = _texts()
    chosen = texts[place[:-1] * _ENTRIES + codes[:, 0] * np.int64(len(LEVELS)) + codes[:, 1]]
    joined = chosen.tobytes()
    return [joined[start:end] or b"null" for start, end in pairwise([0, *(ends * texts.itemsize).tolist()])]


def counts(packed: Sequence[bytes]) -> NDArray[np.int16]:
    """Return how often there was motion in each cell of each of the packed grids, shape (grids, `CELLS`)."""
    pairs = _as_pairs(packed)
    codes = np.frombuffer(b"".join(pairs), np.uint8).reshape(-1, 2)
    found = np.zeros((len(pairs), CELLS), np.int16)
    found[np.repeat(np.arange(len(pairs)), [len(one) // 2 for one in pairs]), codes[:, 0]] = _COUNTS[codes[:, 1]]
    return found


def _as_pairs(packed: Sequence[bytes]) -> Sequence[bytes]:
    if max(map(len, packed), default=0) < DENSE_BYTES:
        return packed
    return [one if len(one) < DENSE_BYTES else _unfolded(one) for one in packed]


def _unfolded(packed: bytes) -> bytes:
    halves = np.frombuffer(packed, np.uint8)
    levels = np.stack((halves >> 4, halves & 15), axis=1).ravel()
    cells = np.flatnonzero(levels)
    return np.stack((cells, levels[cells]), axis=1).astype(np.uint8).tobytes()


@functools.cache
def _texts() -> NDArray[np.bytes_]:
    """Return the text of each entry, by its place in the object, its cell and its level."""
    texts = [form.format(cell, count) for form in _PLACES for cell in range(CELLS) for count in LEVELS]
    width = max(map(len, texts))
    return np.array([text.ljust(width).encode() for text in texts])
