"""Recognises faces by what comes with OpenCV: a cascade finds them, local binary patterns tell them apart.

A face is aligned by the cascade's box. OpenCV's cascades for eyes are less steady than that: with them, a tenth more of
the AT&T pictures were taken for somebody else (docs/faces.md).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from dogwatch.recognition import face_texture
from dogwatch.recognition.face_recogniser import Corners, FoundFace, Numbers, Pixels

FACE = "haarcascade_frontalface_alt2.xml"
LEAST_SIDE, LARGEST_SIDE = 160, 640  # of the part that is searched: smaller ones are enlarged, larger ones reduced
LEAST_FACE = 24  # pixels of the part that is searched
STEP, NEIGHBOURS, SOFTENING = 1.1, 3, 3  # a face with n raw hits scores n / (n + SOFTENING)
ASIDE, BELOW = 0.025, 0.086  # of the box's side: what is left out of it on each side, and added below


class BuiltInFaces:
    """A cascade and local binary patterns; see the module."""

    def __init__(self) -> None:
        """Load the cascade.

        Raises:
            FileNotFoundError: This OpenCV lacks it.
        """
        self._face = _cascade(FACE)

    def find(self, frame: Pixels, part: Corners, smallest: float, threshold: float) -> FoundFace | None:
        """Return the largest face in a part of a colour picture."""
        x1, y1, x2, y2 = part
        side = max(1, x2 - x1, y2 - y1)
        factor = max(1.0, LEAST_SIDE / side) if side < LARGEST_SIDE else LARGEST_SIDE / side
        factor = min(factor, 4.0)
        if min(x2 - x1, y2 - y1) * factor < 1:
            return None  # a line, of which nothing would be left
        gray = _resized(cv2.cvtColor(frame[y1:y2, x1:x2], cv2.COLOR_BGR2GRAY), factor)
        least = max(LEAST_FACE, math.floor(smallest * factor))
        if min(gray.shape) < least:
            return None
        places, hits = self._face.detectMultiScale2(gray, STEP, NEIGHBOURS, minSize=(least, least))
        found = []
        for (x, y, w, h), n in zip(places, np.ravel(hits), strict=True):
            left, top, right, bottom = (round(float(value) / factor) for value in (x, y, x + w, y + h))
            score = float(n) / (float(n) + SOFTENING)
            if score >= threshold:
                found.append(FoundFace((x1 + left, y1 + top, x1 + right, y1 + bottom), score))
        return max(found, key=lambda one: one.area, default=None)

    def describe(self, frame: Pixels, face: FoundFace) -> Numbers:
        """Return the texture of the aligned face."""
        return face_texture.texture(aligned(frame, face.box))

    def scores(self, one: Numbers, others: Numbers) -> Numbers:
        """Return how likely two faces are one person's."""
        return face_texture.scores(face_texture.distances(one, others))


def aligned(frame: Pixels, box: Corners) -> Pixels:
    """Return the face in gray: what the cascade's box has of it, and the chin."""
    height, width = face_texture.HEIGHT, face_texture.WIDTH
    x1, y1, x2, y2 = box
    side = x2 - x1
    left, right = round(x1 + side * ASIDE), round(x2 - side * ASIDE)
    top, bottom = y1, round(y2 + side * BELOW)
    inside = frame[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    gray = cv2.cvtColor(inside, cv2.COLOR_BGR2GRAY)
    lacks = max(0, -top), max(0, bottom - frame.shape[0]), max(0, -left), max(0, right - frame.shape[1])
    whole = cv2.copyMakeBorder(gray, *lacks, cv2.BORDER_REPLICATE)
    how = cv2.INTER_AREA if whole.shape[0] > height else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(whole, (width, height), interpolation=how), np.uint8)


def _resized(gray: Any, factor: float) -> Pixels:
    if factor == 1.0:
        return np.ascontiguousarray(gray)
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(gray, None, fx=factor, fy=factor, interpolation=how), np.uint8)


def _cascade(name: str) -> Any:
    path = Path(cv2.__file__).parent / "data" / name
    loaded = cv2.CascadeClassifier(str(path))
    if loaded.empty():
        raise FileNotFoundError(f"OpenCV's file {name} cannot be loaded; reinstall opencv-python-headless")
    return loaded
