"""Tells how far apart the keyframes of recorded footage are. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from dogwatch.model import Segment

LONG_S = 4.0
"""Live view and detection begin at keyframes, so a longer interval delays them."""


def analyse(camera: str, segments: Iterable[Segment]) -> dict[str, Any]:
    """Return the keyframe intervals (s) in `segments` of `camera`, oldest first, and advice."""
    times = [part.start_time for one in segments for part in one.fragments if part.keyframe]
    gaps = [later - before for before, later in pairwise(times)]
    longest = max(gaps, default=None)
    advice = ""
    if longest is None:
        advice = "There are no recordings of the last minutes to look at."
    elif longest > LONG_S:
        advice = "Set the camera's keyframe interval (GOP, I-frame interval) to one or two seconds."
    return {
        "camera": camera,
        "keyframes": len(times),
        "seconds": _rounded(times[-1] - times[0] if times else 0.0),
        "mean_interval": _rounded(sum(gaps) / len(gaps)) if gaps else None,
        "shortest_interval": _rounded(min(gaps)) if gaps else None,
        "longest_interval": _rounded(longest) if longest is not None else None,
        "advice": advice,
    }


def _rounded(seconds: float) -> float:
    return round(seconds, 3)
