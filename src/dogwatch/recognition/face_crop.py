"""Reads foreign pictures, and cuts faces out of them."""

from __future__ import annotations

import cv2
import numpy as np

from dogwatch.recognition.face_recogniser import Corners, Pixels

MARGIN = 0.35  # of a face's side, on each side of it: enough to find it again
LARGEST_SIDE = 400
QUALITY = 92
MOST_PIXELS = 64_000_000
BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
"""JPEG, PNG, WebP. OpenCV has decoders of a dozen other formats, which nobody needs and which may have holes."""


def read_picture(data: bytes) -> Pixels | None:
    """Return a JPEG, PNG or WebP as BGR; None if it is none, is broken, or is too large."""
    if not data.startswith(BEGINNINGS) or (data.startswith(b"RIFF") and data[8:12] != b"WEBP"):
        return None
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # it has more pixels than the environment allows
        return None
    if picture is None or picture.shape[0] * picture.shape[1] > MOST_PIXELS:
        return None
    return np.asarray(picture, np.uint8)


def face_picture(frame: Pixels, box: Corners) -> bytes:
    """Return a face and some surroundings as WebP."""
    height, width = frame.shape[:2]
    margin = round(max(box[2] - box[0], box[3] - box[1]) * MARGIN)
    x1, y1 = max(0, box[0] - margin), max(0, box[1] - margin)
    face = frame[y1 : min(height, box[3] + margin), x1 : min(width, box[2] + margin)]
    factor = LARGEST_SIDE / max(face.shape[:2])
    if factor < 1:
        face = np.asarray(cv2.resize(face, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    return cv2.imencode(".webp", face, (cv2.IMWRITE_WEBP_QUALITY, QUALITY))[1].tobytes()


def surroundings(face: Pixels) -> Pixels:
    """Return a picture with its edge repeated around it."""
    rows, columns = (round(side * MARGIN) for side in face.shape[:2])
    return np.asarray(cv2.copyMakeBorder(face, rows, rows, columns, columns, cv2.BORDER_REPLICATE), np.uint8)


def sharpness(frame: Pixels, box: Corners) -> float:
    """Return how sharp a face is: the variance of its Laplacian at 96 x 96 pixels."""
    x1, y1, x2, y2 = (max(0, value) for value in box)
    face = cv2.resize(cv2.cvtColor(frame[y1:y2, x1:x2], cv2.COLOR_BGR2GRAY), (96, 96), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(face, cv2.CV_32F).var())
