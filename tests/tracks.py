"""Builders of tracked objects, frames and pictures for tests of what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from dogwatch.bus.messages import BestPicture, FrameTracks
from dogwatch.evidence import ObjectEvidence, PassedLimit, ScoredFrame, ThresholdReached, ZoneStay
from dogwatch.media import picture
from dogwatch.model import Box, TrackedObject

WIDTH, HEIGHT = 320, 180
START = 1_700_000_000.0
BOX = Box(80, 60, 120, 140)
REGION = Box(60, 40, 160, 140)
THUMB = picture.encode(picture.black(175, 175), "jpg", 90)


def tracked(time: float = 0.0, key: str = "a", **changes: Any) -> TrackedObject:
    """A true, moving person `time` seconds after `START`."""
    values: dict[str, Any] = {
        "id": f"{START:.0f}.5-{key * 6}",
        "camera": "front",
        "label": "person",
        "frame_time": START + time,
        "start_time": START,
        "box": BOX,
        "region": REGION,
        "score": 0.78,
        "computed_score": 0.8,
        "top_score": 0.86,
        "false_positive": False,
        "position_changes": 1,
    }
    return TrackedObject(**{**values, **changes})


def evidence(time: float = 1.0, key: str = "a", **changes: Any) -> ObjectEvidence:
    """What decided about `tracked(key=key)` up to `time` seconds after `START`."""
    seen = [ScoredFrame(START + at, score, BOX) for at, score in ((0.0, 0.7), (0.5, 0.9), (time, 0.8))]
    scores = tuple((one.time, one.score) for one in seen[:2])
    values: dict[str, Any] = {
        "id": f"{START:.0f}.5-{key * 6}",
        "threshold": 0.75,
        "top_score": 0.86,
        "detections": 3,
        "missed": 1,
        "first": seen[0],
        "best": seen[1],
        "last": seen[2],
        "reached": ThresholdReached(scores, 0.8, (PassedLimit("min_score", 0.9, 0.5),), 1),
        "zones": (ZoneStay("porch", 3, 3, 0.4, 0.0, None, START + time),),
    }
    return ObjectEvidence(**{**values, **changes})


def frame(time: float, *objects: TrackedObject, ended: tuple[TrackedObject, ...] = (), **changes: Any) -> FrameTracks:
    """What vision says of the frame `time` seconds after `START`."""
    values: dict[str, Any] = {
        "camera": "front",
        "frame_time": START + time,
        "width": WIDTH,
        "height": HEIGHT,
        "motion_area": 0,
        "objects": objects,
        "ended": ended,
    }
    return FrameTracks(**{**values, **changes})


def best(time: float = 0.0, key: str = "a", **changes: Any) -> BestPicture:
    """A picture of `tracked(key=key)`."""
    values: dict[str, Any] = {
        "camera": "front",
        "object_id": f"{START:.0f}.5-{key * 6}",
        "label": "person",
        "frame_time": START + time,
        "jpeg": b"",
        "box": BOX,
        "region": REGION,
        "score": 0.78,
        "thumb": THUMB,
    }
    return BestPicture(**{**values, **changes})


def jpeg(colour: tuple[int, int, int] = (30, 60, 90)) -> bytes:
    """A plain picture, twice the size of the detect frame."""
    return picture.encode(np.full((HEIGHT * 2, WIDTH * 2, 3), colour, np.uint8), "jpg", 95)
