"""The built-in detector: finds with OpenCV what needs no download.

It finds people by histograms of oriented gradients (Dalal and Triggs, CVPR 2005), and faces, cats' faces and number
plates by Haar cascades. It is basic: people must be upright, whole, and 100 to 350 pixels tall in the region. A user's
own model, run by type `onnx`, finds more, also in less light.

Measured on one core of a small server, 416 x 416 gray: people 45 ms, cats' faces 70 ms, number plates 19 ms.
"""

from __future__ import annotations

import logging
import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.bus.messages import DetectorInfo
from dogwatch.detectors.base import Tensor
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.detectors.suppress import suppress
from dogwatch.errors import DetectorError
from dogwatch.model import Box, Detection

log = logging.getLogger(__name__)

SIZE = 416
LEAST = 256  # holds a person of 200 pixels with surroundings, at less than a third of the cost
# Scale step of the pyramid, and of the window's stride. 1.05 costs 1.5 times as much and finds 6 % more.
SCALE, STRIDE = 1.08, 8
# Converts the SVM's distance (weight) to a score. On recorded street scenes 95 % of the false hits stay below a weight
# of 0.6, people have 1.1 to 3.0 (quartiles): 0.6 -> 0.5, 1.0 -> 0.7, 2.0 -> 0.94.
MIDDLE, STEEPNESS, MIN_WEIGHT = 0.6, 2.1, 0.2
# The SVM's window has margins around the person: the parts of its width and height that the person fills.
LEFT, TOP = 0.22, 0.11
OVERLAP = 0.3
# The fewest raw hits that make a Haar detection; one with n raw hits scores n / (n + SOFTENING).
NEIGHBOURS, SOFTENING = 5, 3
SURE = 0.5  # the score of a person whose head is searched for a face
HEAD_PX, FACE_PX = 160, 28  # a head is enlarged to this width, in which no face is smaller

CASCADES = {
    "face": "haarcascade_frontalface_default.xml",
    "cat": "haarcascade_frontalcatface_extended.xml",
    "license_plate": "haarcascade_russian_plate_number.xml",
    "profile_face": "haarcascade_profileface.xml",
}
LABELS = {"person": True, "face": True, "cat": False, "license_plate": False}  # what is on by default
DEFAULTS = {**LABELS, "face_anywhere": False}


class OpenCVDetector:
    """HOG and Haar on gray tensors; see the module."""

    def __init__(self, spec: DetectorSpec) -> None:
        """Load what the options switch on.

        Raises:
            DetectorError: Every label is off, or this OpenCV lacks its detectors.
        """
        options = _options(spec)
        cv2.setNumThreads(max(1, spec.threads))
        if not hasattr(cv2, "HOGDescriptor"):
            raise DetectorError("this OpenCV has no people detector: pip install 'opencv-python-headless<5'")
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector(), np.float32))
        self._person = options["person"]
        self._face = cascade("face") if options["face"] else None
        self._face_anywhere = options["face_anywhere"] or not self._person
        self._cascades = {label: cascade(label) for label in ("cat", "license_plate") if options[label]}
        labels = tuple(label for label in LABELS if options[label])
        self._info = DetectorInfo(spec.name, SIZE, SIZE, "gray", labels, max(1, spec.batch), SIZE, LEAST)

    @property
    def info(self) -> DetectorInfo:
        """A gray tensor of 416 x 416; smaller regions are not enlarged to it, so that people stay findable."""
        return self._info

    def detect(self, batch: list[Tensor]) -> list[list[Detection]]:
        """Return the detections in each tensor; raises DetectorError when OpenCV fails."""
        try:
            return [self._look(picture) for picture in batch]
        except cv2.error as error:
            raise DetectorError(f"OpenCV failed: {error}") from error

    def _look(self, picture: Tensor) -> list[Detection]:
        found = self._people(picture) if self._person else []
        for label, found_by in self._cascades.items():
            found += _haar(found_by, picture, label, (24, 24))
        if self._face is None:
            return found
        if self._face_anywhere:
            return found + _haar(self._face, picture, "face", (24, 24))
        # With people found, only their heads are searched: that is cheap, and enlarging the heads finds smaller faces.
        # What is hardly a person is not worth that.
        people = [one.box for one in found if one.label == "person" and one.score >= SURE]
        return found + [face for box in people for face in _face_of(self._face, picture, box)]

    def _people(self, picture: Tensor) -> list[Detection]:
        windows, weights = self._hog.detectMultiScale(
            picture, MIN_WEIGHT, (STRIDE, STRIDE), (0, 0), SCALE, groupThreshold=0
        )
        if not len(windows):
            return []
        places = np.asarray(windows, np.float32)
        left, top = places[:, 0] + places[:, 2] * LEFT, places[:, 1] + places[:, 3] * TOP
        right, bottom = places[:, 0] + places[:, 2] * (1 - LEFT), places[:, 1] + places[:, 3] * (1 - TOP)
        boxes = np.stack([left, top, right, bottom], axis=1)
        scores = np.array([score_of_weight(float(weight)) for weight in np.ravel(weights)], np.float32)
        kept = suppress(boxes, scores, np.zeros(len(scores), np.intp), OVERLAP)
        height, width = picture.shape
        return [Detection("person", float(scores[i]), _box(boxes[i]).clipped(width, height)) for i in kept]


