"""One camera: what its frames mean for objects, review items, motion and best pictures."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from dogwatch.bus.messages import BestPicture, FrameTracks, SoundLevel, SoundsHeard
from dogwatch.events import takeover
from dogwatch.events.counts import MotionState
from dogwatch.events.label_snapshots import LabelSnapshots, LabelSnapshotStyle
from dogwatch.events.lifecycle import Lifecycle
from dogwatch.events.live_object import LiveObject, ObjectChange
from dogwatch.events.outputs import EventOutputs
from dogwatch.events.review import ReviewLine
from dogwatch.events.review_item import ReviewActivity
from dogwatch.events.review_messages import ReviewMessages
from dogwatch.events.rules import CameraRules
from dogwatch.events.sounds import CameraSounds
from dogwatch.model import Severity

MAX_MANUAL = 100  # events going on at once; the oldest ones no longer count as activity
SILENCE_S = 60.0  # no camera's keyframes are further apart, so the analysis has died or the camera is off
TAKEOVER_S = 10.0  # within which an analysis process that goes on has found a new core


class CameraWatch:
    """The live state of one camera, under the `rules` of its configuration in force."""

    def __init__(
        self,
        name: str,
        rules: CameraRules,
        outputs: EventOutputs,
        label_snapshots: LabelSnapshotStyle | None = None,
    ) -> None:
        """Begin with nothing going on."""
        self.name, self.rules, self.outputs = name, rules, outputs
        self.life, self.line, self.motion = Lifecycle(name), ReviewLine(name), MotionState()
        self.manual: dict[str, ReviewActivity] = {}
        self.sounds = CameraSounds(name, outputs)
        self.heard = 0.0
        self._reviews = ReviewMessages(self.line, ChainMap(self.life.live, self.life.awaited), outputs)
        self.labels = LabelSnapshots(name, outputs, label_snapshots)
        self._severities: frozenset[str] = frozenset()
        self._restarted = self._patience = 0.0
        self._missed: list[takeover.MissedMessage] = []

    # ------------------------------------------------------------ frames

    def on_tracks(self, tracks: FrameTracks) -> None:
        """Take in a frame."""
        self._tell_missed()
        rules = self.rules
        for change in self.life.step(tracks, rules):
            self.outputs.tell(change)
            if change.kind == "new":
                self.labels.offer(change.live, rules.best_image_timeout)
        self._finish_untold({obj.id for obj in tracks.ended})
        if not self.life.awaited:
            self._restarted = 0.0
        if tracks.motion_boxes and self.motion.seen(tracks.frame_time):
            self.outputs.publish(f"{self.name}/motion", "ON")
        activities = self._activities()
        self._review(tracks.frame_time, activities, rules)
        severities = frozenset(activity.severity for activity in activities)
        if self.line.open is not None and (activities or self._severities):
            self.outputs.note_activity(self.line.open, changed=severities != self._severities)
        self._severities = severities

    def on_picture(self, picture: BestPicture) -> None:
        """Take in a better picture of an object."""
        if self.life.has_ended(picture.object_id):
            return
        rules = self.rules
        self.outputs.pictures.keep(picture)
        changes = self.life.picture(msgspec.structs.replace(picture, jpeg=b""), rules)
        self._tell_all(changes)
        live = self.life.find(picture.object_id)
        if live is None or live.obj.false_positive:
            return
        self.outputs.pictured(live, picture)
        if picture.object_id in self.life.live:  # else it follows with the first frame that lists the object
            if not changes:
                self.outputs.note_picture(live)
            if live.published:
                self.labels.offer(live, rules.best_image_timeout)
        self._reviews.on_picture(picture)

    def on_sound(self, level: SoundLevel) -> bool:
        """Take in how loud it is; return whether a sound has begun."""
        self._tell_missed()
        if not self.sounds.on_level(level, self.rules):
            return False
        self._review(level.time, self._activities(), self.rules)
        return True

    def on_sounds_heard(self, heard: SoundsHeard) -> bool:
        """Take in sounds that were told apart; return whether one has begun."""
        self._tell_missed()
        if not self.sounds.on_heard(heard, self.rules):
            return False
        self._review(heard.time, self._activities(), self.rules)
        return True

    def tick(self, now: float) -> bool:
        """Look at the clock (epoch s); return whether a sound has ended."""
        self._tell_missed()
        rules = self.rules
        heard = self.sounds.labels
        self.sounds.tick(now, rules)
        if self.motion.quiet(now, rules.motion_off_delay):
            self.outputs.publish(f"{self.name}/motion", "OFF")
        self._reviews.tick()
        for key in self.life.forget_early(now):
            self.outputs.pictures.drop(key)
        for key in [key for key, each in self.manual.items() if each.until is not None and each.until <= now]:
            del self.manual[key]
        if not self.awaiting:  # else frames that are on their way may show that the item goes on
            self._review(now, self._lasting(), rules)
        return self.sounds.labels != heard

    def silent(self, monotonic: float) -> bool:
        """Whether there are live objects though `heard` (s, monotonic: the clock may be set) is too long ago."""
        return bool(self.life.live) and monotonic - self.heard > SILENCE_S

    def gone(self) -> None:
        """End every object: the camera is off, or its analysis has died."""
        self._tell_missed()
        self.give_up()
        self._tell_all(self.life.end_all(self.rules))
        self._finish_untold()
        if self.motion.on:
            self.motion.on = False
            self.outputs.publish(f"{self.name}/motion", "OFF")

    def close(self, now: float) -> None:
        """End everything: the program stops."""
        self.gone()
        self.sounds.close()
        self._reviews.release(None)
        self._reviews.tell(self.line.close(now), None)

    # ------------------------------------------------------------ restart of the core

    @property
    def awaiting(self) -> bool:
        """Whether the analysis process is still to say what it tracks, since the restart of the core."""
        return bool(self._restarted)

    def leave(self) -> None:
        """Let everything go on without a core: a new one will take it over, and hear anew what sounds go on."""
        self.sounds.close()
        self._reviews.release(None)
        lives = [live for live in (*self.life.live.values(), *self.life.awaited.values()) if live.published]
        endless = [takeover.manual_row(one, self.name) for one in self.manual.values() if one.until is None]
        self.outputs.leave(lives, [self.line.open] if self.line.open else [], endless)

    def take_over(self, found: takeover.Ongoing, now: float) -> None:
        """Go on with what a core before this one knew, once the analysis process says what it still tracks."""
        self._missed = found.missed
        self.life.take_over(found.objects, found.ended)
        self.manual.update({activity.id: activity for activity in found.manual})
        if found.item is not None:
            self.line.take_over(found.item)
            self._reviews.take_over()
        if found.objects or found.item is not None:
            self._restarted = now

    def expect(self, monotonic: float) -> None:
        """Wait longer: an analysis process of the camera has come, but its next frame may take a while."""
        if self.awaiting:
            self._patience = monotonic + SILENCE_S

    def impatient(self, monotonic: float) -> bool:
        """Whether the analysis process has not said in time what it tracks."""
        if self.awaiting and not self._patience:
            self._patience = monotonic + TAKEOVER_S
        return self.awaiting and monotonic > self._patience

    def give_up(self) -> None:
        """End what a core before this one knew: nobody tracks it any more."""
        if not self.awaiting:
            return
        self._tell_all(self.life.give_up(self.rules))
        if not self._lasting():
            self._reviews.tell(self.line.cut_off(self._restarted), None)
        self._restarted = 0.0

    # ------------------------------------------------------------ manual events, and events that users delete

    def begin_manual(self, activity: ReviewActivity, time: float) -> None:
        """Let a manual event count as activity from `time` on."""
        self._tell_missed()
        if activity.until is None or activity.until > time:
            self.manual[activity.id] = activity
        while len(self.manual) > MAX_MANUAL:
            del self.manual[next(iter(self.manual))]
        self._review(time, [*self._lasting(), activity], self.rules)

    def end_manual(self, event_id: str, time: float) -> None:
        """Let a manual event count no longer than until `time`."""
        activity = self.manual.pop(event_id, None)
        if activity is not None and not self._lasting():
            self.line.shorten(time)
            if self.line.open is not None:
                self.outputs.note_activity(self.line.open, changed=True)

    def forget(self, ids: Collection[str]) -> None:
        """Let deleted events be no part of the open review item."""
        for event_id in ids:
            self.manual.pop(event_id, None)
            self.sounds.forget(event_id)
            if self.line.open is not None:
                self.line.open.forget(event_id)

    def activity(self) -> dict[str, Any]:
        """Return `motion` and `objects` of the message `camera_activity` (docs/api/websocket.md)."""
        return {
            "motion": self.motion.on,
            "objects": [_seen(live) for live in self.life.live.values() if live.published],
        }

    def _tell_missed(self) -> None:
        """Publish what the core before this one has not, before anything else; those who listen are there by now."""
        missed, self._missed = self._missed, []
        for one in missed:
            self.outputs.tell_missed(one)

    def _tell_all(self, changes: Iterable[ObjectChange]) -> None:
        for change in changes:
            self.outputs.tell(change)

    def _finish_untold(self, judged: Collection[str] = ()) -> None:
        """Finish objects that nobody was told of; the tracking has `judged` those that it has ended itself.

        Others go on as an older object, or were lost with the process.
        """
        for live in self.life.take_untold():
            if live.obj.id in judged and live.obj.false_positive:
                self.outputs.rejected(live)
            self.outputs.finish(live)

    def _activities(self) -> list[ReviewActivity]:
        # Only what has a row: whoever hears of the item asks for its events.
        found = [
            _activity(live, live.graded)
            for live in self.life.live.values()
            if live.graded is not None and live.stored and not live.deleted
        ]
        return [*found, *self._lasting()]

    def _lasting(self) -> list[ReviewActivity]:
        """Return what goes on without being seen in frames."""
        return [*self.manual.values(), *self.sounds.activities()]

    def _review(self, time: float, activities: Iterable[ReviewActivity], rules: CameraRules) -> None:
        changes = self.line.step(time, activities, rules)
        lives = self.life.live.items() if changes else ()
        pictured = next((key for key, live in lives if live.stored and live.picture and not live.picture_lost), None)
        self._reviews.tell(changes, pictured)


def _activity(live: LiveObject, severity: Severity) -> ReviewActivity:
    """Return the object's part in review items: the same value as long as it is the same."""
    obj, last = live.obj, live.activity
    if (
        last is None
        or last.severity != severity
        or last.zones != obj.current_zones
        or last.sub_label != live.name
        or last.label != obj.label
    ):
        last = live.activity = ReviewActivity(obj.id, obj.label, severity, live.name, obj.current_zones)
    return last


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
