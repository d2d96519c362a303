"""From a region of the picture to a detector's input, and from its boxes back."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.model import Box, Detection
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.regions import TensorSize

PixelFormat = Literal["gray", "rgb", "bgr"]
Pixels = NDArray[np.uint8]
FILL = 114  # what detectors of the YOLO family are trained to see beyond the picture
CODES = {"rgb": cv2.COLOR_YUV2RGB_I420, "bgr": cv2.COLOR_YUV2BGR_I420}


def tensor_shape(tensor: TensorSize, pixel_format: PixelFormat) -> tuple[int, ...]:
    """Return the shape of an input tensor: `(height, width)` for grey, `(height, width, 3)` else."""
    return (tensor.height, tensor.width) if pixel_format == "gray" else (tensor.height, tensor.width, 3)


def cut(i420: Pixels, region: Box, geometry: Geometry, pixel_format: PixelFormat, out: Pixels) -> None:
    """Write what `region` (detect-frame pixels) shows of the picture into `out` (see `tensor_shape`).

    Args:
        i420: The picture, contiguous, `(native_height * 3 // 2, native_width)`.
        region: Where to look; what lies beyond the picture's right and lower edge becomes grey.
        geometry: The sizes of picture and detect frame.
        pixel_format: What the detector wants.
        out: The tensor to fill.
    """
    height, width = out.shape[:2]
    inside = region.clipped(geometry.width, geometry.height)
    part_width = max(1, round(width * inside.width / region.width))
    part_height = max(1, round(height * inside.height / region.height))
    if part_width < width or part_height < height:
        out[:] = FILL
    target = out[:part_height, :part_width]
    luma, blue, red = _planes(i420, inside, geometry)
    if pixel_format == "gray":
        target[:] = _resized(luma, part_width, part_height)
        return
    even_width, even_height = part_width + part_width % 2, part_height + part_height % 2
    small = np.empty(even_width * even_height * 3 // 2, np.uint8)
    split = even_width * even_height
    small[:split] = _resized(luma, even_width, even_height).ravel()
    small[split : split * 5 // 4] = _resized(blue, even_width // 2, even_height // 2).ravel()
    small[split * 5 // 4 :] = _resized(red, even_width // 2, even_height // 2).ravel()
    colour = cv2.cvtColor(small.reshape(even_height * 3 // 2, even_width), CODES[pixel_format])
    target[:] = colour[:part_height, :part_width]


def to_frame(detection: Detection, region: Box, tensor: TensorSize, geometry: Geometry) -> Detection:
    """Bring a detection in tensor pixels of `region` to detect-frame pixels, clipped to the frame."""
    across, down, box = region.width / tensor.width, region.height / tensor.height, detection.box
    placed = Box(
        round(region.x1 + box.x1 * across),
        round(region.y1 + box.y1 * down),
        round(region.x1 + box.x2 * across),
        round(region.y1 + box.y2 * down),
    )
    return Detection(detection.label, detection.score, placed.clipped(geometry.width, geometry.height))


def _planes(i420: Pixels, inside: Box, geometry: Geometry) -> tuple[Pixels, Pixels, Pixels]:
    """Return views of the Y, U and V planes where `inside` lies, on even pixels."""
    width, height = geometry.native_width, geometry.native_height
    x1 = min(round(inside.x1 * geometry.scale_x), width - 2) // 2 * 2
    y1 = min(round(inside.y1 * geometry.scale_y), height - 2) // 2 * 2
    x2 = max(min(-(-round(inside.x2 * geometry.scale_x) // 2) * 2, width), x1 + 2)
    y2 = max(min(-(-round(inside.y2 * geometry.scale_y) // 2) * 2, height), y1 + 2)
    flat, split = i420.reshape(-1), width * height
    half = (height // 2, width // 2)
    blue = flat[split : split * 5 // 4].reshape(half)
    red = flat[split * 5 // 4 :].reshape(half)
    chroma = slice(y1 // 2, y2 // 2), slice(x1 // 2, x2 // 2)
    return i420[y1:y2, x1:x2], blue[chroma], red[chroma]


def _resized(plane: Pixels, width: int, height: int) -> Pixels:
    """Scale a plane; one that is more than twice as large by way of twice the size, see `motion.shrink`."""
    rows, columns = plane.shape
    if columns > 2 * width and rows > 2 * height:
        plane = np.asarray(cv2.resize(plane, (2 * width, 2 * height), interpolation=cv2.INTER_LINEAR), np.uint8)
        return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    if (columns, rows) == (width, height):
        return plane
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
