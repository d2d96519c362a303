"""Learns where the detections of each camera are often false, and says where its tracking asks for more evidence.

As with `region_grids`, what is learnt changes often. What the tracking goes by changes seldom, at a time that is kept
with it: so the analysis process and a later replay of the footage change at the same frame, and find the same.
"""

from __future__ import annotations

import logging
import threading
import time as time_module
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import msgspec
from sqlalchemy import Connection

from dogwatch.analysis import FalsePlace, FalsePlaceMap
from dogwatch.errors import DogwatchError, NotFoundError
from dogwatch.events.false_place import STAYS, CameraPlaces, Count, Fractions, ShownPlace, places_of, stays
from dogwatch.events.live_object import LiveObject
from dogwatch.store import false_places
from dogwatch.store.database import Database
from dogwatch.vision.false_places import ASPECT

_log = logging.getLogger(__name__)

SAVE_S, ADOPT_S = 600.0, 3600.0
AHEAD_S = 30.0  # from when on a new map holds: the analysis process has it by then
CHANGED = 2.0  # a weight that differs less is the same
LATE_S = 60.0  # frames that are no later than this find the map of their time
MOST_MAPS = 4  # that the analysis process gets: the one in force, and those that are to follow
APART_S = 5.0  # two deletions that are nearer to each other are of many events at once, and say nothing
MOST_DELETIONS = 100

Verdict = Literal["wrong", "right"]


@dataclass(slots=True)
class _Deletion:
    time: float
    camera: str
    label: str
    box: Fractions
    alone: bool = True


@dataclass(slots=True)
class _Camera:
    places: CameraPlaces = field(default_factory=CameraPlaces)
    maps: list[FalsePlaceMap] = field(default_factory=list)
    changed: bool = False
    urgent: bool = False
    looked: float = 0.0

    @property
    def last(self) -> FalsePlaceMap:
        """The map that is in force, or is to follow."""
        return self.maps[-1] if self.maps else FalsePlaceMap(0.0)


