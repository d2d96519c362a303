"""Tells how far apart the keyframes of recorded footage are. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from dogwatch.model import Fragment, Segment

LONG_S = 4.0
"""Live view and detection begin at keyframes, so a longer interval delays them."""
HOLE_S = 0.5  # without footage: keyframes on both sides tell nothing


def analyse(camera: str, segments: Iterable[Segment]) -> dict[str, Any]:
    """Return the keyframe intervals (s) in `segments` of `camera`, oldest first, and advice."""
    parts = [part for one in segments for part in one.fragments]
    times = [part.start_time for part in parts if part.keyframe]
    holes = [before.start_time for before, later in pairwise(parts) if later.start_time - _end(before) > HOLE_S]
    gaps = [later - before for before, later in pairwise(times) if not any(before <= hole < later for hole in holes)]
    mean = sum(gaps) / len(gaps) if gaps else None
    advice = ""
    if mean is None:
        advice = "There are no recordings of the last minutes to look at."
    elif mean > LONG_S:
        advice = "Set the camera's keyframe interval (GOP, I-frame interval) to one or two seconds."
    return {
        "camera": camera,
        "keyframes": len(times),
        "seconds": _rounded(times[-1] - times[0] if times else 0.0),
        "mean_interval": _rounded(mean) if mean is not None else None,
        "shortest_interval": _rounded(min(gaps)) if gaps else None,
        "longest_interval": _rounded(max(gaps)) if gaps else None,
        "advice": advice,
    }


def _end(part: Fragment) -> float:
    return part.start_time + part.duration


def _rounded(seconds: float) -> float:
    return round(seconds, 3)
