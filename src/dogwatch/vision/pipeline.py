"""Analyses one camera's pictures, the same for a live camera and for a file.

Pictures and times go in, and regions for a detector come out; the detections go in, and tracked objects come out. There
is no clock, no file, no message and no waiting here: a driver decides which picture is analysed when, and what happens
while a detector is busy.

For each picture the driver calls `downscale` and `analyse_motion`. Then either it shows the `regions` to a detector and
passes the answer to `detected`, or it calls `skip_frame`. `result` returns the outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from dogwatch.analysis import AnalysisSettings
from dogwatch.evidence import ObjectEvidence
from dogwatch.model import Box, Detection, TrackedObject, new_id
from dogwatch.vision.best_picture import View
from dogwatch.vision.colours import Look
from dogwatch.vision.cut import to_frame
from dogwatch.vision.fit import in_fractions
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.merge import RegionDetection, in_region
from dogwatch.vision.motion import Motion, MotionDetector, Small
from dogwatch.vision.regions import TensorSize
from dogwatch.vision.scene import Scene, SceneObserver

FIXED = ("camera", "width", "height", "fps", "min_initialized", "max_disappeared", "track")


class FrameResult(msgspec.Struct, frozen=True, gc=False):
    """The result of the analysis of the frame at `time`.

    `regions` are those that a detector has seen, clipped to the frame; `objects` are all live tracked objects,
    including false positives; `ended` are those that ended since the result before, with their `end_time` set.
    `evidence` is what decided about these, and about objects that count or have entered a zone only now.
    """

    time: float
    motion: Motion
    regions: tuple[Box, ...]
    objects: tuple[TrackedObject, ...]
    ended: tuple[TrackedObject, ...]
    evidence: tuple[ObjectEvidence, ...] = ()


class Pipeline:
    """The analysis of pictures of one size. For one thread; times must not go back."""

    def __init__(
        self,
        settings: AnalysisSettings,
        geometry: Geometry,
        make_id: Callable[[float], str] = new_id,
        observer: SceneObserver | None = None,
    ) -> None:
        """Start without a background and without objects."""
        self.settings, self.geometry = in_fractions(settings, geometry), geometry
        settings = self.settings
        self._scene = Scene(settings, geometry, make_id, observer)
        self._motion = MotionDetector(settings.motion, geometry, settings.fps)
        self._small: Small | None = None
        self._standing: frozenset[str] = frozenset()
        self._ended: list[TrackedObject] = []

    def __len__(self) -> int:
        return len(self._scene)

    def can_change(self, settings: AnalysisSettings) -> bool:
        """Whether `change` takes `settings`; for others there has to be a new pipeline, without what this one knows."""
        same = all(getattr(self.settings, name) == getattr(settings, name) for name in FIXED)
        return same and self.settings.motion.frame_height == settings.motion.frame_height

    def change(self, settings: AnalysisSettings) -> None:
        """Continue with other `settings`. Background and objects stay; switching detection off ends the objects."""
        settings = in_fractions(settings, self.geometry)
        stopped = self.settings.analysing and not settings.analysing
        self.settings = settings
        self._motion.change(settings.motion)
        self._scene.change(settings)
        if stopped:
            self.end_all()

    def set_tensor(self, tensor: TensorSize) -> None:
        """Set the size of a detector's input; the first call starts the scan of the whole frame."""
        if self.settings.analysing:
            self._scene.set_tensor(tensor)

    def scan_again(self) -> None:
        """Scan the whole frame once more, if that is not going on."""
        self._scene.scan_again()

    @property
    def scanning(self) -> bool:
        """Whether a scan of the whole frame is going on."""
        return self._scene.scanning

    # ------------------------------------------------------------ motion

    def downscale(self, luma: NDArray[np.uint8]) -> Small:
        """Return the small picture that `peek_motion` and `analyse_motion` want of a Y plane `(height, width)`."""
        return self._motion.downscale(luma)

    def peek_motion(self, small: Small, time: float) -> Motion:
        """Return the motion in a picture without learning from it: the picture will come again, in order."""
        self._small = small
        return self._motion.detect_motion(small, time, learn=False)

    def analyse_motion(self, small: Small, time: float) -> Motion:
        """Return the motion in the picture of the frame at `time`, and learn from it."""
        self._small = small
        return self._motion.detect_motion(small, time)

    def regions(self, motion: Motion, time: float) -> tuple[Box, ...]:
        """Return the regions of the frame at `time` that a detector should see; none if there is no reason."""
        return self._scene.regions(motion, time) if self.settings.analysing else ()

    def wants_every_frame(self, motion: Motion, *, detector: bool) -> bool:
        """Whether every frame should be analysed; `detector` is whether a detector is available."""
        if motion.boxes or motion.calibrating:
            return True
        return self.settings.analysing and detector and self._scene.needs_every_frame

    # ------------------------------------------------------------ detections

    def detected(
        self,
        time: float,
        regions: tuple[Box, ...],
        found: Sequence[RegionDetection],
        *,
        in_ring: bool = True,
        look: Look | None = None,
    ) -> tuple[tuple[str, View], ...]:
        """Update the objects with what a detector found in `regions` of the frame at `time`.

        Args:
            time: When the frame was taken.
            regions: What the detector has seen.
            found: What it found.
            in_ring: Whether the picture can still be used for best pictures.
            look: Returns the colours in a box of the picture; None if it is gone.

        Returns:
            Ids and views of objects that this frame shows best so far; none if its picture has left the ring.
        """
        outcome = self._scene.detected(time, regions, found, in_ring=in_ring, look=look)
        self._ended += outcome.ended
        return outcome.pictures

    def forget_views(self, ids: Collection[str]) -> None:
        """Take any next view of these objects for their best: the picture of the last one has been lost."""
        self._scene.forget_views(ids)

    def skip_frame(self, time: float, *, blind: bool) -> None:
        """Go on to the frame at `time` without a detector; `blind` if one should look but none can."""
        self._ended += self._scene.coast(time, blind=blind).ended

    def label_of(self, object_id: str) -> str:
        """Return the label of a confirmed object."""
        return next(one.label for one in self._scene.objects() if one.id == object_id)

    def end_all(self) -> None:
        """End every object; the next result has them in `ended`."""
        self._ended += self._scene.end_all()

    def result(self, time: float, motion: Motion, regions: tuple[Box, ...] = ()) -> FrameResult:
        """Return the result for the frame at `time`, or without motion for objects that ended between frames."""
        objects = self._scene.objects() if self.settings.analysing else ()
        self._settle(objects)
        ended, self._ended = tuple(self._ended), []
        width, height = self.geometry.width, self.geometry.height
        shown = tuple([one.clipped(width, height) for one in regions])
        return FrameResult(time, motion, shown, objects, ended, self._scene.take_evidence())

    def _settle(self, objects: tuple[TrackedObject, ...]) -> None:
        """Make objects that have become stationary part of the background."""
        standing = {one.id: one.box for one in objects if one.stationary}
        if self._small is not None:
            for object_id in standing.keys() - self._standing:
                self._motion.absorb(self._small, standing[object_id])
        self._standing = frozenset(standing)


def geometry_of(settings: AnalysisSettings, native_width: int, native_height: int) -> Geometry:
    """Return the geometry of pictures of this size; the detect frame has the same size if no other is configured."""
    return Geometry(native_width, native_height, settings.width or native_width, settings.height or native_height)


def in_frame(
    regions: Sequence[Box], detections: Sequence[Sequence[Detection]], tensor: TensorSize, geometry: Geometry
) -> list[RegionDetection]:
    """Convert a detector's answer, a list of detections in tensor pixels for each region, to detect-frame pixels."""
    found: list[RegionDetection] = []
    for region, mine in zip(regions, detections, strict=True):
        found += in_region(region, [to_frame(one, region, tensor, geometry) for one in mine], geometry)
    return found
