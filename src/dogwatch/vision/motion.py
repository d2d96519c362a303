"""Detects motion: differences between the picture and a running average of it, the background.

It works on a small grey picture (`frame_height` pixels high); most of the cost is making that. Weights are given for *a
frame at the detect rate* and converted to *the time that really passed*, so that keyframes every two seconds give the
same background as five frames a second.

Three things suppress noise and the periodic change of quality at H.264 keyframes: each small pixel is an average of
many; a difference must exceed the usual difference of that pixel; and a weak difference must last (`delta_alpha`).
"""

from __future__ import annotations

import math

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from dogwatch.analysis import MotionSettings, Polygon
from dogwatch.model import Box
from dogwatch.vision.geometry import Geometry

PERSISTENCE = 0.3  # share of the threshold that the running difference must reach: 1.5 x threshold once, or two frames
NOISE_FACTOR = 4.0  # a change must exceed this many times the pixel's usual difference
NOISE_SECONDS = 10.0
CONTRAST_SECONDS = 10.0
CONTRAST_SPAN = 170.0  # grey levels between the 4th and 96th percentile of a well-lit scene
MAX_GAIN = 2.5
MAX_STEP_S = 10.0
CALM_SHARE = 0.05  # calibration ends when less than this share of the picture still changes
CALIBRATION_S = 2.0
MAX_BOXES = 40
HALVED_PX = 1280 * 720

Small = NDArray[np.uint8]


class Motion(msgspec.Struct, frozen=True, gc=False):
    """Motion in one frame: boxes and their area in detect-frame pixels, and the share (0 to 1) that changed.

    `calibrating`: the whole picture changed (a light, night mode), so that motion cannot be detected yet.
    """

    boxes: tuple[Box, ...] = ()
    area: int = 0
    share: float = 0.0
    calibrating: bool = False


