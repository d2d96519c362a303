"""When a tracked object is news: `new`, `update` and `end` (docs/events.md).

Pure: a `Lifecycle` takes frames and answers with changes; it knows no clock, no database and no files.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec.structs import replace

from dogwatch.bus.messages import BestPicture, FrameTracks
from dogwatch.events import bodies
from dogwatch.events.rules import LOGOS, CameraRules
from dogwatch.events.timeline import Entry, moments
from dogwatch.model import Severity, TrackedObject

Kind = Literal["new", "update", "end"]

MAX_OBJECTS = 500  # live objects of one camera; a tracker that makes more has lost its mind
MAX_WAITING_ENTRIES = 200  # timeline entries of an object that is not stored yet
QUIET_S = 60.0
PICTURE_S = 5.0
TELLING_PICTURE_S = 1.0
ATTRIBUTE_RANK = frozenset({"face", "license_plate", "licence_plate"})
PATH_S = 1.0
EARLY_S = 10.0  # a picture and its frame travel the same way, so this is generous
SPEED_STEP = 2.0  # km/h or mph; smaller changes are noise of the estimate


@dataclass(slots=True)
class LiveObject:
    """One tracked object from its first frame to its end.

    `stored` is the essence of the row that has been handed to the database, None as long as there is none; `deleted`
    says that a user has deleted it meanwhile. `body` is the last published message body; `told_picture` the picture's
    time in it.
    """

    obj: TrackedObject
    frame: tuple[int, int]
    picture: BestPicture | None = None
    sub_label: tuple[str, float | None] | None = None
    description: str | None = None
    severity: Severity | None = None
    has_clip: bool = False
    has_snapshot: bool = False
    published: bool = False
    stored: tuple[Any, ...] | None = None
    deleted: bool = False
    body: dict[str, Any] = field(default_factory=dict)
    told: TrackedObject | None = None
    told_time: float = 0.0
    told_picture: float = 0.0
    entries: list[Entry] = field(default_factory=list)
    way: bodies.Way = field(default_factory=bodies.Way)

    @property
    def qualifies(self) -> bool:
        """Whether the object has earned a row."""
        return (self.has_clip or self.has_snapshot) and not self.deleted

    @property
    def name(self) -> str | None:
        """The sub-label alone."""
        return self.sub_label[0] if self.sub_label else None


@dataclass(frozen=True, slots=True)
class Change:
    """A message to publish about `live`: `before` and `after` are bodies as in docs/api/websocket.md."""

    kind: Kind
    live: LiveObject
    before: dict[str, Any]
    after: dict[str, Any]


class Lifecycle:
    """All live objects of one camera."""

    def __init__(self, camera: str) -> None:
        """Begin with no objects."""
        self.camera = camera
        self.live: dict[str, LiveObject] = {}
        self.refused = 0
        self._early: dict[str, BestPicture] = {}
        self._ended: deque[str] = deque(maxlen=MAX_OBJECTS)

    def step(self, tracks: FrameTracks, rules: CameraRules) -> list[Change]:
        """Take in one frame; return what has to be told, in order.

        Objects that vision no longer mentions have ended, whether it says so or not: it may have been restarted.
        """
        changes: list[Change] = []
        frame = (tracks.width, tracks.height)
        ended = {obj.id: obj for obj in tracks.ended}
        for obj in tracks.objects:
            if obj.id not in ended:
                changes.extend(self._see(obj, frame, rules))
        present = {obj.id for obj in tracks.objects} - ended.keys()
        for key in [key for key in self.live if key not in present]:
            changes.extend(self._end(key, ended.get(key), rules))
        return changes

    def has_ended(self, key: str) -> bool:
        """Whether the object has ended lately; a picture of it comes too late."""
        return key in self._ended and key not in self.live

    def forget_early(self, now: float) -> list[str]:
        """Forget pictures whose objects have not come within seconds; return those objects' ids."""
        late = [key for key, picture in self._early.items() if picture.frame_time < now - EARLY_S]
        for key in late:
            del self._early[key]
        return late

    def picture(self, picture: BestPicture, rules: CameraRules) -> list[Change]:
        """Take in a better picture; it may make a snapshot possible, or be worth an update."""
        live = self.live.get(picture.object_id)
        if live is None:
            # It has overtaken the frame it belongs to.
            self._early[picture.object_id] = picture
            return []
        live.picture = picture
        return list(self._news(live, rules))

    def end_all(self, rules: CameraRules) -> list[Change]:
        """End every object at its last frame."""
        return [change for key in list(self.live) for change in self._end(key, None, rules)]

    def touch(self, live: LiveObject) -> list[Change]:
        """Tell of something that came from outside, such as a sub-label."""
        return [self._change("update", live)] if live.published else []

    def _see(self, obj: TrackedObject, frame: tuple[int, int], rules: CameraRules) -> Iterator[Change]:
        live = self.live.get(obj.id)
        if live is None:
            if len(self.live) >= MAX_OBJECTS:
                self.refused += 1
                return
            live = self.live[obj.id] = LiveObject(obj, frame, picture=self._early.pop(obj.id, None))
        before = live.obj if live.published else None
        live.obj, live.frame = obj, frame
        if obj.false_positive:
            return
        _name_logo(live)
        live.entries.extend(moments(before, obj, frame, live.name))
        del live.entries[MAX_WAITING_ENTRIES:]
        yield from self._news(live, rules)

    def _news(self, live: LiveObject, rules: CameraRules) -> Iterator[Change]:
        if live.obj.false_positive:
            return
        _judge(live, rules)
        if not live.published:
            live.published = True
            yield self._change("new", live)
        elif _better_picture(live) or _due(live):
            yield self._change("update", live)

    def _end(self, key: str, final: TrackedObject | None, rules: CameraRules) -> Iterator[Change]:
        live = self.live.pop(key)
        self._ended.append(key)
        obj = final or live.obj
        # A track may have been confirmed by its very last state only; then it had no `new`, and gets nothing.
        live.obj = replace(obj, end_time=obj.end_time if obj.end_time is not None else live.obj.frame_time)
        if not live.published:
            return
        _judge(live, rules)
        live.entries.extend(moments(live.obj, None, live.frame, live.name))
        yield self._change("end", live)

    def _change(self, kind: Kind, live: LiveObject) -> Change:
        after = bodies.tracked(live)
        before = live.body if kind != "new" else after
        live.body, live.told, live.told_time = after, live.obj, live.obj.frame_time
        if live.picture is not None:
            live.told_picture = live.picture.frame_time
        return Change(kind, live, before, after)


