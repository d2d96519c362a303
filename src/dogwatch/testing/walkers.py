"""A street of bright squares that walk over grey noise, as a file; and a detector that finds them at once."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from dogwatch.bus.messages import DetectorInfo
from dogwatch.detectors.base import Tensor
from dogwatch.model import Box, Detection

WIDTH, HEIGHT, FPS = 640, 360, 15
SIZE, BRIGHT, LEAST_AREA = 320, 180, 100


def film(
    path: Path,
    seconds: float,
    *,
    walking: tuple[float, float] = (1.0, 1e9),
    gop: int = 15,
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> Path:
    """Write a film of `size`; two squares walk from and to the seconds `walking`."""
    rng = np.random.default_rng(4)
    street = np.full((HEIGHT, WIDTH), 90, np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, width=size[0], height=size[1])
        stream.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "20", "g": str(gop), "threads": "1"}
        stream.codec_context.time_base = Fraction(1, FPS)
        for n in range(round(seconds * FPS)):
            picture = cv2.add(street, rng.integers(0, 6, street.shape, np.uint8))
            at = n / FPS - walking[0]
            if 0 <= at <= walking[1] - walking[0]:
                for x, y, speed in ((20, 60, 55.0), (580, 220, -40.0)):
                    left = int(x + speed * at) % (WIDTH - 50)
                    picture[y : y + 80, left : left + 40] = 235
            grey = av.VideoFrame.from_ndarray(np.asarray(picture, np.uint8), format="gray")
            frame = grey.reformat(*size, format="yuv420p")
            frame.pts = n
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


class SquareDetector:
    """A person for each bright area, in no time."""

    info = DetectorInfo("squares", SIZE, SIZE, "gray", ("person",), 4, SIZE)

    def detect(self, batch: list[Tensor]) -> list[list[Detection]]:
        """Return the bright areas of each tensor."""
        return [squares(tensor) for tensor in batch]


def squares(tensor: Tensor) -> list[Detection]:
    """Return a person for each bright area of a grey tensor."""
    mask = np.asarray(tensor > BRIGHT, np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    boxes = [Box(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, area in stats[1:] if area >= LEAST_AREA]
    return [Detection("person", 0.9, box) for box in boxes]
