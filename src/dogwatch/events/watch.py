"""One camera: what its frames mean for objects, review items, motion and best pictures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from dogwatch.bus.messages import BestPicture, FrameTracks
from dogwatch.events import rendering
from dogwatch.events.counts import MotionState
from dogwatch.events.lifecycle import Lifecycle, LiveObject
from dogwatch.events.outputs import EventOutputs
from dogwatch.events.review import Activity, ReviewChange, ReviewLine
from dogwatch.events.rules import CameraRules
from dogwatch.model import Box

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dogwatch.config import Config

REVIEW_PICTURE_S = 5.0
MAX_MANUAL = 100  # events going on at once; the oldest ones no longer count as activity
SILENCE_S = 60.0  # no camera's keyframes are further apart, so vision has died or the camera is off


@dataclass(frozen=True, slots=True)
class Sent:
    """How a camera's best pictures go out over MQTT; `zones` one of which must have been entered."""

    style: rendering.Style
    zones: frozenset[str] = frozenset()


def sent_of(config: Config) -> Mapping[str, Sent]:
    """Return how the best pictures of those cameras go out that send any."""
    return {
        name: Sent(rendering.style_of(camera.mqtt, camera, config), frozenset(camera.mqtt.required_zones))
        for name, camera in config.cameras.items()
        if config.mqtt.enabled and camera.mqtt.enabled
    }


@dataclass(frozen=True, slots=True)
class _Best:
    object_id: str
    score: float
    area: int
    time: float


