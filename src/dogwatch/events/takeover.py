"""What a new core must know of what goes on: written while it goes on, read at the next start.

Analysis processes outlive the core. An object that they still track goes on as the same event, and so does its review
item. What messages and rows do not hold is kept in the table `ongoing`: the state that was told last, timeline entries
that wait for a row, and the ends of a review item's activity.

A core may be killed after it has written a row, and before it has published `new` or `end`. So the table also says
which of the two were published, once they were: the next core publishes what is missing. Only a message that was
published just before the kill comes twice.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection

from dogwatch.bus.messages import BestPicture
from dogwatch.events import bodies
from dogwatch.events.live_object import Decision, LiveObject
from dogwatch.events.review_item import ReviewActivity, ReviewItem
from dogwatch.events.timeline import TimelineEntry
from dogwatch.model import Box, Detection, Severity, TrackedObject
from dogwatch.store import event_reasons, events, ongoing, reviews

_log = logging.getLogger(__name__)

Row = Mapping[str, Any]

REMEMBERED_S = 3600.0  # how long messages about an object that has ended may still be on their way


class ObjectState(msgspec.Struct, frozen=True):
    """What is kept of a tracked object that is told of; the path of one that goes on comes with the next frame."""

    obj: TrackedObject
    frame: tuple[int, int]
    sub_label: tuple[str, float | None] | None
    severity: Severity | None
    stored: bool
    entries: tuple[TimelineEntry, ...] = ()


class ReviewState(msgspec.Struct, frozen=True):
    """What is kept of an open review item beside its row."""

    last_alert: float
    last_any: float
    detection_since: float | None
    texts: dict[str, str]
    thumb_weight: float


@dataclass(frozen=True, slots=True)
class MissedMessage:
    """A message that the core before this one did not publish as far as is known."""

    topic: Literal["events", "reviews"]
    id: str
    kind: Literal["new", "end"]
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(slots=True)
class Ongoing:
    """What went on at one camera when the core before this one left; `ended` are objects that had ended by then."""

    objects: list[LiveObject] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    item: ReviewItem | None = None
    manual: list[ReviewActivity] = field(default_factory=list)
    missed: list[MissedMessage] = field(default_factory=list)


def object_row(live: LiveObject) -> dict[str, Any]:
    """Return the row of `ongoing` for an object; once its `end` is published, its state is dropped.

    Its state is the struct, of which the writer thread makes JSON: a dictionary of it takes longer than all else here.
    """
    obj = live.obj
    kept = ObjectState(
        msgspec.structs.replace(obj, path=()) if obj.end_time is None else obj,
        live.frame,
        live.sub_label,
        live.severity,
        live.stored is not None,
        tuple(live.entries),
    )
    return {"id": obj.id, "camera": obj.camera, "kind": "object", "end_time": obj.end_time, "state": kept}


def review_row(item: ReviewItem) -> dict[str, Any]:
    """Return the row of `ongoing` for a review item, which is removed once its `end` is published."""
    state = ReviewState(item.last_alert, item.last_any, item.detection_since, dict(item.objects), item.thumb_weight)
    return {
        "id": item.id, "camera": item.camera, "kind": "review", "end_time": item.end_time,
        "state": state,
    }  # fmt: skip


def manual_row(activity: ReviewActivity, camera: str) -> dict[str, Any]:
    """Return the row of `ongoing` for a manual event without an end that is to survive a restart."""
    return {"id": activity.id, "camera": camera, "kind": "manual", "end_time": None, "state": {}}


def load(connection: Connection, cameras: Collection[str], now: float) -> dict[str, Ongoing]:
    """Return what went on at each of `cameras`; what cannot be read any more is left out."""
    found = {camera: Ongoing() for camera in cameras}
    kept = [row for row in ongoing.load(connection) if row["camera"] in found]
    wanted = [row["id"] for row in kept if row["told"] != "end"]
    stored = {row["id"]: row for row in events.many(connection, wanted)}
    items = {row["id"]: row for row in reviews.many(connection, wanted, "")}
    why = event_reasons.many(connection, wanted)
    for row in sorted(kept, key=lambda row: row["kind"]):  # objects first: messages about review items list them
        camera = found[row["camera"]]
        try:
            if row["kind"] == "object":
                _take_object(camera, row, stored.get(row["id"]), why.get(row["id"], {}))
            elif row["kind"] == "review" and row["id"] in items:
                _take_item(camera, row, items[row["id"]])
            elif row["kind"] == "manual" and row["id"] in stored and stored[row["id"]]["end_time"] is None:
                camera.manual.append(_activity(stored[row["id"]]))
        except (msgspec.ValidationError, LookupError, TypeError) as error:  # another release has written it
            _log.warning("%s %s does not go on after the restart: %s", row["kind"], row["id"], error)
    for row in events.manual_until(connection, now):
        if row["camera"] in found:
            found[row["camera"]].manual.append(_activity(row))
    return found


def _take_object(camera: Ongoing, row: Row, event: Row | None, why: Row) -> None:
    """Take over an object; of one that has ended only what was not published."""
    if row["end_time"] is not None:
        camera.ended.append(row["id"])
    if row["told"] == "end":
        return
    live = _live_object(row["state"], event)
    live.decisions = msgspec.convert(why.get("decisions", ()), tuple[Decision, ...])
    _note_missed(camera, "events", row, live.body)
    if row["end_time"] is None:
        camera.objects.append(live)


def _take_item(camera: Ongoing, row: Row, stored: Row) -> None:
    """Take over a review item; of one that has ended only what was not published."""
    item = _item(row["state"], stored)
    _note_missed(camera, "reviews", row, item.body())
    if row["end_time"] is None:
        camera.item = item


def _note_missed(camera: Ongoing, topic: Literal["events", "reviews"], row: Row, body: dict[str, Any]) -> None:
    going_on = {**body, "end_time": None}
    if row["told"] is None:
        camera.missed.append(MissedMessage(topic, row["id"], "new", going_on, going_on))
    if row["end_time"] is not None:
        camera.missed.append(MissedMessage(topic, row["id"], "end", going_on, body))


def _live_object(state: Row, row: Row | None) -> LiveObject:
    """Rebuild an object as it was told last. That it had a row which is gone means that somebody has deleted it."""
    kept = msgspec.convert(state, ObjectState)
    live = LiveObject(
        kept.obj,
        kept.frame,
        sub_label=kept.sub_label,
        severity=kept.severity,
        published=True,
        deleted=kept.stored and row is None,
        told=kept.obj,
        known_until=kept.obj.frame_time,
        entries=list(kept.entries),
    )
    if row is not None:
        data = row["data"]
        live.sub_label = (row["sub_label"], data.get("sub_label_score")) if row["sub_label"] else None
        plate = data.get("recognized_license_plate")
        live.plate = (plate, data.get("recognized_license_plate_score")) if plate else None
        live.description = data.get("description")
        live.severity = data["max_severity"]
        live.has_clip, live.has_snapshot = row["has_clip"], row["has_snapshot"]
        live.picture = _picture(row, kept.frame)
        live.told_picture = live.picture.frame_time if live.picture else 0.0
        live.stored = bodies.essence(live)
    live.body = bodies.tracked(live)
    return live


def _picture(row: Row, frame: tuple[int, int]) -> BestPicture | None:
    data = row["data"]
    if data.get("snapshot_frame_time") is None:
        return None
    return BestPicture(
        camera=row["camera"],
        object_id=row["id"],
        label=row["label"],
        frame_time=data["snapshot_frame_time"],
        jpeg=b"",
        box=_box(data["box"], frame),
        region=_box(data["region"], frame),
        score=data["score"],
        thumb=b"",
        attributes=tuple(
            Detection(found["label"], found["score"], _box(found["box"], frame)) for found in data["attributes"]
        ),
    )


def _box(fractions: list[float], frame: tuple[int, int]) -> Box:
    x, y, width, height = fractions
    x1, y1 = round(x * frame[0]), round(y * frame[1])
    return Box(x1, y1, x1 + round(width * frame[0]), y1 + round(height * frame[1]))


def _item(state: Row, row: Row) -> ReviewItem:
    kept = msgspec.convert(state, ReviewState)
    data = row["data"]
    return ReviewItem(
        row["id"],
        row["camera"],
        row["severity"],
        row["start_time"],
        detections=dict.fromkeys(data["detections"]),
        objects=kept.texts,
        sub_labels=dict.fromkeys(data["sub_labels"]),
        zones=dict.fromkeys(data["zones"]),
        audio=dict.fromkeys(data["audio"]),
        thumb_time=data["thumb_time"],
        last_alert=kept.last_alert,
        last_any=kept.last_any,
        detection_since=kept.detection_since,
        thumb_weight=kept.thumb_weight,
        end_time=row["end_time"],
    )


def _activity(row: Row) -> ReviewActivity:
    return ReviewActivity(
        row["id"], row["label"], row["data"]["max_severity"] or "alert", row["sub_label"],
        kind="manual", until=row["end_time"],
    )  # fmt: skip