class MotionDetector:
    """Finds motion in the frames of one camera. Not thread-safe."""

    def __init__(self, settings: MotionSettings, geometry: Geometry, fps: float = 5.0) -> None:
        """Start without a background; the first frame becomes it. `fps` is the detect rate."""
        self.geometry, self._fps = geometry, fps
        height = min(settings.frame_height, geometry.native_height)
        width = max(8, round(height * geometry.native_width / geometry.native_height))
        self._size = (width, height)
        self.change(settings)
        self._kernel = np.ones((3, 3), np.uint8)
        self._background = np.zeros((height, width), np.float32)
        self._begun = False
        self._lasting = np.zeros((height, width), np.float32)
        self._noise = np.zeros((height, width), np.float32)
        self._gain = 0.0
        self._gain_time = 0.0
        self._time = 0.0
        self._calibrating_until: float | None = None

    def change(self, settings: MotionSettings) -> None:
        """Continue with other `settings`; the background stays. The height must be the same."""
        self.settings = settings
        is_open = unmasked_pixels(settings.masks, *self._size)
        self._open_count = max(1, int(np.count_nonzero(is_open)))
        # The threshold of each pixel; nothing exceeds 255, so there is no motion inside a mask.
        self._floor = np.where(is_open, min(settings.threshold, 255), 255).astype(np.uint8)

    def downscale(self, luma: NDArray[np.uint8]) -> Small:
        """Return the small picture for `detect_motion` from a Y plane `(height, width)`: most of the cost is here."""
        return shrink(luma, self._size)

    def detect_motion(self, small: Small, time: float, *, learn: bool = True) -> Motion:
        """Return the motion in a picture made by `downscale`, taken at `time` (epoch s).

        With `learn` false the state does not change, so that the same frame, or an earlier one, can come later.
        """
        if not self._begun:
            if learn:
                self._begin(small, time)
            return Motion()
        step = min(max(time - self._time, 0.0), MAX_STEP_S)
        difference = np.asarray(cv2.absdiff(small, cv2.convertScaleAbs(self._background)), np.uint8)
        gain = self._gain if self.settings.improve_contrast else 1.0
        delta = np.asarray(cv2.convertScaleAbs(difference, alpha=gain), np.uint8)
        lasting = self._lasting if learn else self._lasting.copy()
        cv2.accumulateWeighted(delta, lasting, self._alpha(self.settings.delta_alpha, step))
        moving = self._moving(delta, lasting, gain)
        grown = np.asarray(cv2.dilate(moving, self._kernel), np.uint8)
        share = cv2.countNonZero(moving) / self._open_count
        calibrating = self._calibrating(share, time)
        if learn:
            self._learn(small, difference, grown, step, calibrating, share)
            self._time = max(time, self._time)
            self._calibrating_until = calibrating
        if calibrating is not None:
            return Motion(share=share, calibrating=True)
        limit = self.settings.skip_motion_threshold
        if not self.settings.enabled or (limit is not None and share > limit):
            return Motion(share=share)
        return self._outline(grown, share) if share else Motion()

    def absorb(self, small: Small, box: Box) -> None:
        """Make `box` (detect-frame pixels) of `small` part of the background, when a tracked object stops there.

        Otherwise it would count as motion until the background has learnt it.
        """
        across, down = self._size[0] / self.geometry.width, self._size[1] / self.geometry.height
        rows = slice(max(0, math.floor(box.y1 * down) - 1), math.ceil(box.y2 * down) + 1)
        columns = slice(max(0, math.floor(box.x1 * across) - 1), math.ceil(box.x2 * across) + 1)
        self._background[rows, columns] = small[rows, columns]
        self._lasting[rows, columns] = 0

    # ------------------------------------------------------------ steps

    def _begin(self, small: Small, time: float) -> None:
        self._background, self._begun, self._time = small.astype(np.float32), True, time
        self._gain, self._gain_time = self._wanted_gain(small), time

    def _alpha(self, alpha: float, step: float) -> float:
        """Convert the weight for one frame at the detect rate to the weight for `step` seconds."""
        return float(1.0 - (1.0 - min(alpha, 0.999)) ** (step * self._fps))

    @staticmethod
    def _wanted_gain(small: Small) -> float:
        low, high = percentiles(small)
        return float(min(max(CONTRAST_SPAN / max(high - low, 1), 1.0), MAX_GAIN))

    def _moving(self, delta: Small, lasting: NDArray[np.float32], gain: float) -> Small:
        """Return 255 where a change is strong, lasts, exceeds the pixel's noise and is not masked."""
        usual = cv2.convertScaleAbs(self._noise, alpha=NOISE_FACTOR * gain)
        strong = cv2.compare(delta, cv2.max(usual, self._floor, usual), cv2.CMP_GT)
        least = PERSISTENCE * float(self.settings.threshold)
        lasts = cv2.compare(lasting, least, cv2.CMP_GE)  # type: ignore[call-overload]
        return np.asarray(cv2.bitwise_and(strong, lasts, strong), np.uint8)

    def _calibrating(self, share: float, time: float) -> float | None:
        """Return when learning a new background ends, or None when the background is known."""
        if share > self.settings.lightning_threshold:
            return time + CALIBRATION_S
        until = self._calibrating_until
        return None if until is None or share < CALM_SHARE or time >= until else until

    def _learn(
        self,
        small: Small,
        difference: Small,
        grown: Small,
        step: float,
        calibrating: float | None,
        share: float,
    ) -> None:
        if calibrating is not None and share > self.settings.lightning_threshold:
            self._background = small.astype(np.float32)
            self._lasting[:] = 0
            self._gain = self._wanted_gain(small)
            return
        alpha = 0.3 if calibrating is not None else self.settings.frame_alpha
        cv2.accumulateWeighted(small, self._background, self._alpha(alpha, step))
        still = cv2.bitwise_not(grown)
        cv2.accumulateWeighted(difference, self._noise, 1.0 - math.exp(-step / NOISE_SECONDS), still)
        if (waited := self._time + step - self._gain_time) >= 1.0:  # the contrast of a scene changes slowly
            self._gain += (self._wanted_gain(small) - self._gain) * (1.0 - math.exp(-waited / CONTRAST_SECONDS))
            self._gain_time = self._time + step

    def _outline(self, grown: Small, share: float) -> Motion:
        contours, _ = cv2.findContours(grown, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        sized = [(cv2.contourArea(contour), contour) for contour in contours]
        least = self.settings.contour_area
        kept = sorted([(-area, cv2.boundingRect(contour)) for area, contour in sized if area > least])
        across, down = self.geometry.width / self._size[0], self.geometry.height / self._size[1]
        boxes = [
            Box(int(x * across), int(y * down), round((x + w) * across), round((y + h) * down))
            for _, (x, y, w, h) in kept[:MAX_BOXES]
        ]
        return Motion(tuple(boxes), round(-sum([area for area, _ in kept]) * across * down), share)


def shrink(luma: NDArray[np.uint8], size: tuple[int, int]) -> Small:
    """Return `luma` at `size` (width, height), each pixel made of at least sixteen samples, a little blurred.

    Halving an even number of pixels is fast and uses all of them. A large picture is subsampled first, because reading
    all of it from memory would cost more. INTER_AREA in one step costs ten times as much (2 ms for 1280x720), and
    INTER_LINEAR alone keeps the noise.
    """
    width, height = size
    while luma.shape[0] >= 2 * height and luma.shape[1] >= 2 * width:
        rows, columns = luma.shape
        if luma.shape == (2 * height, 2 * width) or (not rows % 2 and not columns % 2 and luma.size <= HALVED_PX):
            luma = np.asarray(cv2.resize(luma, (columns // 2, rows // 2), interpolation=cv2.INTER_AREA), np.uint8)
        else:
            luma = np.asarray(cv2.resize(luma, (2 * width, 2 * height), interpolation=cv2.INTER_LINEAR), np.uint8)
    if luma.shape != (height, width):
        luma = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.asarray(cv2.GaussianBlur(luma, (3, 3), 0), np.uint8)


def unmasked_pixels(masks: tuple[Polygon, ...], width: int, height: int) -> Small:
    """Return a picture of `width` x `height` that is 0 inside the `masks` and 255 elsewhere."""
    pixels = np.full((height, width), 255, np.uint8)
    for polygon in masks:
        points = np.array([(x * width, y * height) for x, y in polygon], np.float32)
        cv2.fillPoly(pixels, [np.round(points).astype(np.int32)], 0)
    return pixels


def percentiles(small: Small) -> tuple[int, int]:
    """Return the 4th and the 96th percentile of a grey picture."""
    shares = np.cumsum(cv2.calcHist([small], [0], None, [256], [0, 256]).ravel()) / small.size
    return int(np.searchsorted(shares, 0.04)), int(np.searchsorted(shares, 0.96))