def _judge(live: LiveObject, rules: CameraRules) -> None:
    """Raise what the object qualifies for; nothing of it is ever taken back."""
    obj = live.obj
    severity = rules.severity(obj) if obj.end_time is None else None
    if severity == "alert" or live.severity is None:
        live.severity = severity or live.severity
    moved = obj.position_changes > 0
    live.has_clip |= rules.record and moved and live.severity is not None
    zones = not rules.snapshot_zones or not rules.snapshot_zones.isdisjoint(obj.entered_zones)
    live.has_snapshot |= rules.snapshots and moved and zones and live.picture is not None


def _name_logo(live: LiveObject) -> None:
    if not live.obj.attributes or live.sub_label is not None:
        return
    logos = [(score, label) for label, score in live.obj.attributes.items() if label in LOGOS]
    if logos:
        score, label = max(logos)
        live.sub_label = (label, score)


def _better_picture(live: LiveObject) -> bool:
    """Whether there is an untold picture, and the last message is long enough ago."""
    if live.picture is None or live.picture.frame_time == live.told_picture:
        return False
    telling = any(found.label in ATTRIBUTE_RANK for found in live.picture.attributes)
    wait = TELLING_PICTURE_S if telling else PICTURE_S
    return not live.told_picture or live.obj.frame_time - live.told_time >= wait


def _due(live: LiveObject) -> bool:
    """Whether the object's state is news compared with what was told last."""
    obj, told = live.obj, live.told
    if told is None:
        return True
    since = obj.frame_time - live.told_time
    return (
        (obj.current_zones != told.current_zones and set(obj.current_zones) != set(told.current_zones))
        or obj.position_changes != told.position_changes
        or obj.stationary != told.stationary
        or (obj.attributes and not obj.attributes.keys() <= told.attributes.keys())
        or abs(obj.current_speed - told.current_speed) >= SPEED_STEP
        or live.has_clip != live.body["has_clip"]
        or live.has_snapshot != live.body["has_snapshot"]
        or live.severity != live.body["max_severity"]
        or live.name != _name_of(live.body["sub_label"])
        or (len(obj.path) != len(told.path) and since >= PATH_S)
        or since > QUIET_S
    )


def _name_of(sub_label: Sequence[Any] | None) -> Any:
    return sub_label[0] if sub_label else None
