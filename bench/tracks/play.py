"""Takes the simulated detections of a scene through the live analysis, `vision.pipeline`."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from bench.tracks.actors import HEIGHT, WIDTH
from bench.tracks.camera import Noise, SeenFrame, film
from bench.tracks.scenes import SimScene
from dogwatch.analysis import AnalysisSettings, FalsePlaceMap, StationarySettings
from dogwatch.model import Box, Detection, TrackedObject
from dogwatch.vision.filters import Rejection
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.merge import RegionDetection
from dogwatch.vision.motion import Motion
from dogwatch.vision.objects import ObjectTrack
from dogwatch.vision.pipeline import Pipeline
from dogwatch.vision.regions import TensorSize

WHOLE = TensorSize(WIDTH, HEIGHT, HEIGHT)  # one region shows the whole frame
EPOCH = 1_700_000_000.0


@dataclass(slots=True)
class SimEvent:
    """What a user would get: an object that was told as new.

    `of` counts its detections by actor (-1: a false detection), `boxes` has them by frame and `owners` their actors;
    `new_time` is when it was told, in seconds of the scene, -1 if it never was.
    """

    id: str
    label: str
    new_time: float
    of: Counter[int] = field(default_factory=Counter)
    boxes: dict[int, Box] = field(default_factory=dict)
    owners: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Played:
    """A scene, its frames, its events, and the seconds of CPU time that the analysis took.

    `rejected` are objects that ended without being an event, `untold` all tracks that never became one.
    """

    scene: SimScene
    frames: list[SeenFrame]
    events: list[SimEvent]
    cpu_s: float
    rejected: tuple[TrackedObject, ...] = ()
    untold: list[SimEvent] = field(default_factory=list)


class _Watcher:
    """Notes whose detections each track got. It is a `SceneObserver`."""

    def __init__(self) -> None:
        self.frame = 0
        self.actors: dict[int, int] = {}
        self.tracks: dict[str, SimEvent] = {}

    def seen(self, time: float, one: ObjectTrack) -> None:  # noqa: ARG002 - as `SceneObserver`
        """A track has got a detection."""
        found = one.found.detection
        track = self.tracks.setdefault(one.id, SimEvent(one.id, one.label, -1.0))
        track.owners[self.frame] = self.actors[id(found)]
        track.of[track.owners[self.frame]] += 1
        track.boxes[self.frame] = found.box

    def rejected(self, time: float, detection: Detection, why: Rejection) -> None:
        """Of no interest here."""

    def unconfirmed(self, one: ObjectTrack) -> None:
        """Of no interest here."""


def settings_for(label: str, fps: float, false_places: tuple[FalsePlaceMap, ...] = ()) -> AnalysisSettings:
    """Return the settings of a camera at `fps`: the defaults, whose counts of frames follow the rate."""
    still = StationarySettings(interval=round(10 * fps), threshold=round(10 * fps))
    return AnalysisSettings(
        camera="sim",
        fps=fps,
        min_initialized=max(2, int(fps / 2)),
        max_disappeared=round(5 * fps),
        stationary=still,
        track=(label,),
        false_places=false_places,
    )


def play(
    scene: SimScene, fps: float, noise: Noise | None = None, false_places: tuple[FalsePlaceMap, ...] = ()
) -> Played:
    """Return what happens to `scene` at `fps`; see `bench.tracks.repeats` for `false_places`."""
    frames = film(scene, fps, noise or Noise())
    geometry = Geometry(WIDTH, HEIGHT, WIDTH, HEIGHT)
    watcher = _Watcher()
    ids = iter(range(10**9))
    pipeline = Pipeline(settings_for(scene.label, fps, false_places), geometry, lambda _: str(next(ids)), watcher)
    pipeline.set_tensor(WHOLE)
    told: dict[str, float] = {}
    cpu = 0.0
    rejected: list[TrackedObject] = []
    for n, frame in enumerate(frames):
        watcher.frame, watcher.actors = n, {id(one): actor for one, actor in frame.found}
        motion = Motion(frame.moving, sum(box.area for box in frame.moving), 0.1 if frame.moving else 0.0)
        at = EPOCH + frame.time
        began = time.process_time()
        regions = pipeline.regions(motion, at)
        if regions:
            found = [RegionDetection(one, regions[0]) for one, _ in frame.found]
            pipeline.detected(at, regions, found, look=frame.colours.get)
        else:
            pipeline.skip_frame(at, blind=False)
        result = pipeline.result(at, motion, regions)
        cpu += time.process_time() - began
        rejected += [one for one in result.ended if one.false_positive]
        for one in (*result.objects, *result.ended):
            if not one.false_positive and one.id not in told:
                told[one.id] = frame.time
    events = []
    for key, new_time in told.items():
        event = watcher.tracks[key]
        event.new_time = new_time
        events.append(event)
    untold = [track for key, track in watcher.tracks.items() if key not in told]
    return Played(scene, frames, events, cpu, tuple(rejected), untold)
