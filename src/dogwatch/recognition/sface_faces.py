"""Recognises faces by two files of the user: YuNet finds them, SFace tells them apart."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from dogwatch.recognition.face_recogniser import Corners, FoundFace, Numbers, Pixels

LARGEST_SIDE = 640  # of the part that is searched
SUPPRESSION, MOST = 0.3, 50
# OpenCV's tutorial calls two faces one person's from a cosine of 0.363 on. That shall be the default `unknown_score`,
# 0.8, and 0.45 the default `recognition_threshold`, 0.9.
SAME, SURE = 0.363, 0.45
LOGIT_SAME, LOGIT_SURE = 1.386, 2.197


class SFaceFaces:
    """YuNet and SFace; see the module."""

    def __init__(self, detector: str, recogniser: str) -> None:
        """Load two files.

        Raises:
            cv2.error: One cannot be loaded.
        """
        self._detector: Any = cv2.FaceDetectorYN.create(detector, "", (320, 320), 0.5, SUPPRESSION, MOST)
        self._recogniser: Any = cv2.FaceRecognizerSF.create(recogniser, "")

    def find(self, frame: Pixels, part: Corners, smallest: float, threshold: float) -> FoundFace | None:
        """Return the largest face in a part of a colour picture."""
        x1, y1, x2, y2 = part
        searched = frame[y1:y2, x1:x2]
        factor = min(1.0, LARGEST_SIDE / max(searched.shape[:2]))
        if min(searched.shape[:2]) * factor < 1:
            return None  # a line, of which nothing would be left
        small = np.asarray(cv2.resize(searched, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
        self._detector.setInputSize((small.shape[1], small.shape[0]))
        self._detector.setScoreThreshold(threshold)
        _, rows = self._detector.detect(small)
        faces = []
        for row in rows if rows is not None else ():
            place = np.asarray(row[:14], np.float32) / factor
            place[[0, 1]] += (x1, y1)
            place[4::2] += x1
            place[5::2] += y1
            left, top, width, height = (round(float(value)) for value in place[:4])
            face = FoundFace((left, top, left + width, top + height), float(row[14]), np.append(place, row[14]))
            if min(width, height) >= max(4.0, smallest / 1.5):  # YuNet's boxes are narrower than the cascade's
                faces.append(face)
        return max(faces, key=lambda one: one.area, default=None)

    def describe(self, frame: Pixels, face: FoundFace) -> Numbers:
        """Return SFace's feature, of length 1."""
        feature = np.asarray(self._recogniser.feature(self._recogniser.alignCrop(frame, face.row)), np.float32).ravel()
        return feature / max(1e-9, float(np.linalg.norm(feature)))

    def scores(self, one: Numbers, others: Numbers) -> Numbers:
        """Return how likely two faces are one person's, by the cosine of their features."""
        slope = (LOGIT_SURE - LOGIT_SAME) / (SURE - SAME)
        return np.asarray(1 / (1 + np.exp(-(LOGIT_SAME + slope * (others @ one - SAME)))), np.float32)
