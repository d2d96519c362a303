"""Hypothesis strategies for boxes and walks, shared by the tests of vision."""

from __future__ import annotations

from hypothesis import strategies as st

from dogwatch.model import Box, Detection
from dogwatch.vision.geometry import Geometry

SIZES = Geometry(1280, 720, 1280, 720)


@st.composite
def boxes(draw: st.DrawFn, width: int = SIZES.width, height: int = SIZES.height, smallest: int = 1) -> Box:
    """Boxes inside a frame."""
    w, h = draw(st.integers(smallest, width)), draw(st.integers(smallest, height))
    x, y = draw(st.integers(0, width - w)), draw(st.integers(0, height - h))
    return Box(x, y, x + w, y + h)


@st.composite
def detections(draw: st.DrawFn) -> Detection:
    """Detections of persons and cars."""
    score = draw(st.floats(0.5, 1.0))
    return Detection(draw(st.sampled_from(["person", "car"])), score, draw(boxes(smallest=8)))


@st.composite
def walks(draw: st.DrawFn, count: int) -> list[list[Box]]:
    """`count` walkers in lanes of their own: for each frame their boxes, at most a third of a width a frame apart."""
    speeds = draw(st.lists(st.integers(-15, 15), min_size=count, max_size=count))
    jitters = st.integers(-2, 2)
    frames = []
    for n in range(20):
        row = []
        for lane, speed in enumerate(speeds):
            x, y = 600 + n * speed + draw(jitters), lane * 140 + draw(jitters) + 5
            row.append(Box(x, y, x + 50, y + 120))
        frames.append(row)
    return frames
