"""The analysis of one camera's pictures, the same for a live camera and for a file.

Pictures and times go in, and regions that a detector should look at come out; what the detector found goes in, and
tracked objects come out. There is no clock, no file, no message and no waiting here: a driver decides which picture is
analysed when, and what happens while a detector is busy.

For each picture the driver calls `reduce` and `see`. Then either `regions` names what to show a detector, whose answer
goes to `detected`; or nobody looks, and `pass_by` lets the time go on. `result` says what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from dogwatch.analysis import AnalysisSettings
from dogwatch.model import Box, Detection, TrackedObject, new_id
from dogwatch.vision.best_picture import View
from dogwatch.vision.cut import to_frame
from dogwatch.vision.fit import in_fractions
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.merge import Found, found_in
from dogwatch.vision.motion import Motion, MotionDetector, Small
from dogwatch.vision.regions import TensorSize
from dogwatch.vision.scene import Scene, SceneObserver


class FrameResult(msgspec.Struct, frozen=True, gc=False):
    """What the analysis made of the frame at `time`.

    `regions` are those that a detector has looked at, clipped to the frame; `objects` all live tracked objects, false
    positives among them; `ended` those that ended since the result before, with their `end_time` set.
    """

    time: float
    motion: Motion
    regions: tuple[Box, ...]
    objects: tuple[TrackedObject, ...]
    ended: tuple[TrackedObject, ...]


class Pipeline:
    """The analysis of pictures of one size. For one thread; times must not go back."""

    def __init__(
        self,
        settings: AnalysisSettings,
        geometry: Geometry,
        make_id: Callable[[float], str] = new_id,
        observer: SceneObserver | None = None,
    ) -> None:
        """Begin without a background and without objects."""
        self.settings, self.geometry = in_fractions(settings, geometry), geometry
        settings = self.settings
        self._scene = Scene(settings, geometry, make_id, observer)
        self._motion = MotionDetector(settings.motion, geometry, settings.fps)
        self._small: Small | None = None
        self._standing: frozenset[str] = frozenset()
        self._ended: list[TrackedObject] = []

    def __len__(self) -> int:
        return len(self._scene)

    def change(self, settings: AnalysisSettings) -> None:
        """Go on with other `settings`; background and objects stay, except that switching detection off ends these."""
        settings = in_fractions(settings, self.geometry)
        stopped = self.settings.analysing and not settings.analysing
        self.settings = settings
        self._motion.change(settings.motion)
        self._scene.change(settings)
        if stopped:
            self.end_all()

    def use(self, tensor: TensorSize) -> None:
        """Prepare regions for a detector's input; the first call starts the scan of the whole frame."""
        if self.settings.analysing:
            self._scene.use(tensor)

    # ------------------------------------------------------------ what is seen

    def reduce(self, luma: NDArray[np.uint8]) -> Small:
        """Return the small picture that `glimpse` and `see` want of a Y plane `(height, width)`."""
        return self._motion.reduce(luma)

    def glimpse(self, small: Small, time: float) -> Motion:
        """Return the motion in a picture without learning from it: it will be seen later, in its turn."""
        self._small = small
        return self._motion.look(small, time, learn=False)

    def see(self, small: Small, time: float) -> Motion:
        """Return the motion in the picture of the frame at `time`, and learn from it."""
        self._small = small
        return self._motion.look(small, time)

    def regions(self, motion: Motion, time: float) -> tuple[Box, ...]:
        """Return the regions of the frame at `time` that a detector should look at; none if nothing calls for it."""
        return self._scene.regions(motion, time) if self.settings.analysing else ()

    def wakeful(self, motion: Motion, *, detector: bool) -> bool:
        """Whether every frame is wanted; `detector` says that a detector can look at it."""
        if motion.boxes or motion.calibrating:
            return True
        return self.settings.analysing and detector and self._scene.unsettled

    # ------------------------------------------------------------ what is found

    def detected(
        self, time: float, regions: tuple[Box, ...], found: Sequence[Found], *, pictured: bool = True
    ) -> tuple[tuple[str, View], ...]:
        """Take in what a detector found in `regions` of the frame at `time`.

        Returns:
            Ids of objects that this frame shows best so far, and how; none when the frame is not `pictured` any more.
        """
        outcome = self._scene.detected(time, regions, found, pictured=pictured)
        self._ended += outcome.ended
        return outcome.pictures

    def pass_by(self, time: float, *, blind: bool) -> None:
        """Let the frame at `time` pass without a detector; `blind` says that none can look, though one should."""
        self._ended += self._scene.coast(time, blind=blind).ended

    def label_of(self, object_id: str) -> str:
        """Return the label of a confirmed object."""
        return next(one.label for one in self._scene.objects() if one.id == object_id)

    def end_all(self) -> None:
        """End every object; the next result tells of it."""
        self._ended += self._scene.end_all()

    def result(self, time: float, motion: Motion, regions: tuple[Box, ...] = ()) -> FrameResult:
        """Return what came of the frame at `time`; a result without motion may also tell of ends between frames."""
        objects = self._scene.objects() if self.settings.analysing else ()
        self._settle(objects)
        ended, self._ended = tuple(self._ended), []
        width, height = self.geometry.width, self.geometry.height
        return FrameResult(time, motion, tuple([one.clipped(width, height) for one in regions]), objects, ended)

    def _settle(self, objects: tuple[TrackedObject, ...]) -> None:
        """Take what has come to stand for background."""
        standing = {one.id: one.box for one in objects if one.stationary}
        if self._small is not None:
            for object_id in standing.keys() - self._standing:
                self._motion.settle(self._small, standing[object_id])
        self._standing = frozenset(standing)


def geometry_of(settings: AnalysisSettings, native_width: int, native_height: int) -> Geometry:
    """Return the sizes for pictures of `native_width` x `native_height`; settings without a size mean the picture's."""
    return Geometry(native_width, native_height, settings.width or native_width, settings.height or native_height)


def placed(
    regions: Sequence[Box], detections: Sequence[Sequence[Detection]], tensor: TensorSize, geometry: Geometry
) -> list[Found]:
    """Bring a detector's answer, one list of detections in tensor pixels a region, to detect-frame pixels."""
    found: list[Found] = []
    for region, mine in zip(regions, detections, strict=True):
        found += found_in(region, [to_frame(one, region, tensor, geometry) for one in mine], geometry)
    return found
