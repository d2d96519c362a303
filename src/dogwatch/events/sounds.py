"""Sounds at one camera, from levels to events, review items and topics (docs/audio.md).

A sound goes on until it was not heard for `max_not_heard`. Its event is of type `audio`; it has no picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from dogwatch.audio.loud_noise import LoudNoise
from dogwatch.bus.messages import SoundLevel, SoundsHeard
from dogwatch.events import reasons, timeline
from dogwatch.events.review_item import ReviewActivity
from dogwatch.model import new_id
from dogwatch.store import events

if TYPE_CHECKING:
    from dogwatch.events.outputs import EventOutputs
    from dogwatch.events.rules import CameraRules

LOUD_NOISE = "loud_noise"
TELL_EVERY_S, REPEAT_S = 1.0, 15.0
CHANGED_DB = 0.5
"""What is less is told only when it is time to repeat the level."""
AHEAD_S = 10.0  # a sound that was heard later than this from now was heard before the clock was set back


@dataclass(slots=True)
class _Sound:
    """One that goes on."""

    activity: ReviewActivity | None
    event_id: str
    heard: float
    score: float
    top_score: float


class CameraSounds:
    """What one camera hears."""

    def __init__(self, camera: str, outputs: EventOutputs) -> None:
        """Begin with silence."""
        self._camera, self._outputs = camera, outputs
        self._noise = LoudNoise()
        self._sounds: dict[str, _Sound] = {}
        self._told, self._told_dbfs = 0.0, 0.0

    @property
    def labels(self) -> list[str]:
        """What goes on now."""
        return sorted(self._sounds)

    @property
    def event_ids(self) -> list[str]:
        """The events of what goes on now."""
        return [sound.event_id for sound in self._sounds.values()]

    def activities(self) -> Iterator[ReviewActivity]:
        """Yield what counts for review items."""
        return (sound.activity for sound in self._sounds.values() if sound.activity is not None)

    def on_level(self, level: SoundLevel, rules: CameraRules) -> bool:
        """Take in a level; return whether a sound has begun."""
        if not rules.sound.enabled:
            return False
        same = abs(level.dbfs - self._told_dbfs) < CHANGED_DB
        if not 0 <= level.time - self._told < (REPEAT_S if same else TELL_EVERY_S):
            self._told, self._told_dbfs = level.time, level.dbfs
            self._outputs.publish(f"{self._camera}/audio/dBFS", round(level.dbfs, 1))
            self._outputs.publish(f"{self._camera}/audio/rms", round(level.rms, 1))
        score = self._noise.score(level.time, level.dbfs, counts=level.rms >= rules.sound.min_volume)
        return score is not None and rules.sound.loud_noise and self._heard(LOUD_NOISE, level.time, score, rules)

    def on_heard(self, message: SoundsHeard, rules: CameraRules) -> bool:
        """Take in sounds that were told apart; return whether one has begun."""
        begun = [
            self._heard(label, message.time, score, rules)
            for label, score in message.scores.items()
            if rules.sound.hears(label, score)
        ]
        return any(begun)

    def tick(self, now: float, rules: CameraRules) -> None:
        """End what was not heard for long, and everything when sound is switched off."""
        limit = rules.sound.max_not_heard if rules.sound.enabled else 0.0
        for label in [label for label, one in self._sounds.items() if not -AHEAD_S < now - one.heard < limit]:
            self._end(label)

    def close(self) -> None:
        """End everything."""
        for label in list(self._sounds):
            self._end(label)

    def forget(self, event_id: str) -> None:
        """Let a deleted event be part of no review item."""
        for sound in self._sounds.values():
            if sound.event_id == event_id:
                sound.activity = None

    def _heard(self, label: str, time: float, score: float, rules: CameraRules) -> bool:
        sound = self._sounds.get(label)
        if sound is not None:
            sound.heard, sound.score, sound.top_score = time, score, max(sound.top_score, score)
            return False
        event_id, severity = new_id(time), rules.audio(label)
        activity = ReviewActivity(event_id, label, severity, kind="audio") if severity else None
        self._sounds[label] = _Sound(activity, event_id, time, score, score)
        row = _row(event_id, self._camera, label, time, score, severity, has_clip=rules.record)
        why = reasons.kept_of_sound(time, label, rules, score)
        self._outputs.store(row, [timeline.heard(event_id, self._camera, label, time)], why=why)
        self._publish(label, "ON")
        return True

    def _end(self, label: str) -> None:
        sound = self._sounds.pop(label)
        columns = {"end_time": sound.heard, "top_score": sound.top_score}
        self._outputs.submit(partial(events.change, event_id=sound.event_id, columns=columns, data={}))
        self._publish(label, "OFF")

    def _publish(self, label: str, state: str) -> None:
        self._outputs.publish(f"{self._camera}/audio/{label}", state)
        self._outputs.publish(f"{self._camera}/audio/all", "ON" if self._sounds else "OFF")


def _row(
    event_id: str, camera: str, label: str, time: float, score: float, severity: str | None, *, has_clip: bool
) -> dict[str, Any]:
    """Return the values of a sound's row."""
    return {
        "id": event_id,
        "camera": camera,
        "label": label,
        "sub_label": None,
        "type": "audio",
        "start_time": time,
        "end_time": None,
        "zones": [],
        "has_clip": has_clip,
        "has_snapshot": False,
        "score": score,
        "top_score": score,
        "average_speed": 0.0,
        "severity": severity,
        "data": {},
    }
