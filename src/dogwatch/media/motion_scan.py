"""Finds when something moved in a part of recorded pictures: what differs from the picture half a second before.

Of a region's pictures at most four a second are compared, scaled down, so comparing costs little beside decoding.
"""

from __future__ import annotations

import contextlib
import math
from collections import deque
from collections.abc import Iterator
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.media.decode import PLANAR
from dogwatch.media.footage import EPOCH_S
from dogwatch.media.motion_scan_spec import FoundMotion, Point, ScanReport, ScanSpec

SAMPLE_S = 0.24  # between two pictures that are compared, at least
LAG = 2  # samples between the two
RARE_S = 4.0  # keyframes that are further apart may miss somebody who walks by
EDGE_PX = 192  # of the region, scaled down
MARGIN_S = 0.5  # around the wanted range, so that motion at its edges is seen

Small = NDArray[np.uint8]


def scan(spec: ScanSpec) -> ScanReport:
    """Look through a file. What cannot be decoded ends it, with what was found before."""
    try:
        if not (spec.thorough or _differs(spec)):
            return ScanReport(())
        comparison = Comparison(spec, LAG)
        try:
            for time, frame in _pictures(spec, SAMPLE_S):
                comparison.add(time, frame)
        except (av.error.FFmpegError, OSError) as error:
            return ScanReport(comparison.found, _said(error))
        return ScanReport(comparison.found)
    except (av.error.FFmpegError, OSError, IndexError) as error:  # the last: it holds no video
        return ScanReport((), _said(error))


class Comparison:
    """Compares each picture with the one that was added `lag` pictures before, within the polygon."""

    def __init__(self, spec: ScanSpec, lag: int) -> None:
        """Begin without a picture."""
        self._spec = spec
        self._before: deque[tuple[float, Small]] = deque(maxlen=lag)
        self._region: Region | None = None
        self._found: list[FoundMotion] = []

    @property
    def found(self) -> tuple[FoundMotion, ...]:
        """The motion so far, oldest first."""
        return tuple(self._found)

    def add(self, time: float, frame: Any) -> None:
        """Compare the picture at `time` (epoch s); one of another size is compared with nothing."""
        if self._region is None or self._region.size != (frame.width, frame.height):
            self._region = Region(self._spec.polygon, frame.width, frame.height)
            self._before.clear()
        small = self._region.cut(frame)
        if self._before:
            earlier, picture = self._before[0]
            share, box = self._region.change(picture, small, self._spec.threshold)
            if share >= self._spec.min_area:
                self._add(FoundMotion(earlier, time, round(share, 1), box))
        self._before.append((time, small))

    def _add(self, new: FoundMotion) -> None:
        if self._found and new.start_time <= self._found[-1].end_time:
            last = self._found.pop()
            most = max(last, new, key=lambda one: one.strength)
            new = FoundMotion(last.start_time, new.end_time, most.strength, most.box)
        self._found.append(new)


class Region:
    """A polygon in pictures of one size."""

    def __init__(self, polygon: tuple[Point, ...], width: int, height: int) -> None:
        """Take a polygon in fractions of pictures of `width` x `height`."""
        self.size = (width, height)
        xs, ys = [x * width for x, _ in polygon], [y * height for _, y in polygon]
        left, top = min(math.floor(min(xs)), width - 1), min(math.floor(min(ys)), height - 1)
        right, bottom = max(math.ceil(max(xs)), left + 1), max(math.ceil(max(ys)), top + 1)
        self._columns, self._rows = slice(left, right), slice(top, bottom)
        scale = min(1.0, EDGE_PX / max(right - left, bottom - top))
        self._small = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
        across, down = self._small[0] / (right - left), self._small[1] / (bottom - top)
        corners = [((x - left) * across, (y - top) * down) for x, y in zip(xs, ys, strict=True)]
        self._mask = np.zeros((self._small[1], self._small[0]), np.uint8)
        cv2.fillPoly(self._mask, [np.floor(np.array(corners)).astype(np.int32)], 255)
        self._count = max(1, cv2.countNonZero(self._mask))
        self._box = (left, top, 1 / across, 1 / down)

    def cut(self, frame: Any) -> Small:
        """Return the luma of the region, scaled down and a little blurred."""
        if frame.format.name not in PLANAR:
            frame = frame.reformat(format="gray")
        plane = frame.planes[0]
        luma = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[self._rows, self._columns]
        small = cv2.resize(luma, self._small, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(small, (3, 3), 0), np.uint8)

    def change(self, before: Small, after: Small, threshold: int) -> tuple[float, tuple[float, float, float, float]]:
        """Return how many percent of the polygon changed by more than `threshold`, and the box (fractions) of that."""
        changed = cv2.compare(cv2.absdiff(before, after), float(threshold), cv2.CMP_GT)  # type: ignore[call-overload]
        changed = cv2.bitwise_and(changed, self._mask)
        x, y, w, h = cv2.boundingRect(changed)
        left, top, across, down = self._box
        width, height = self.size
        box = ((left + x * across) / width, (top + y * down) / height, w * across / width, h * down / height)
        rounded = tuple(round(min(number, 1.0), 4) for number in box)
        return cv2.countNonZero(changed) / self._count * 100, (rounded[0], rounded[1], rounded[2], rounded[3])


def _differs(spec: ScanSpec) -> bool:
    """Whether keyframes differ, or are too few to tell."""
    comparison, last = Comparison(spec, 1), spec.start
    count = 0
    for time, frame in _pictures(spec, 0.0, only_keyframes=True):
        comparison.add(time, frame)
        if comparison.found or (count and time - last > RARE_S):
            return True
        last, count = time, count + 1
    return count < LAG


def _pictures(spec: ScanSpec, step: float, *, only_keyframes: bool = False) -> Iterator[tuple[float, Any]]:
    """Yield pictures that are `step` s apart or more, and the first one of the next file."""
    due = -math.inf
    for time, frame in _decoded(spec.path, spec.begins, only_keyframes=only_keyframes):
        if time > spec.end + MARGIN_S:
            return
        if time >= due and time >= spec.start - MARGIN_S:
            due = time + step
            yield time, frame
    if spec.next_path is None:
        return
    first = None
    with contextlib.suppress(av.error.FFmpegError, OSError, IndexError):  # that file is looked at by itself
        first = next(_decoded(spec.next_path, spec.next_begins, only_keyframes=True), None)
    if first is not None and first[0] <= spec.end + MARGIN_S:
        yield first


def _decoded(path: str, begins: float, *, only_keyframes: bool) -> Iterator[tuple[float, Any]]:
    with av.open(path, metadata_errors="replace") as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        if only_keyframes:
            stream.codec_context.skip_frame = "NONKEY"
        for frame in container.decode(stream):
            if frame.time is not None:
                yield frame.time + (0.0 if frame.time > EPOCH_S else begins), frame


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