class FalsePlaces:
    """The places of all cameras. Safe to use from any thread; `judged`, `tick` and `reset` wait for the database."""

    def __init__(self, db: Database, clock: Callable[[], float] = time_module.time) -> None:
        """Begin with what is stored; what cannot be read is learnt anew."""
        self._db, self._clock = db, clock
        self._lock = threading.Lock()
        self._storing = threading.RLock()  # while what is known is stored: nothing older is stored after it
        self._cameras: dict[str, _Camera] = {}
        self._deletions: list[_Deletion] = []
        self._saved = time_module.monotonic()
        self.on_change: Callable[[], object] = _nothing
        self.learns: Callable[[str], bool] = _always
        """Whether a camera learns places; otherwise nothing is counted."""
        with db.read() as connection:
            stored, maps = false_places.learnt(connection), false_places.versions(connection)
        for camera, labels in stored.items():
            places = {label: found for label, rows in labels.items() if (found := places_of(rows))}
            self._cameras[camera] = _Camera(CameraPlaces(places))
        for camera, kept in maps.items():
            self._of(camera).maps = _in_use(as_maps(kept), clock())

    def note_rejected(self, live: LiveObject) -> None:
        """Learn from an object that has ended and was never more than a false positive, if it has not moved."""
        obj = live.obj
        if not self.learns(obj.camera) or not obj.box.area or (box := _place_of(live)) is None:
            return
        held = live.evidence is not None and live.evidence.held_back
        with self._lock:
            self._count(obj.camera, obj.label, [box], "held" if held else "rejected", 1.0)

    def judged(
        self, camera: str, label: str, boxes: Sequence[Fractions], before: Verdict | None, after: Verdict | None
    ) -> None:
        """Learn from what a user has said of an event, or says no longer.

        Args:
            camera: Its camera.
            label: Its label.
            boxes: Its boxes, the first one first.
            before: What the user had said before.
            after: What holds now.
        """
        if before == after or not boxes or not self.learns(camera):
            return
        with self._lock:
            for verdict, by in ((before, -1.0), (after, 1.0)):
                if verdict == "right":  # one cell counts once, also if several boxes are in it
                    self._count(camera, label, _different(boxes), "right", by)
                elif verdict == "wrong" and stays(boxes):  # what moves is no matter of a place
                    self._count(camera, label, boxes[:1], "wrong", by)
            mine = self._of(camera)
            mine.urgent = mine.urgent or mine.changed
        self._save_now(camera)

    def deleted(self, camera: str, label: str, boxes: Sequence[Fractions]) -> None:
        """Learn from an event that a user has deleted alone, if it did not move; it counts with the next `tick`."""
        if not boxes or not stays(boxes) or not self.learns(camera):
            return
        with self._lock:
            now = self._clock()
            near = [one for one in self._deletions if abs(now - one.time) < APART_S]
            for one in near:
                one.alone = False
            self._deletions.append(_Deletion(now, camera, label, boxes[0], not near))
            del self._deletions[:-MOST_DELETIONS]

    def latest(self, camera: str) -> tuple[FalsePlaceMap, ...]:
        """Return the maps that the analysis of `camera` goes by."""
        with self._lock:
            known = self._cameras.get(camera)
            return tuple(known.maps) if known is not None else ()

    def shown(self, camera: str) -> tuple[ShownPlace, ...]:
        """Return what is known of `camera` now, the worst places first."""
        with self._lock:
            if (known := self._cameras.get(camera)) is None:
                return ()
            known.places.fade(self._clock())
            copied = CameraPlaces({label: places_of(rows) for label, rows in known.places.rows().items()})
        return tuple(sorted(copied.shown(), key=lambda one: (-one.summed, one.label, one.place.box)))

    def tick(self, known: Collection[str]) -> None:
        """Store what has been learnt of the `known` cameras, and let the maps follow it; call it every minute."""
        now, adopted = self._clock(), False
        with self._lock:
            gone = self._cameras.keys() - set(known)
        if gone:
            self._forget_removed(gone)
        with self._lock:
            self._count_deletions(now, known)
            cameras = [(name, camera) for name, camera in self._cameras.items() if name in known]
        save = time_module.monotonic() - self._saved >= SAVE_S
        for name, camera in cameras:
            with self._storing:
                if self._looks(camera, now) and (places := self._differing(camera, now)) is not None:
                    self._adopt(name, camera, places, now)
                    adopted = True
                elif save and camera.changed:
                    self._write(name, camera)
        if save:
            self._saved = time_module.monotonic()
        if adopted:
            self.on_change()

    def close(self) -> None:
        """Store what has been learnt since the last time."""
        with self._lock:
            due = [(name, camera) for name, camera in self._cameras.items() if camera.changed]
        for name, camera in due:
            self._write(name, camera)

    def reset(self, camera: str, label: str | None, known: Collection[str]) -> None:
        """Forget the places of `camera`, or those of one label of it, and begin anew.

        Raises:
            NotFoundError: It is none of the `known` cameras.
            StoreError: That cannot be stored.
        """
        if camera not in known:
            raise NotFoundError("Camera not found")
        with self._storing:
            self._reset(camera, label, self._clock())
        self.on_change()

    # ------------------------------------------------------------ steps

    def _reset(self, camera: str, label: str | None, now: float) -> None:
        with self._lock:
            mine = self._of(camera)
            before = mine.places
            kept = {} if label is None else {name: each for name, each in before.labels.items() if name != label}
            mine.places = CameraPlaces(kept)
            mine.places.fade(now)
            places = mine.places.known()
            deletions = self._deletions
            self._deletions = [
                one for one in deletions if one.camera != camera or (label is not None and one.label != label)
            ]
        try:
            self._adopt(camera, mine, places, now)
        except DogwatchError:
            with self._lock:
                mine.places, self._deletions = before, deletions
            raise

    def _forget_removed(self, gone: Collection[str]) -> None:
        """Forget those of `gone` that have no rows any more: others are only not configured, and may come back."""
        with self._db.read() as connection:
            kept = false_places.cameras(connection)
        with self._lock:
            for name in gone:
                if name in kept:
                    self._cameras[name].changed = False  # nothing is stored while its rows may be removed
                else:
                    del self._cameras[name]

    def _count(self, name: str, label: str, boxes: Iterable[Fractions], what: Count, by: float) -> None:
        camera, now = self._of(name), self._clock()
        for box in boxes:
            camera.places.count(label, box, what, by, now)
        camera.changed = True

    def _count_deletions(self, now: float, known: Collection[str]) -> None:
        """Count the deletions that stand alone; what has come just now may have followers."""
        settled = [one for one in self._deletions if not 0 <= now - one.time < APART_S]
        self._deletions = [one for one in self._deletions if 0 <= now - one.time < APART_S]
        for one in settled:
            if one.alone and one.camera in known:
                self._count(one.camera, one.label, [one.box], "deleted", 1.0)
                self._of(one.camera).urgent = True

    def _looks(self, camera: _Camera, now: float) -> bool:
        """Whether it is time to compare what is known with the map: at once after a verdict, else once an hour."""
        with self._lock:
            if not camera.urgent and camera.maps and 0 <= now - max(camera.looked, camera.last.since) < ADOPT_S:
                return False
            camera.urgent, camera.looked = False, now
            return bool(camera.places.labels or camera.last.places)

    def _differing(self, camera: _Camera, now: float) -> tuple[FalsePlace, ...] | None:
        """Return the places as they are now, if the map differs much."""
        with self._lock:
            camera.places.fade(now)
            places = camera.places.known()
            waits = camera.last.since > now + AHEAD_S  # the clock was set back: it would wait for so long
            return places if waits or _differ(places, camera.last.places) else None

    def _adopt(self, name: str, camera: _Camera, places: tuple[FalsePlace, ...], now: float) -> None:
        """Ask for more evidence by these places soon."""
        found = FalsePlaceMap(round(now + AHEAD_S, 3), places)
        rows = msgspec.to_builtins(places)
        self._write(name, camera, partial(false_places.add_version, camera=name, since=found.since, places=rows))
        with self._lock:
            older = [one for one in camera.maps if one.since < found.since]
            camera.maps = _in_use([*older, found], now)
        _log.debug("camera %s: %d places of false detections", name, len(places))

    def _save_now(self, name: str) -> None:
        """Store what a user has said; if that fails, it is stored later."""
        camera = self._of(name)
        try:
            self._write(name, camera)
        except DogwatchError as error:
            _log.warning("camera %s: what was said of a place is stored later: %s", name, error)

    def _write(self, name: str, camera: _Camera, beside: Callable[[Connection], None] | None = None) -> None:
        with self._storing:
            with self._lock:
                rows, camera.changed = camera.places.rows(), False

            def work(connection: Connection) -> None:
                false_places.put_learnt(connection, name, rows)
                if beside is not None:
                    beside(connection)

            try:
                self._db.write(work)
            except BaseException:
                camera.changed = True
                camera.urgent = camera.urgent or beside is not None
                raise

    def _of(self, camera: str) -> _Camera:
        known = self._cameras.get(camera)
        if known is None:
            known = self._cameras[camera] = _Camera()
        return known


