"""Keeps what a detector found in footage, and runs tracking and filters over it again, without pictures.

The detector has looked where the settings in force made it look. With other filters it would look at a few more places,
or fewer, because regions follow objects. With the settings in force the events are those of `dogwatch replay`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from dogwatch.analysis import AnalysisSettings
from dogwatch.detectors.base import Detector
from dogwatch.events.live_object import LiveObject
from dogwatch.events.rules import CameraRules
from dogwatch.model import Box, Detection, TrackedObject
from dogwatch.replay.candidates import CandidateCollector
from dogwatch.replay.driver import Replay, Views
from dogwatch.replay.judge import Judge
from dogwatch.replay.run import Progress, ReplayRequest, feed
from dogwatch.replay.tuning import FilterAttempt, FilterChange, TunedEvent, UserVerdict
from dogwatch.vision.colours import Colours, Look, from_bytes, to_bytes
from dogwatch.vision.fit import in_fractions
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.merge import RegionDetection
from dogwatch.vision.motion import Motion
from dogwatch.vision.pipeline import FrameResult
from dogwatch.vision.scene import Scene

MOST_HOURS = 24
MOST_BYTES = 256 << 20  # of detections
MOST_SIZES = 200_000  # of a label
SAME_BOX = 0.3  # IoU of an object with the box of a verdict

_Row = tuple[int, float, int, int, int, int, int, bool, bytes]  # label, score, box, region, clipped, colours
_Packed = tuple[list[tuple[int, int, int, int]], list[_Row]]
_decode = msgspec.msgpack.Decoder(_Packed).decode
_encode = msgspec.msgpack.Encoder().encode


class KeptFrame(msgspec.Struct, frozen=True, gc=False):
    """A frame: what was found in which regions, empty if no detector looked; `last` if all objects end after it."""

    time: float
    geometry: Geometry
    packed: bytes = b""
    last: bool = False


class KeptFootage:
    """The frames of footage, with all detections of the wanted labels with at least their `floors` (label: score)."""

    def __init__(self, floors: Mapping[str, float]) -> None:
        """Start without frames."""
        self._floors = floors
        self._labels = list(floors)
        self._number = {label: number for number, label in enumerate(self._labels)}
        self.frames: list[KeptFrame] = []
        self.sizes: dict[str, list[tuple[float, int, float]]] = {label: [] for label in floors}
        """Score, area (px) and ratio of detections of each label."""
        self.held = 0
        self.full = False

    def add(self, result: FrameResult, sizes: Geometry, found: Sequence[RegionDetection], look: Look) -> None:
        """Keep a frame, with the colours in its boxes. Beyond `MOST_BYTES`, it is left out, and `full` says so."""
        if self.frames and result.time == self.frames[-1].time:
            self.frames.append(KeptFrame(result.time, sizes, last=True))
            return
        if self.full or not math.isfinite(result.time):
            return
        packed = self._packed(result.regions, found, look) if result.regions else b""
        self.held += len(packed)
        if self.held > MOST_BYTES:
            self.full = True
            return
        self.frames.append(KeptFrame(result.time, sizes, packed))

    def unpacked(self, frame: KeptFrame) -> tuple[list[Box], list[RegionDetection], dict[Box, Colours]]:
        """Return the regions of a frame that a detector has seen, what it found there, and the colours in its boxes."""
        places, rows = _decode(frame.packed)
        regions = [Box(*place) for place in places]
        found = [
            RegionDetection(Detection(self._labels[label], score, Box(x1, y1, x2, y2)), regions[region], clipped)
            for label, score, x1, y1, x2, y2, region, clipped, _ in rows
        ]
        colours = {Box(*row[2:6]): from_bytes(row[8]) for row in rows if row[8]}
        return regions, found, colours

    def _packed(self, regions: Sequence[Box], found: Sequence[RegionDetection], look: Look) -> bytes:
        places = list(regions)
        rows: list[_Row] = []
        for one in found:
            label, score, box = one.detection.label, one.detection.score, one.detection.box
            if score < self._floors.get(label, math.inf):
                continue
            if one.region not in places:
                places.append(one.region)
            place, colours = (box.x1, box.y1, box.x2, box.y2), look(box)
            packed = b"" if colours is None else to_bytes(colours)
            rows.append((self._number[label], score, *place, places.index(one.region), one.clipped, packed))
            if len(self.sizes[label]) < MOST_SIZES:
                self.sizes[label].append((score, box.area, box.ratio))
        return _encode(([(one.x1, one.y1, one.x2, one.y2) for one in places], rows))


def keep(
    wanted: ReplayRequest,
    settings: AnalysisSettings,
    detector: Detector,
    floors: Mapping[str, float],
    progress: Progress,
    *,
    deblock: bool,
) -> tuple[KeptFootage, float]:
    """Run the detector over footage once; return what it found, and the seconds of footage.

    Raises:
        MediaError: A file cannot be read.
    """
    kept = KeptFootage(floors)

    def listen(result: FrameResult, sizes: Geometry, _: Views) -> None:
        kept.add(result, sizes, run.raw_detections, run.look)

    run = Replay(settings, detector, listen, deblock=deblock)
    return kept, feed(run, wanted, progress)


def attempt(
    kept: KeptFootage,
    settings: AnalysisSettings,
    rules: CameraRules,
    verdicts: Sequence[UserVerdict] = (),
    changes: tuple[FilterChange, ...] = (),
) -> FilterAttempt:
    """Return the events of kept footage with these settings, and the verdicts that speak of each of them."""
    return _Trial(kept, settings, rules, verdicts).run(changes)


class _TunedJudge(Judge):
    """Makes events, and knows whose they are."""

    def __init__(self, settings: AnalysisSettings, rules: CameraRules) -> None:
        super().__init__(settings, rules, CandidateCollector(settings))
        self.owners: list[str] = []

    @property
    def idle(self) -> bool:
        return not self._life.live

    def _judge(self, live: LiveObject) -> None:
        super()._judge(live)
        self.owners += [live.obj.id] * (len(self.events) - len(self.owners))


class _Trial:
    def __init__(
        self, kept: KeptFootage, settings: AnalysisSettings, rules: CameraRules, verdicts: Sequence[UserVerdict]
    ) -> None:
        self._kept, self._settings, self._verdicts = kept, settings, verdicts
        self._judge = _TunedJudge(settings, rules)
        self._meant: dict[str, set[str]] = {}  # verdicts by object
        self._made = 0

    def run(self, changes: tuple[FilterChange, ...]) -> FilterAttempt:
        scene, last = None, -math.inf
        for frame in self._kept.frames:
            if scene is None or frame.geometry != scene.geometry or frame.time < last:
                scene = Scene(in_fractions(self._settings, frame.geometry), frame.geometry, self._new_id)
            last = frame.time
            self._step(scene, frame)
        events = [
            TunedEvent(event, frozenset(self._meant.get(owner, ())))
            for event, owner in zip(self._judge.events, self._judge.owners, strict=True)
        ]
        return FilterAttempt(changes, tuple(sorted(events, key=lambda one: (one.event.start_time, one.event.label))))

    def _new_id(self, time: float) -> str:
        self._made += 1
        return f"{time:.3f}-{self._made}"

    def _step(self, scene: Scene, frame: KeptFrame) -> None:
        regions, found, colours = self._kept.unpacked(frame) if frame.packed else ([], [], {})
        if not found and not len(scene) and self._judge.idle:
            return
        views: Views = ()
        ended: tuple[TrackedObject, ...]
        if frame.last:
            ended = scene.end_all()
        elif frame.packed:
            outcome = scene.detected(frame.time, regions, found, look=colours.get)
            ended, views = outcome.ended, outcome.pictures
        else:
            ended = scene.coast(frame.time, blind=False).ended
        objects = scene.objects()
        self._note(frame, objects)
        result = FrameResult(frame.time, Motion(), tuple(regions), objects, ended, scene.take_evidence())
        self._judge.add_frame(result, frame.geometry, views)

    def _note(self, frame: KeptFrame, objects: Sequence[TrackedObject]) -> None:
        """Note which objects the verdicts of this time speak of."""
        for verdict in self._verdicts:
            if not verdict.start_time <= frame.time <= verdict.end_time:
                continue
            for one in objects:
                if one.label == verdict.label and _same(one.box, verdict, frame.geometry):
                    self._meant.setdefault(one.id, set()).add(verdict.id)


def _same(box: Box, verdict: UserVerdict, geometry: Geometry) -> bool:
    if verdict.box is None:
        return True
    x, y, w, h = verdict.box
    across, down = geometry.width, geometry.height
    theirs = Box(round(x * across), round(y * down), round((x + w) * across), round((y + h) * down))
    return box.iou(theirs) >= SAME_BOX