@dataclass(slots=True)
class CameraWatch:
    """The live state of one camera. `rules` gives the rules under the present switches."""

    name: str
    rules: Callable[[], CameraRules]
    outputs: EventOutputs
    sent: Sent | None = None
    life: Lifecycle = field(init=False)
    line: ReviewLine = field(init=False)
    motion: MotionState = field(default_factory=MotionState)
    manual: dict[str, Activity] = field(default_factory=dict)
    heard: float = 0.0
    _status: str = "NONE"
    _thumb: tuple[float, float] = (0.0, 0.0)
    _best: dict[str, _Best] = field(default_factory=dict)
    _awaited: Future[None] | None = None
    _ticks_awaited: int = 0

    def __post_init__(self) -> None:
        self.life, self.line = Lifecycle(self.name), ReviewLine(self.name)

    def on_tracks(self, tracks: FrameTracks) -> None:
        """Take in a frame."""
        rules = self.rules()
        before = dict(self.life.live)
        for change in self.life.step(tracks, rules):
            self.outputs.tell(change)
            if change.kind == "new":
                self._send(change.live, rules)
        for key in before.keys() - self.life.live.keys():
            if not before[key].published:
                self.outputs.finish(before[key])
        if tracks.motion_boxes and self.motion.seen(tracks.frame_time):
            self.outputs.publish(f"{self.name}/motion", "ON")
        self._review(tracks.frame_time, self._activities(rules), rules)

    def on_picture(self, picture: BestPicture) -> None:
        """Take in a better picture of an object."""
        if self.life.has_ended(picture.object_id):
            return
        rules = self.rules()
        self.outputs.pictures.keep(picture)
        for change in self.life.picture(msgspec.structs.replace(picture, jpeg=b""), rules):
            self.outputs.tell(change)
        live = self.life.live.get(picture.object_id)
        if live is None or live.obj.false_positive:
            return
        if live.published:
            self._send(live, rules)
        item = self.line.open
        if item is not None and picture.object_id in item.detections and self._worth(picture):
            self._tell_reviews(self.line.thumbnail(picture.frame_time), picture.object_id)

    def tick(self, now: float) -> None:
        """Look at the clock (epoch s)."""
        rules = self.rules()
        if self.motion.quiet(now, rules.motion_off_delay):
            self.outputs.publish(f"{self.name}/motion", "OFF")
        if self._awaited is not None:
            self._ticks_awaited += 1
            if self._ticks_awaited > 1:
                self._release(None)
        for key in self.life.forget_early(now):
            self.outputs.pictures.drop(key)
        for key in [key for key, each in self.manual.items() if each.until is not None and each.until <= now]:
            del self.manual[key]
        self._review(now, self.manual.values(), rules)

    def silent(self, monotonic: float) -> bool:
        """Whether there are live objects though `heard` (s, monotonic: the clock may be set) is too long ago."""
        return bool(self.life.live) and monotonic - self.heard > SILENCE_S

    def gone(self) -> None:
        """End every object: the camera is off, or vision has died."""
        live = list(self.life.live.values())
        for change in self.life.end_all(self.rules()):
            self.outputs.tell(change)
        for each in live:
            if not each.published:
                self.outputs.finish(each)
        if self.motion.on:
            self.motion.on = False
            self.outputs.publish(f"{self.name}/motion", "OFF")

    def close(self, now: float) -> None:
        """End everything: the program stops."""
        self.gone()
        self._release(None)
        self._tell_reviews(self.line.close(now), None)
        self._tell_status()

    def begin_manual(self, activity: Activity, time: float) -> None:
        """Let a manual event count as activity from `time` on."""
        if activity.until is None or activity.until > time:
            self.manual[activity.id] = activity
        while len(self.manual) > MAX_MANUAL:
            del self.manual[next(iter(self.manual))]
        self._review(time, [*self.manual.values(), activity], self.rules())

    def end_manual(self, event_id: str, time: float) -> None:
        """Let a manual event count no longer than until `time`."""
        activity = self.manual.pop(event_id, None)
        if activity is not None and not self.manual:
            self.line.shorten(time)

    def forget(self, ids: Collection[str]) -> None:
        """Let deleted events be no part of the open review item."""
        for event_id in ids:
            self.manual.pop(event_id, None)
            if self.line.open is not None:
                self.line.open.forget(event_id)

    def activity(self) -> dict[str, Any]:
        """Return `motion` and `objects` of the message `camera_activity` (docs/api/websocket.md)."""
        return {
            "motion": self.motion.on,
            "objects": [_seen(live) for live in self.life.live.values() if live.published],
        }

    def _activities(self, rules: CameraRules) -> list[Activity]:
        # Only what has a row: whoever hears of the item asks for its events.
        found = [
            Activity(live.obj.id, live.obj.label, severity, live.name, live.obj.current_zones)
            for live in self.life.live.values()
            if live.stored and not live.deleted and (severity := rules.severity(live.obj)) is not None
        ]
        return [*found, *self.manual.values()]

    def _review(self, time: float, activities: Iterable[Activity], rules: CameraRules) -> None:
        changes = self.line.step(time, activities, rules)
        if any(change.kind == "new" for change in changes):
            self._thumb = (0.0, 0.0)
        pictured = next((key for key, live in self.life.live.items() if live.stored and live.picture), None)
        self._tell_reviews(changes, pictured)
        self._tell_status()

    def _tell_reviews(self, changes: list[ReviewChange], pictured: str | None) -> None:
        for change in changes:
            wanted = change.kind == "new" or (change.kind == "update" and change.item.thumb_time != self._thumb[0])
            future = self._thumbnail(change, pictured) if wanted and pictured else None
            if future is not None:
                self._release(future)
            elif change.kind == "new" and self._expects_picture(change):
                # Clients fetch the thumbnail on hearing of the item; its picture is on the way behind this frame.
                self._release(None)
                future = self._awaited = Future()
                self._ticks_awaited = 0
            self.outputs.tell_review(change, future)

    def _expects_picture(self, change: ReviewChange) -> bool:
        ids = change.item.detections
        return any(live.picture is None for key, live in self.life.live.items() if key in ids)

    def _release(self, thumbnail: Future[None] | None) -> None:
        """Let the message that waits for a thumbnail go, once `thumbnail` is done or at once without one."""
        awaited, self._awaited = self._awaited, None
        if awaited is None:
            return
        if thumbnail is None:
            awaited.set_result(None)
        else:
            thumbnail.add_done_callback(lambda _: awaited.set_result(None))

    def _thumbnail(self, change: ReviewChange, pictured: str) -> Future[None] | None:
        live = self.life.live.get(pictured)
        if live is None or live.picture is None:
            return None
        time = live.picture.frame_time
        near = [
            other.obj.box
            for other in self.life.live.values()
            if other.obj.id in change.item.detections and other is not live and abs(other.obj.frame_time - time) < 1
        ]
        boxes = [box.fractions(*live.frame) for box in (live.picture.box, *near)]
        change.item.thumb_time = change.after["data"]["thumb_time"] = time
        self._thumb = (time, _weight(live.picture.score, live.picture.box))
        return self.outputs.review_thumbnail(self.name, change.item.id, pictured, boxes)

    def _worth(self, picture: BestPicture) -> bool:
        time, weight = self._thumb
        return not time or (
            picture.frame_time - time >= REVIEW_PICTURE_S and _weight(picture.score, picture.box) > weight
        )

    def _tell_status(self) -> None:
        if self.line.status != self._status:
            self._status = self.line.status
            self.outputs.publish(f"{self.name}/review_status", self._status)

    def _send(self, live: LiveObject, rules: CameraRules) -> None:
        """Publish the object's picture if it is the best of its label now (docs/vision.md)."""
        sent, picture = self.sent, live.picture
        if sent is None or picture is None or (sent.zones and sent.zones.isdisjoint(live.obj.entered_zones)):
            return
        best = self._best.get(picture.label)
        fresh = _Best(picture.object_id, picture.score, picture.box.area, picture.frame_time)
        if best is not None and not _beats(fresh, best, rules.best_image_timeout):
            return
        self._best[picture.label] = fresh
        shown = rendering.Shown(
            label=live.name or picture.label,
            score=picture.score,
            frame_time=picture.frame_time,
            box=picture.box.fractions(*live.frame),
            region=picture.region.fractions(*live.frame),
        )
        topic, publish = f"{self.name}/{picture.label}/snapshot", self.outputs.publish

        def job(clean: bytes) -> None:
            publish(topic, rendering.snapshot(clean, shown, sent.style), retain=True)

        self.outputs.draw(picture.object_id, self.name, job, light=True)


def _beats(fresh: _Best, best: _Best, timeout: float) -> bool:
    return (
        fresh.object_id == best.object_id
        or fresh.time - best.time > timeout
        or fresh.score > best.score * 1.05
        or fresh.area > best.area * 1.1
    )


def _weight(score: float, box: Box) -> float:
    return score * box.area


def _seen(live: LiveObject) -> dict[str, Any]:
    obj = live.obj
    return {
        "id": obj.id,
        "label": f"{obj.label}-verified" if live.sub_label else obj.label,
        "stationary": obj.stationary,
        "area": obj.box.area,
        "ratio": round(obj.box.ratio, 2),
        "score": obj.score,
        "sub_label": live.name,
        "current_zones": list(obj.current_zones),
    }