def as_maps(stored: Collection[tuple[float, object]]) -> list[FalsePlaceMap]:
    """Return maps as they are stored; what another version has written otherwise is an empty one."""
    found = []
    for since, rows in stored:
        try:
            places = msgspec.convert(rows, tuple[FalsePlace, ...])
        except msgspec.ValidationError:
            places = ()
        found.append(FalsePlaceMap(since, places))
    return found


def _in_use(maps: Sequence[FalsePlaceMap], now: float) -> list[FalsePlaceMap]:
    """Return those of `maps`, the oldest first, that hold for a frame that comes now or later."""
    over = sum(one.since <= now - LATE_S for one in maps[1:])  # each of these has replaced the one before it
    return list(maps[over:][-MOST_MAPS:])


def _place_of(live: LiveObject) -> Fractions | None:
    """Return where an object was all the time; None if it has moved."""
    obj, (width, height) = live.obj, live.frame
    left, top, wide, high = obj.box.fractions(width, height)
    if high <= 0:
        return None
    across, down = [point[0] for point in obj.path], [point[1] for point in obj.path]
    if obj.path and max((max(across) - min(across)) / ASPECT, max(down) - min(down)) > STAYS * high:
        return None
    return left, top, wide, high


def _different(boxes: Sequence[Fractions]) -> list[Fractions]:
    """Return the boxes at different places."""
    found: list[Fractions] = []
    for box in boxes:
        if not any(stays([one, box]) for one in found):
            found.append(box)
    return found


def _differ(new: Iterable[FalsePlace], old: Iterable[FalsePlace]) -> bool:
    """Whether a place has another weight, or there is something at all only now or no more."""
    now = {(one.label, one.size, one.column, one.row): one.weight for one in new}
    then = {(one.label, one.size, one.column, one.row): one.weight for one in old}
    if bool(now) != bool(then):
        return True
    return any(abs(now.get(key, 0.0) - then.get(key, 0.0)) >= CHANGED for key in now.keys() | then.keys())


def _nothing() -> None:
    """Nobody is told."""


def _always(_camera: str) -> bool:
    return True
