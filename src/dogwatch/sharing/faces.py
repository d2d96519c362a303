"""Finds faces with the cascades that come with OpenCV: from the front, and from both sides."""

from __future__ import annotations

import cv2
import numpy as np

from dogwatch.detectors.opencv import cascade
from dogwatch.media.encoder_spec import CoverBox
from dogwatch.media.picture import Picture

WIDEST = 960  # pixels searched; a face must be `SMALLEST` wide in them
SMALLEST = 24
STEP, NEIGHBOURS = 1.1, 3  # fewer neighbours than the detector wants: what is covered in vain hurts nobody


class FaceFinder:
    """Looks for faces in the pictures of a film, one after another."""

    def __init__(self) -> None:
        """Load the cascades.

        Raises:
            DetectorError: They are missing.
        """
        self._front, self._side = cascade("face"), cascade("profile_face")
        self._turn = 0

    def find(self, luma: Picture, *, all_sides: bool = False) -> list[CoverBox]:
        """Return the faces in a grey picture: from the front, and from one side by turns or from `all_sides`."""
        columns = luma.shape[1]
        scale = min(1.0, WIDEST / columns)
        small = luma if scale == 1 else cv2.resize(luma, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        gray = np.ascontiguousarray(small, np.uint8)
        self._turn = 1 - self._turn
        found = self._boxes(self._front, gray)
        if all_sides or self._turn:
            found += self._boxes(self._side, gray)
        if all_sides or not self._turn:
            mirrored = self._boxes(self._side, np.ascontiguousarray(gray[:, ::-1]))
            found += [CoverBox(1 - box.x2, box.y1, 1 - box.x1, box.y2) for box in mirrored]
        return found

    @staticmethod
    def _boxes(finder: object, gray: Picture) -> list[CoverBox]:
        rows, columns = gray.shape
        places = finder.detectMultiScale(gray, STEP, NEIGHBOURS, minSize=(SMALLEST, SMALLEST))  # type: ignore[attr-defined]
        return [
            CoverBox(int(x) / columns, int(y) / rows, int(x + w) / columns, int(y + h) / rows) for x, y, w, h in places
        ]