def make(spec: DetectorSpec) -> OpenCVDetector:
    """Make the detector of `spec`; raises DetectorError as its constructor does."""
    return OpenCVDetector(spec)


def score_of_weight(weight: float) -> float:
    """Map the SVM's distance to 0 to 1: a logistic curve, 0.5 at `MIDDLE`."""
    return 1 / (1 + math.exp(-STEEPNESS * (weight - MIDDLE)))


def cascade(label: str) -> Any:
    """Load the cascade of `label`, a key of `CASCADES`.

    Raises:
        DetectorError: OpenCV's file is missing or broken.
    """
    path = Path(cv2.__file__).parent / "data" / CASCADES[label]
    loaded = cv2.CascadeClassifier(str(path))
    if loaded.empty():
        raise DetectorError(f"OpenCV's file {path.name} cannot be loaded; reinstall opencv-python-headless")
    return loaded


def _options(spec: DetectorSpec) -> dict[str, bool]:
    """Return the defaults, overridden by the spec's options; unknown options are logged."""
    for name in sorted(set(spec.options) - set(DEFAULTS)):
        log.warning("the opencv detector ignores option %s", name)
    options = {name: bool(spec.options.get(name, default)) for name, default in DEFAULTS.items()}
    if not any(options[label] for label in LABELS):
        raise DetectorError(f"detector '{spec.name}': every label is switched off")
    return options


def _haar(found_by: Any, picture: Tensor, label: str, smallest: tuple[int, int]) -> list[Detection]:
    """Return the detections of a cascade, best first."""
    places, hits = found_by.detectMultiScale2(picture, 1.1, NEIGHBOURS, minSize=smallest)
    found = [
        Detection(label, float(n) / (float(n) + SOFTENING), Box(int(x), int(y), int(x + w), int(y + h)))
        for (x, y, w, h), n in zip(places, np.ravel(hits), strict=True)
    ]
    return sorted(found, key=lambda one: -one.score)


def _face_of(face_cascade: Any, picture: Tensor, person: Box) -> list[Detection]:
    margin = person.width // 6
    head = Box(person.x1 - margin, person.y1 - margin, person.x2 + margin, person.y1 + person.height // 3)
    head = head.clipped(picture.shape[1], picture.shape[0])
    if head.width < 16 or head.height < 16:
        return []
    factor = max(1.0, min(4.0, HEAD_PX / head.width))
    crop = cv2.resize(picture[head.y1 : head.y2, head.x1 : head.x2], None, fx=factor, fy=factor)
    faces = _haar(face_cascade, np.asarray(crop, np.uint8), "face", (FACE_PX, FACE_PX))
    return [
        Detection(
            "face",
            face.score,
            Box(
                head.x1 + round(face.box.x1 / factor),
                head.y1 + round(face.box.y1 / factor),
                head.x1 + round(face.box.x2 / factor),
                head.y1 + round(face.box.y2 / factor),
            ),
        )
        for face in faces[:1]
    ]


def _box(corners: NDArray[np.float32]) -> Box:
    x1, y1, x2, y2 = (round(float(value)) for value in corners)
    return Box(x1, y1, x2, y2)
