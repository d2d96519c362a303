"""Finds gaps in recordings."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dogwatch.recordings.catalogue import Catalogue
from dogwatch.store import coverage


def unavailable(
    catalogue: Catalogue, cameras: Iterable[str], start: float, end: float, shortest: float
) -> list[tuple[float, float]]:
    """Return the gaps between `start` and `end` (epoch s), at least `shortest` s, that no camera covers."""
    names = list(cameras)
    newest = [(one.start_time, one.end_time) for name in names for one in catalogue.without_rows(name, start, end)]
    with catalogue.db.read() as connection:
        known = coverage.covered(connection, names, start, end)
    return find_gaps(np.concatenate([known, np.reshape(newest, (-1, 2))]), start, end, shortest)


def find_gaps(spans: NDArray[np.float64], start: float, end: float, shortest: float) -> list[tuple[float, float]]:
    """Return the ranges between `start` and `end`, at least `shortest` long, that none of `spans` covers.

    All times are seconds; `spans` of shape (spans, 2) are starts and ends in any order, and may overlap.
    """
    spans = spans[spans[:, 0] < end]
    spans = spans[np.argsort(spans[:, 0])]
    covered = np.maximum.accumulate(np.append(start, spans[:, 1]))
    begins = np.append(spans[:, 0], end)
    holes = begins - covered >= shortest
    return list(zip(covered[holes].tolist(), begins[holes].tolist(), strict=True))
