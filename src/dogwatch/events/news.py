"""What an object qualifies for, and when its state is worth a message (docs/events.md)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from dogwatch.events.live_object import Decision, LiveObject
from dogwatch.events.rules import LOGOS, CameraRules
from dogwatch.model import TrackedObject

QUIET_S = 60.0
PICTURE_S = 5.0
IDENTIFYING_PICTURE_S = 1.0
IDENTIFYING = frozenset({"face", "license_plate", "licence_plate"})
PATH_S = 1.0
SPEED_STEP = 2.0  # km/h or mph; smaller changes are noise of the estimate


def judge(live: LiveObject, rules: CameraRules) -> None:
    """Raise what the object qualifies for; nothing of it is ever taken back."""
    obj = live.obj
    severity = live.graded = rules.severity(obj) if obj.end_time is None else None
    if severity is not None and severity != live.severity and live.severity != "alert":
        live.severity = severity
        rule = rules.alerts if severity == "alert" else rules.detections
        labels = None if rule.labels is None else tuple(sorted(rule.labels))
        _note(live, severity, f"review.{severity}s", labels, rule.required_zones, obj.current_zones)
    moved = obj.position_changes > 0
    if not live.has_clip and rules.record and moved and live.severity is not None:
        live.has_clip = True
        _note(live, "clip", "record.enabled")
    zones = not rules.snapshot_zones or not rules.snapshot_zones.isdisjoint(obj.entered_zones)
    pictured = live.picture is not None and not live.picture_lost
    if not live.has_snapshot and rules.snapshots and moved and zones and pictured:
        live.has_snapshot = True
        key = "snapshots.required_zones" if rules.snapshot_zones else "snapshots.enabled"
        _note(live, "snapshot", key, None, rules.snapshot_zones, obj.entered_zones)


def _note(
    live: LiveObject,
    decision: str,
    setting: str,
    labels: tuple[str, ...] | None = None,
    required: Collection[str] = (),
    zones: tuple[str, ...] = (),
) -> None:
    time = live.obj.frame_time
    live.decisions += (Decision(time, decision, setting, labels, tuple(sorted(required)), zones),)


def name_by_logo(live: LiveObject) -> None:
    """Take the best logo that was seen on the object as its sub-label, if it has none."""
    if not live.obj.attributes or live.sub_label is not None:
        return
    logos = [(score, label) for label, score in live.obj.attributes.items() if label in LOGOS]
    if logos:
        score, label = max(logos)
        live.sub_label = (label, score)


def better_picture(live: LiveObject) -> bool:
    """Whether there is an untold picture, and the last message is long enough ago."""
    if live.picture is None or live.picture.frame_time == live.told_picture:
        return False
    identifying = any(found.label in IDENTIFYING for found in live.picture.attributes)
    wait = IDENTIFYING_PICTURE_S if identifying else PICTURE_S
    return not live.told_picture or live.obj.frame_time - live.told_time >= wait


def goes_on(live: LiveObject, obj: TrackedObject, rules: CameraRules) -> bool:
    """Whether `obj`, its next state, has nothing to tell: as it was judged, and too early for what only time brings.

    This is nearly every object in every frame, so it is one expression: `judge`, `moments`, `better_picture` and `due`
    would take ten times as long to find the same.
    """
    before, told, picture = live.obj, live.told, live.picture
    since = obj.frame_time - live.told_time
    return (
        live.judged_by is rules
        and told is not None
        and obj.current_zones == before.current_zones
        and obj.stationary == before.stationary
        and obj.position_changes == before.position_changes
        and obj.entered_zones == before.entered_zones
        and obj.pending_loitering == before.pending_loitering
        and obj.loitering_zones == before.loitering_zones
        and obj.attributes == before.attributes
        and not obj.false_positive
        and -SPEED_STEP < obj.current_speed - told.current_speed < SPEED_STEP
        and (len(obj.path) == len(told.path) or since < PATH_S)
        and since <= QUIET_S
        and (
            picture is None
            or picture.frame_time == live.told_picture
            or (bool(live.told_picture) and not picture.attributes and since < PICTURE_S)
        )
    )


def counts_anew(before: TrackedObject, after: TrackedObject) -> bool:
    """Whether something has changed that counts of objects depend on."""
    return (
        after.false_positive != before.false_positive
        or after.stationary != before.stationary
        or after.current_zones != before.current_zones
        or after.attributes != before.attributes
        or after.label != before.label
    )


def due(live: LiveObject) -> bool:
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
