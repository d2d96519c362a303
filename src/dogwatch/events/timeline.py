"""The moments of an object's life that the timeline shows (docs/api/timeline.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from dogwatch.model import TrackedObject


class TimelineEntry(msgspec.Struct, frozen=True):
    """One row of the timeline; `data` is as in docs/api/timeline.md."""

    timestamp: float
    camera: str
    source: str
    source_id: str
    class_type: str
    data: dict[str, Any]

    def row(self) -> dict[str, Any]:
        """Return the values of the table's row."""
        return msgspec.structs.asdict(self)


def moments(
    before: TrackedObject | None, after: TrackedObject | None, frame: tuple[int, int], sub_label: str | None
) -> Iterator[TimelineEntry]:
    """Yield what has happened between two states of an object.

    Args:
        before: The earlier state; None when the object has just appeared.
        after: The later state; None when it has gone, and `before` is its last state.
        frame: Width and height of the detect frame in pixels.
        sub_label: Its sub-label's name, if it has one.
    """
    if after is None:
        if before is not None:
            yield _entry(before, "gone", frame, sub_label)
        return
    if before is None:
        yield _entry(after, "visible", frame, sub_label)
    entered = [zone for zone in after.entered_zones if before is None or zone not in before.entered_zones]
    if entered:
        yield _entry(after, "entered_zone", frame, sub_label, zones=entered)
    if before is None:
        return
    if before.stationary != after.stationary:
        yield _entry(after, "stationary" if after.stationary else "active", frame, sub_label)
    for label in after.attributes.keys() - before.attributes.keys():
        boxes = [found.box.fractions(*frame) for found in after.current_attributes if found.label == label]
        extra: dict[str, Any] = {"attribute_box": boxes[0]} if boxes else {}
        yield _entry(after, "attribute", frame, sub_label, attribute=label, **extra)


def heard(event_id: str, camera: str, label: str, time: float) -> TimelineEntry:
    """Return the entry for the start of a sound."""
    return TimelineEntry(
        time, camera, "audio", event_id, "heard", {"camera": camera, "label": label, "sub_label": None}
    )


def external(event_id: str, camera: str, label: str, sub_label: str | None, time: float) -> TimelineEntry:
    """Return the entry for the start of a manual event."""
    data = {"camera": camera, "label": label, "sub_label": sub_label}
    return TimelineEntry(time, camera, "api", event_id, "external", data)


def _entry(obj: TrackedObject, kind: str, frame: tuple[int, int], sub_label: str | None, **extra: Any) -> TimelineEntry:
    times = {"visible": obj.start_time, "gone": obj.end_time}
    time = times.get(kind)
    data = {
        "camera": obj.camera,
        "label": obj.label,
        "sub_label": sub_label,
        "box": obj.box.fractions(*frame),
        "region": obj.region.fractions(*frame),
        "attribute": "",
        "score": obj.score,
        "computed_score": obj.computed_score,
        "top_score": obj.top_score,
        "zones": list(obj.current_zones),
    }
    return TimelineEntry(
        obj.frame_time if time is None else time, obj.camera, "tracked_object", obj.id, kind, {**data, **extra}
    )
