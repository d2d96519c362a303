"""Runs a detector on single pictures of the dataset, on the same part of each as the live analysis did."""

from __future__ import annotations

import numpy as np

from dogwatch.dataset.comparison import DetectedBox
from dogwatch.dataset.labelled_picture import LabelledPicture
from dogwatch.detectors.base import Detector
from dogwatch.media import picture
from dogwatch.model import Box
from dogwatch.vision.cut import cut, tensor_shape, to_frame
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.regions import TensorSize


def detections(detector: Detector, sample: LabelledPicture, jpeg: bytes) -> list[DetectedBox]:
    """Return what the detector finds in the region of a picture, or in the whole of it if it has none.

    Raises:
        MediaError: It is no picture.
        DetectorError: The detector has failed.
    """
    bgr = picture.decode(jpeg)
    i420 = picture.bgr_to_i420(bgr[: bgr.shape[0] // 2 * 2, : bgr.shape[1] // 2 * 2])
    rows, columns = i420.shape[0] * 2 // 3, i420.shape[1]
    geometry = Geometry(columns, rows, columns, rows)
    info = detector.info
    size = TensorSize(info.width, info.height, info.min_region)
    region = _region(sample, columns, rows, info.width / info.height)
    tensor = np.empty(tensor_shape(size, info.pixel_format), np.uint8)
    cut(i420, region, geometry, info.pixel_format, tensor)
    found = [to_frame(one, region, size, geometry) for one in detector.detect([tensor])[0]]
    return [_in_fractions(one.label, one.score, one.box, columns, rows) for one in found if one.box.area]


def _region(sample: LabelledPicture, columns: int, rows: int, ratio: float) -> Box:
    """Return the region in pixels, or one of `ratio` that holds the whole picture."""
    if sample.region is not None:
        x, y, w, h = sample.region
        return Box(round(x * columns), round(y * rows), round((x + w) * columns), round((y + h) * rows))
    return Box(0, 0, max(columns, round(rows * ratio)), max(rows, round(columns / ratio)))


def _in_fractions(label: str, score: float, box: Box, columns: int, rows: int) -> DetectedBox:
    x, y, w, h = box.fractions(columns, rows)
    return DetectedBox(label, score, (x, y, w, h))
