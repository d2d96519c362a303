"""Finds gaps in recordings. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def find_gaps(
    spans: Iterable[tuple[float, float]], start: float, end: float, shortest: float
) -> Iterator[tuple[float, float]]:
    """Yield the ranges between `start` and `end`, at least `shortest` long, that none of `spans` covers.

    All times are seconds; `spans` are (start, end) in any order and may overlap.
    """
    covered = start
    for first, last in sorted(spans):
        if first >= end:
            break
        if first - covered >= shortest:
            yield covered, first
        covered = max(covered, last)
    if end - covered >= shortest:
        yield covered, end
