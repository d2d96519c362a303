"""Turns the detections of tracked objects in a film into traces.

A *trace* is one individual in one unbroken appearance. It has at most one box in a frame. Frames between two detections
that were not analysed, or in which nothing was found, get a box that lies linearly between them in time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from dogwatch.model import Box

Kind = Literal["face", "object"]
FACE = "face"
GAP_S = 1.0  # a longer time without a detection ends a trace
MOST_GAP_S = 2.0  # at a low rate, the time between two analysed frames does
TOLERANCE_S = 0.005  # 30 frames at 29.97 fps last a millisecond longer than a second


class Sighting(msgspec.Struct, frozen=True, gc=False):
    """A detection of one object in displayed frame `frame`, shown at `time` (s). `box` is in pixels of that picture."""

    frame: int
    time: float
    box: Box
    confidence: float
    sharpness: float | None = None


class TraceBox(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The box of a trace in one frame, in pixels of the displayed picture."""

    frame: int
    x: int
    y: int
    width: int
    height: int
    confidence: float
    interpolated: bool = False
    sharpness: float | None = None


class Trace(msgspec.Struct, frozen=True, gc=False):
    """An appearance of one individual, by its detections in the order of their frames; there is at least one."""

    kind: Kind
    label: str
    sightings: tuple[Sighting, ...]

    @property
    def avg_confidence(self) -> float:
        """The mean confidence of the detections."""
        return sum([one.confidence for one in self.sightings]) / len(self.sightings)

    @property
    def frame_count(self) -> int:
        """How many frames have a box: all from the first detection to the last."""
        return self.sightings[-1].frame - self.sightings[0].frame + 1


def kind_of(label: str) -> Kind:
    """Return the kind of a trace by the label of its detections."""
    return "face" if label == FACE else "object"


def longest_gap(step_s: float) -> float:
    """Return how long a trace lasts without a detection if frames are analysed every `step_s` seconds."""
    return max(GAP_S, min(step_s, MOST_GAP_S)) + TOLERANCE_S


def unbroken(sightings: Sequence[Sighting], gap_s: float) -> Iterator[tuple[Sighting, ...]]:
    """Yield the parts of `sightings` that no gap longer than `gap_s` divides."""
    start = 0
    for n in range(1, len(sightings)):
        if sightings[n].time - sightings[n - 1].time > gap_s:
            yield tuple(sightings[start:n])
            start = n
    if sightings:
        yield tuple(sightings[start:])


def boxes(sightings: Sequence[Sighting], time_of: Callable[[int], float]) -> Iterator[TraceBox]:
    """Yield the box of each frame from the first detection to the last; `time_of` tells when a frame is shown."""
    for before, after in pairwise(sightings):
        yield _detected(before)
        length = after.time - before.time
        for frame in range(before.frame + 1, after.frame):
            share = (time_of(frame) - before.time) / length if length > 0 else 0.5
            yield _between(before, after, frame, share)
    if sightings:
        yield _detected(sightings[-1])


def _detected(one: Sighting) -> TraceBox:
    box = one.box
    return TraceBox(one.frame, box.x1, box.y1, box.width, box.height, one.confidence, sharpness=one.sharpness)


def _between(one: Sighting, other: Sighting, frame: int, share: float) -> TraceBox:
    x1, y1, x2, y2 = (
        round(start + share * (end - start)) for start, end in zip(one.box.as_list(), other.box.as_list(), strict=True)
    )
    confidence = one.confidence + share * (other.confidence - one.confidence)
    return TraceBox(frame, x1, y1, max(1, x2 - x1), max(1, y2 - y1), confidence, interpolated=True)
