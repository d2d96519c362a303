"""Analyses the pictures of a film, one after another: the live pipeline without a clock.

Every analysed picture waits for its detector, so the result depends on the film alone. What moves and what stands count
alike: an object that a live camera would let stand is looked for in every picture, because a second without a detection
ends its trace. While the whole picture moves, as in films from a hand, motion says nothing, and all of it is searched.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from dogwatch.analysis import AnalysisSettings, ObjectFilter, StationarySettings
from dogwatch.model import Box, Detection, TrackedObject
from dogwatch.vision.colours import colours_in
from dogwatch.vision.cut import PixelFormat, cut, tensor_shape
from dogwatch.vision.filters import Rejection
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.motion import Motion
from dogwatch.vision.objects import ObjectTrack
from dogwatch.vision.pipeline import Pipeline, in_frame
from dogwatch.vision.regions import TensorSize
from dogwatch.vision.traces import FACE, Sighting, Trace, kind_of, longest_gap, unbroken

NEVER = 1_000_000_000
GUIDE = "person"  # faces are found on people, and people are tracked better
MOVING_S, STANDING_S = 0.2, 0.4  # for which an object must be seen: shots are short, and the query says how often
MOST_REGIONS = 24  # all that calls for a look gets it in the same picture: nobody waits for the next one
SHARPNESS_SIDE = 64  # faces are compared at this size, so that large ones do not seem blurred

Pixels = NDArray[np.uint8]
Detect = Callable[[list[Pixels]], list[list[Detection]]]


class FilmQuery(msgspec.Struct, frozen=True):
    """What is looked for in a film: `labels`, by detections with at least `min_confidence`, in every n-th picture.

    A trace has at least `sightings` detections in a row: a single one is often an error.
    """

    labels: tuple[str, ...]
    min_confidence: float = 0.5
    every: int = 1
    sightings: int = 2


@dataclass(frozen=True, slots=True)
class DetectorInputs:
    """What a detector takes: `tensor` to search the whole picture, `small` for single objects, which costs less."""

    tensor: TensorSize
    small: TensorSize
    pixel_format: PixelFormat


class FilmAnalysis:
    """Finds the traces in the pictures of one film. For one thread."""

    def __init__(
        self,
        query: FilmQuery,
        size: tuple[int, int],
        fps: float,
        inputs: DetectorInputs,
        detect: Detect,
    ) -> None:
        """Begin a film.

        Args:
            query: What is looked for.
            size: Width and height of its pictures, even numbers.
            fps: Pictures a second, on average.
            inputs: What the detector takes.
            detect: Asks the detector; takes any number of tensors of one size.
        """
        self._labels = frozenset(query.labels)
        self._geometry = Geometry(*size, *size)
        self._settings = film_settings(query, fps)
        self._gap_s = longest_gap(query.every / fps)
        self._inputs, self._detect = inputs, detect
        self._tensor = inputs.tensor
        self._seen = _Sightings()
        self._ids = itertools.count()
        self._pipeline = self._begin()

    def take(self, frame: int, time: float, i420: Pixels, *, cut: bool) -> Iterator[Trace]:
        """Analyse a picture; yield the traces that have ended.

        Args:
            frame: Its number in the film.
            time: When it is shown, in seconds.
            i420: The picture, contiguous, `(height * 3 // 2, width)`.
            cut: Whether there is a hard cut between the picture before and this one.
        """
        if cut:
            yield from self.finish()
            self._pipeline = self._begin()
        pipeline, seen, inputs = self._pipeline, self._seen, self._inputs
        seen.frame, seen.picture = frame, i420
        motion = pipeline.analyse_motion(pipeline.downscale(i420[: i420.shape[0] * 2 // 3]), time)
        if motion.calibrating:
            self._use(inputs.tensor)
            pipeline.scan_again()
        regions = pipeline.regions(motion, time)
        if regions:
            found = in_frame(regions, self._ask(i420, regions), self._tensor, self._geometry)
            look = functools.partial(colours_in, i420, geometry=self._geometry)
            pipeline.detected(time, regions, found, look=look)
        else:
            pipeline.skip_frame(time, blind=False)
        if not pipeline.scanning:
            self._use(inputs.small)
        yield from self._traces(pipeline.result(time, motion).ended)

    def finish(self) -> Iterator[Trace]:
        """End the film; yield the traces that were not over."""
        self._pipeline.end_all()
        yield from self._traces(self._pipeline.result(0.0, Motion()).ended)

    def _begin(self) -> Pipeline:
        pipeline = Pipeline(self._settings, self._geometry, lambda _: str(next(self._ids)), self._seen)
        self._tensor = self._inputs.tensor
        pipeline.set_tensor(self._tensor)
        return pipeline

    def _use(self, tensor: TensorSize) -> None:
        if tensor != self._tensor:
            self._tensor = tensor
            self._pipeline.set_tensor(tensor)

    def _ask(self, i420: Pixels, regions: Sequence[Box]) -> list[list[Detection]]:
        pixel_format = self._inputs.pixel_format
        shape = tensor_shape(self._tensor, pixel_format)
        tensors = [np.empty(shape, np.uint8) for _ in regions]
        for region, out in zip(regions, tensors, strict=True):
            cut(i420, region, self._geometry, pixel_format, out)
        return self._detect(tensors)

    def _traces(self, ended: Iterable[TrackedObject]) -> Iterator[Trace]:
        for one in ended:
            found = self._seen.pop(one.id)
            if not one.false_positive and one.label in self._labels:
                for part in unbroken(found, self._gap_s):
                    yield Trace(kind_of(one.label), one.label, part)


class _Sightings:
    """Collects the detections of each tracked object. It is a `SceneObserver`."""

    def __init__(self) -> None:
        self.frame, self.picture = 0, np.empty((0, 0), np.uint8)
        self._by_id: dict[str, list[Sighting]] = {}

    def seen(self, time: float, one: ObjectTrack) -> None:
        """The object `one` was found in the picture of this time."""
        found = one.found.detection
        sharp = sharpness(self.picture, found.box) if found.label == FACE else None
        sighting = Sighting(self.frame, time, found.box, found.score, sharp)
        self._by_id.setdefault(one.id, []).append(sighting)

    def rejected(self, time: float, detection: Detection, why: Rejection) -> None:
        """Of no interest here."""

    def unconfirmed(self, one: ObjectTrack) -> None:
        """A track has ended before it was seen often enough in a row."""
        self.pop(one.id)

    def pop(self, object_id: str) -> list[Sighting]:
        """Return the detections of an object, and forget them."""
        return self._by_id.pop(object_id, [])


def film_settings(query: FilmQuery, fps: float) -> AnalysisSettings:
    """Return the settings of the pipeline for a film of `fps` pictures a second."""
    rate = fps / query.every
    least = query.min_confidence
    rule = ObjectFilter(min_score=least, threshold=least + 0.8 * least * (1 - least))  # 0.5 -> 0.7, as for cameras
    track = tuple(dict.fromkeys((*query.labels, *((GUIDE,) if FACE in query.labels else ()))))
    return AnalysisSettings(
        camera="",
        fps=rate,
        min_initialized=query.sightings,
        max_disappeared=math.ceil(longest_gap(1 / rate) * rate),
        moving_s=MOVING_S,
        standing_s=STANDING_S,
        stationary=StationarySettings(interval=1, threshold=NEVER),
        track=track,
        filters=dict.fromkeys(track, rule),
        pictures=False,
        max_regions=MOST_REGIONS,
        scan_regions=MOST_REGIONS,
    )


def sharpness(i420: Pixels, box: Box) -> float:
    """Return how sharp a picture is inside `box`, which is not empty: the variance of its second derivative."""
    inside = i420[box.y1 : box.y2, box.x1 : box.x2]
    part = cv2.resize(inside, (SHARPNESS_SIDE, SHARPNESS_SIDE), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(part, cv2.CV_32F).var())
