"""Tracks the objects of one camera: motion and detections in, tracked objects out."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

import msgspec

from dogwatch.analysis import AnalysisSettings
from dogwatch.evidence import ObjectEvidence
from dogwatch.model import Box, Detection, TrackedObject, new_id
from dogwatch.vision import attributes
from dogwatch.vision.best_picture import View
from dogwatch.vision.colours import FrameColours, Look
from dogwatch.vision.false_places import DoubtfulPlaces
from dogwatch.vision.filters import DetectionFilters, Rejection
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.merge import RegionDetection, consolidate
from dogwatch.vision.motion import Motion
from dogwatch.vision.objects import ObjectTrack
from dogwatch.vision.region_grid import ExpectedSizes
from dogwatch.vision.regions import TensorSize, choose_regions, covered, scan
from dogwatch.vision.speed import KMH, MPH
from dogwatch.vision.tracker import Tracker
from dogwatch.vision.zones import Zone

BLIND_S = 60.0  # how long stationary objects live on while no detector is available


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """The changes by one frame.

    `ended` objects have their `end_time` set. `pictures` has ids and views of the objects that this frame shows best so
    far, without false positives.
    """

    ended: tuple[TrackedObject, ...] = ()
    pictures: tuple[tuple[str, View], ...] = ()


class SceneObserver(Protocol):
    """Is told of each detection, of those that never become an object too; a live camera has no observer."""

    def seen(self, time: float, one: ObjectTrack) -> None:
        """A detector has found the object of a track in the frame at `time`; the track may be a new one."""
        ...

    def rejected(self, time: float, detection: Detection, why: Rejection) -> None:
        """A filter has rejected `detection` in the frame at `time`."""
        ...

    def unconfirmed(self, one: ObjectTrack) -> None:
        """A track has ended before it was seen often enough in a row."""
        ...


class Scene:
    """The tracked objects of one camera. Not thread-safe; times must not go back."""

    def __init__(
        self,
        settings: AnalysisSettings,
        geometry: Geometry,
        make_id: Callable[[float], str] = new_id,
        observer: SceneObserver | None = None,
    ) -> None:
        """Start without objects, and with the whole frame still to be scanned."""
        self.settings, self.geometry = settings, geometry
        self._make_id, self._observer = make_id, observer
        self._filters = DetectionFilters(settings, geometry)
        self._zones = self._prepared(settings)
        self._sizes = ExpectedSizes(settings.grids, geometry)
        self._doubtful = DoubtfulPlaces(settings.false_places, geometry)
        self._tracker = Tracker(
            min_initialized=settings.min_initialized,
            max_missing_s=settings.max_disappeared / settings.fps,
            frame_s=1.0 / settings.fps,
            frame=(geometry.width, geometry.height),
        )
        self._labels = {label: index for index, label in enumerate(settings.track)}
        self._live: dict[int, ObjectTrack] = {}  # by track, in the order of the tracker's rows
        self._objects: tuple[TrackedObject, ...] | None = None  # the cached answer of `objects` until the next frame
        self._foreseen: tuple[float, list[Box]] | None = None  # the cached answer of `_expected`, likewise
        self._evidence: list[ObjectEvidence] = []
        self._tensor: TensorSize | None = None
        self._to_scan: list[Box] = []
        self._scanning: tuple[Box, ...] = ()
        self._turn = 0

    def __len__(self) -> int:
        return len(self._live)

    # ------------------------------------------------------------ regions

    def set_tensor(self, tensor: TensorSize) -> None:
        """Prepare regions for a detector's input; the first call starts the scan of the whole frame."""
        if tensor != self._tensor:
            first = self._tensor is None
            self._tensor = tensor
            if first or self._to_scan:
                self.rescan()

    def rescan(self) -> None:
        """Scan the whole frame once more, over the next frames."""
        self._to_scan = list(scan(self.geometry, self._tensor)) if self._tensor else []

    @property
    def scanning(self) -> bool:
        """Whether a scan of the whole frame is going on."""
        return bool(self._to_scan)

    def scan_again(self) -> None:
        """Scan the whole frame once more, if that is not going on."""
        if not self._to_scan:
            self.rescan()

    def regions(self, motion: Motion, time: float) -> tuple[Box, ...]:
        """Return the regions of the frame at `time` that a detector should look at; none if nothing calls for it."""
        if self._tensor is None:
            return ()
        wanted = [box for box, due in zip(self._expected(time), self._due(time), strict=True) if due and box.area]
        # Motion of an object that is due needs no region of its own: shadows would enlarge each region.
        moved = [box for box in motion.boxes if not covered(box, wanted)]
        wanted += [self._sizes.around(box) for box in moved] if self._sizes.at(time) else moved
        self._turn += 1
        chosen = choose_regions(wanted, self.geometry, self._tensor, limit=self.settings.max_regions, turn=self._turn)
        self._scanning = tuple(self._to_scan[: self.settings.scan_regions])
        return tuple(dict.fromkeys(chosen + self._scanning)) if self._scanning else chosen

    def _due(self, time: float) -> list[bool]:
        """Return which objects a detector should look for: all but stationary ones that were seen lately.

        Without an interval, a detector looks for a stationary object only when motion touches it or it is missing.
        """
        interval = self.settings.stationary.interval / self.settings.fps or math.inf
        return [
            missing or not one.stillness.settled or time - one.looked_time >= interval
            for one, missing in zip(self._live.values(), self._tracker.missing, strict=True)
        ]

    @property
    def needs_every_frame(self) -> bool:
        """Whether an object moves, is new or is missing; a scan takes the frames that come anyway."""
        return not all(one.stillness.settled for one in self._live.values()) or any(self._tracker.missing)

    # ------------------------------------------------------------ detections

    def detected(
        self,
        time: float,
        regions: Sequence[Box],
        found: Sequence[RegionDetection],
        *,
        in_ring: bool = True,
        look: Look | None = None,
    ) -> Outcome:
        """Update the objects with what a detector found in `regions` of the frame at `time` (detect-frame pixels).

        A frame whose picture is not `in_ring` any more is no object's best picture. `look` returns the colours in a box
        of the picture.
        """
        if self._scanning:
            self._to_scan = [tile for tile in self._to_scan if tile not in self._scanning]
            self._scanning = ()
        kept = consolidate([one for one in found if self._counts(one.detection, time)])
        things = [one for one in kept if one.detection.label in self._labels]
        step = self._tracker.update(
            time,
            [(box.x1, box.y1, box.x2, box.y2) for one in things if (box := one.detection.box)],
            [self._labels[one.detection.label] for one in things],
            [self._sure(one) for one in things],
            self._looked(time, regions),
            [one.confirmed and not one.scores.false_positive for one in self._live.values()],
            FrameColours(look, [one.detection.box for one in things]) if look is not None else None,
        )
        self._objects = self._foreseen = None
        for new, old in step.joined.items():
            self._join(self._live.pop(new), self._live[old])
        for key in step.missed:
            self._live[key].missed(time)
        ended = self._end(step.lost)
        parts = [one.detection for one in kept if one.detection.label in self._filters.attribute_labels]
        self._apply(time, step.seen, things, parts)
        ended += self._expire(time)
        return Outcome(ended, self._views(step.seen, time) if in_ring else ())

    def coast(self, time: float, *, blind: bool) -> Outcome:
        """Go on to a frame that no detector sees; `blind` if one should see it but none can.

        If blind, objects that a detector should have looked for count as missed: moving ones end after
        `max_disappeared`. An object that must have left the frame by now counts as missed in any case: there is nowhere
        to look for it.
        """
        missed = self._looked(time, ())
        if blind:
            waited = [self._waited_for(one, time) for one in self._live.values()]
            missed = [either or other for either, other in zip(missed, waited, strict=True)]
        self._objects = self._foreseen = None
        return Outcome(self._end(self._tracker.coast(time, missed)) + self._expire(time))

    def end_all(self) -> tuple[TrackedObject, ...]:
        """End every object, and scan the whole frame again when analysis goes on."""
        self._objects = self._foreseen = None
        ended = self._end(tuple(self._live))
        self.rescan()
        return ended

    def objects(self) -> tuple[TrackedObject, ...]:
        """Return all objects that have been seen often enough, oldest first."""
        if self._objects is None:
            self._objects = tuple([one.snapshot() for one in self._live.values() if one.confirmed])
        return self._objects

    def take_evidence(self) -> tuple[ObjectEvidence, ...]:
        """Return, once, what decided about objects that have ended, or that count or have entered a zone only now."""
        if not self._evidence:
            return ()
        taken, self._evidence = tuple(self._evidence), []
        return taken

    def forget_views(self, ids: Collection[str]) -> None:
        """Take any next view of these objects for their best."""
        for one in self._live.values():
            if one.id in ids:
                one.best = None

    def change(self, settings: AnalysisSettings) -> None:
        """Continue with other `settings`; objects stay. Detect frame, rate and tracked labels must be the same."""
        if (settings.zones, settings.metric) != (self.settings.zones, self.settings.metric):
            self._zones = self._prepared(settings)
        if settings.grids != self.settings.grids:
            self._sizes = ExpectedSizes(settings.grids, self.geometry)
        if settings.false_places != self.settings.false_places:
            self._doubtful = DoubtfulPlaces(settings.false_places, self.geometry)
            if not settings.false_places:
                for one in self._live.values():
                    one.doubt(0.0)
        self.settings = settings
        self._filters = DetectionFilters(settings, self.geometry)

    # ------------------------------------------------------------ steps

    def _prepared(self, settings: AnalysisSettings) -> tuple[Zone, ...]:
        per_second = KMH if settings.metric else MPH
        return tuple(Zone.of(zone, self.geometry, per_second) for zone in settings.zones)

    def _counts(self, detection: Detection, time: float) -> bool:
        if (why := self._filters.rejection(detection)) is None:
            return True
        if self._observer is not None:
            self._observer.rejected(time, detection, why)
        return False

    def _sure(self, one: RegionDetection) -> bool:
        rule = self._filters.rule(one.detection.label)
        return one.detection.score >= (rule.min_score + rule.threshold) / 2

    @staticmethod
    def _waited_for(one: ObjectTrack, time: float) -> bool:
        return not one.stillness.stationary or time - one.looked_time >= BLIND_S

    def _expected(self, time: float) -> list[Box]:
        """Return where the tracks should be at `time`, clipped to the frame, in the order of `_live`."""
        if not self._live:
            return []
        if self._foreseen is None or self._foreseen[0] != time:  # asked twice a frame: before and after the detection
            width, height = self.geometry.width, self.geometry.height
            self._foreseen = (
                time,
                [
                    Box(round(x1), round(y1), round(x2), round(y2)).clipped(width, height)
                    for x1, y1, x2, y2 in self._tracker.predicted(time)
                ],
            )
        return self._foreseen[1]

    def _looked(self, time: float, regions: Sequence[Box]) -> list[bool]:
        """Return which tracks a detector can find in `regions`; one that has left the frame counts as searched."""
        return [not box.area or covered(box, regions) for box in self._expected(time)]

    def _join(self, new: ObjectTrack, old: ObjectTrack) -> None:
        """Let `old` go on as `new`, of which nobody has been told."""
        old.take_over(new)
        if self._observer is not None:
            self._observer.unconfirmed(new)

    def _apply(self, time: float, seen: dict[int, int], things: list[RegionDetection], parts: list[Detection]) -> None:
        owned: dict[int, tuple[Detection, ...]] = {}
        if parts:
            objects = {key: things[index].detection for key, index in seen.items()}
            owned = attributes.assign(parts, objects, self.settings.attributes)
        speeds = dict(zip(self._tracker.keys, self._tracker.speeds(), strict=True))
        contested = dict(zip(self._tracker.keys, self._tracker.contested, strict=True))
        for key, index in seen.items():
            if (one := self._live.get(key)) is None:
                rule = self._filters.rule(things[index].detection.label)
                one = ObjectTrack.begin(self._make_id(time), things[index], time, self.settings, rule)
                if self._doubtful.at(time):
                    one.doubt(self._doubtful.more(one.label, one.found.detection.box))
                self._live[key] = one
            one.scores.contested = contested[key]
            x, y, _, taller = speeds[key]
            one.seen(things[index], time, owned.get(key, ()), (x, y + taller / 2), self._zones, self.geometry)
            if one.reached is None and not one.scores.false_positive:
                one.note_reached(self._filters)
            if self._observer is not None:
                self._observer.seen(time, one)
        for one, confirmed in zip(self._live.values(), self._tracker.confirmed, strict=True):
            one.confirmed = confirmed

    def _views(self, seen: dict[int, int], time: float) -> tuple[tuple[str, View], ...]:
        views: list[tuple[str, View]] = []
        for key in seen:
            one = self._live.get(key)
            if one is None or not one.confirmed or one.scores.false_positive or one.seen_time != time:
                continue
            if (view := one.improve(self.geometry, self.settings.best_image_timeout)) is not None:
                views.append((one.id, view))
        return tuple(views)

    def _expire(self, time: float) -> tuple[TrackedObject, ...]:
        """Advance the time of all objects; end those that were stationary for longer than the configured limit."""
        rules, over = self.settings.stationary, []
        for key, one in self._live.items():
            stillness = one.stillness
            stillness.passed(time)
            one.zones.passed(time)
            if one.has_news():
                self._evidence.append(one.evidence())
            if stillness.stationary:
                limit = rules.max_frames_objects.get(one.label, rules.max_frames)
                if limit is not None and stillness.motionless_count >= limit:
                    over.append(key)
        return self._end(tuple(over))

    def _end(self, keys: tuple[int, ...]) -> tuple[TrackedObject, ...]:
        self._tracker.drop(keys)
        gone = [self._live.pop(key) for key in keys]
        if self._observer is not None:
            for one in gone:
                if not one.confirmed:
                    self._observer.unconfirmed(one)
        confirmed = [one for one in gone if one.confirmed]
        self._evidence += [one.evidence() for one in confirmed]
        return tuple(one.snapshot(ended=True) for one in confirmed)
