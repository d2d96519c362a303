"""Cuts a region of the picture out as a detector's input, and maps the detector's boxes back."""

from __future__ import annotations

import functools
import threading
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.model import Box, Detection
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.regions import TensorSize

PixelFormat = Literal["gray", "rgb", "bgr"]
Pixels = NDArray[np.uint8]
SNAP = 4  # pixels of the picture; boxes are not more accurate than that
FILL = 114  # the padding with which detectors of the YOLO family are trained
CODES = {"rgb": cv2.COLOR_YUV2RGB_I420, "bgr": cv2.COLOR_YUV2BGR_I420}


def tensor_shape(tensor: TensorSize, pixel_format: PixelFormat) -> tuple[int, ...]:
    """Return the shape of an input tensor: `(height, width)` for grey, `(height, width, 3)` else."""
    return (tensor.height, tensor.width) if pixel_format == "gray" else (tensor.height, tensor.width, 3)


def cut(i420: Pixels, region: Box, geometry: Geometry, pixel_format: PixelFormat, out: Pixels) -> None:
    """Write the part of the picture in `region` (detect-frame pixels) into `out` (see `tensor_shape`).

    Args:
        i420: The picture, contiguous, `(native_height * 3 // 2, native_width)`.
        region: The part to cut out; beyond the picture's right and lower edge the tensor is grey.
        geometry: The sizes of picture and detect frame.
        pixel_format: The detector's input format.
        out: The tensor to fill.
    """
    height, width = part_height, part_width = out.shape[:2]
    inside = region.clipped(geometry.width, geometry.height)
    if inside is not region:
        out[:] = FILL
        part_width = max(1, round(width * inside.width / region.width))
        part_height = max(1, round(height * inside.height / region.height))
    columns = _span(inside.x1, inside.x2, geometry.scale_x, geometry.native_width, part_width)
    rows = _span(inside.y1, inside.y2, geometry.scale_y, geometry.native_height, part_height)
    if pixel_format == "gray":
        _scale(i420[rows, columns], out[:part_height, :part_width])
        return
    even_width, even_height = part_width + part_width % 2, part_height + part_height % 2
    small, luma, colours = _scratch(threading.get_ident(), even_width, even_height)
    _scale_all(i420, rows, columns, luma, colours)
    if luma.shape == (height, width) == (part_height, part_width):
        cv2.cvtColor(small, CODES[pixel_format], dst=out)
    else:
        out[:part_height, :part_width] = cv2.cvtColor(small, CODES[pixel_format])[:part_height, :part_width]


def cut_i420(i420: Pixels, region: Box, geometry: Geometry, width: int, height: int) -> Pixels:
    """Return `region`, which lies inside the frame, as I420 of this size, rounded to even numbers; see `cut`."""
    columns = _span(region.x1, region.x2, geometry.scale_x, geometry.native_width, width)
    rows = _span(region.y1, region.y2, geometry.scale_y, geometry.native_height, height)
    small, luma, colours = _planes(width + width % 2, height + height % 2)
    _scale_all(i420, rows, columns, luma, colours)
    return small


def chroma(i420: Pixels) -> Pixels:
    """Return a view of the U and V planes of an I420 picture, `(2, height // 2, width // 2)`."""
    half, width = i420.shape[0] // 3, i420.shape[1]
    return i420[2 * half :].reshape(2, half, width // 2)


def to_frame(detection: Detection, region: Box, tensor: TensorSize, geometry: Geometry) -> Detection:
    """Convert a detection from tensor pixels of `region` to detect-frame pixels, clipped to the frame."""
    left, top, box = region.x1, region.y1, detection.box
    across, down = (region.x2 - left) / tensor.width, (region.y2 - top) / tensor.height
    placed = Box(
        round(left + box.x1 * across),
        round(top + box.y1 * down),
        round(left + box.x2 * across),
        round(top + box.y2 * down),
    )
    return Detection(detection.label, detection.score, placed.clipped(geometry.width, geometry.height))


def _span(start: int, end: int, scale: float, limit: int, wanted: int) -> slice:
    """Return the pixels of the picture from `start` to `end` (detect-frame pixels), of even length.

    A length within `SNAP` of a whole multiple of `wanted` becomes that multiple: scaling by a whole number takes a
    fifth of the time, and does not blur.
    """
    first, last = round(start * scale), round(end * scale)
    length = last - first
    whole = wanted if length == wanted else max(1, round(length / wanted)) * wanted  # most regions need no scaling
    if whole % 2 == 0 and whole <= limit and abs(whole - length) <= SNAP:
        first = min(first, limit - whole)
        return slice(first, first + whole)
    first = min(first, limit - 2) // 2 * 2
    return slice(first, max(min(-(-last // 2) * 2, limit), first + 2))


def _half(span: slice) -> slice:
    return slice(span.start // 2, span.start // 2 + (span.stop - span.start) // 2)


def _planes(width: int, height: int) -> tuple[Pixels, Pixels, Pixels]:
    """Return memory for an I420 picture of this even size: all of it, and views of its Y plane and of U and V."""
    whole = np.empty((height * 3 // 2, width), np.uint8)
    return whole, whole[:height], chroma(whole)


@functools.lru_cache(maxsize=4)
def _scratch(_thread: int, width: int, height: int) -> tuple[Pixels, Pixels, Pixels]:
    """Return the same `_planes` for each region of this size that a thread cuts: they stay in the processor's cache."""
    return _planes(width, height)


def _scale_all(i420: Pixels, rows: slice, columns: slice, luma: Pixels, colours: Pixels) -> None:
    """Scale a part of an I420 picture into the planes of another one."""
    _scale(i420[rows, columns], luma)
    part = chroma(i420)[:, _half(rows), _half(columns)]
    if part.shape == colours.shape:
        colours[:] = part
    else:
        _scale(part[0], colours[0])
        _scale(part[1], colours[1])


def _scale(plane: Pixels, out: Pixels) -> None:
    """Scale a plane into `out`; one more than twice as large first to twice the size, see `motion.shrink`."""
    rows, columns = plane.shape
    height, width = out.shape
    if (rows, columns) == (height, width):
        out[:] = plane
        return
    if columns > 2 * width and rows > 2 * height:
        plane = _sampled(plane, 2 * width, 2 * height)
    # Halving averages four pixels with INTER_AREA and INTER_LINEAR alike, and OpenCV does the latter faster.
    cv2.resize(plane, (width, height), dst=out, interpolation=cv2.INTER_LINEAR)


def _sampled(plane: Pixels, width: int, height: int) -> Pixels:
    """Return `plane` at this size, interpolated between the nearest pixels.

    By an odd whole number that takes the middle one of each group of pixels as it is, and to pick these takes a third
    of the time. 1080p is scaled so by three for previews.
    """
    factor = plane.shape[1] // width
    if factor % 2 and plane.shape == (factor * height, factor * width):
        return np.ascontiguousarray(plane[factor // 2 :: factor, factor // 2 :: factor])
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
