"""Manual events: what somebody, or a program, has said is going on (docs/events.md).

Every function waits for the database, so call it from worker threads, not from the event loop.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from dogwatch.errors import DogwatchError, NotFoundError, RefusedError, unexpected
from dogwatch.events import edits, reasons, rendering
from dogwatch.events.hub import EventHub
from dogwatch.events.rendering import Fractions
from dogwatch.events.review_item import ReviewActivity
from dogwatch.events.rules import CameraRules
from dogwatch.events.timeline import external
from dogwatch.events.writes import result
from dogwatch.model import new_id
from dogwatch.store import events

_log = logging.getLogger(__name__)

LONGEST_S = 30 * 86_400


@dataclass(frozen=True, slots=True)
class ManualEvent:
    """A manual event to make.

    `duration` None means until it is ended; `pre_capture` seconds of footage before, None means the camera's
    setting; `draw` as in docs/api/events.md, checked; `user` has asked for it. It began at
    `time` (epoch s), None means now. If `patient`, its pictures may wait in memory while the disk is full: nobody waits
    for an answer that could tell so.
    """

    camera: str
    label: str
    sub_label: str | None = None
    score: float = 0
    duration: float | None = 30
    include_recording: bool = True
    draw: Mapping[str, Any] = field(default_factory=dict)
    pre_capture: float | None = None
    user: str = ""
    time: float | None = None
    patient: bool = False


def create(hub: EventHub, event: ManualEvent, picture: Callable[[], bytes | None]) -> str:
    """Make a manual event and return its id.

    Args:
        hub: Where it goes.
        event: The event.
        picture: Returns the camera's present frame as a JPEG, None if there is none.

    Raises:
        NotFoundError: There is no such camera, or it is switched off.
    """
    watch = hub.watches.get(event.camera)
    if watch is None or not (rules := watch.rules).enabled:
        raise NotFoundError(f"{event.camera} is not a valid camera.")
    clean = picture()
    now = hub.clock()
    event_id = new_id(now)
    row = _row(event_id, event, now, rules, has_snapshot=clean is not None)
    entry = external(event_id, event.camera, event.label, event.sub_label, row["start_time"])
    files = hub.outputs.files
    try:
        if clean is not None:
            write = files.write if event.patient else files.write_asked
            write(files.clean(event.camera, event_id), clean)
            write(files.thumb(event.camera, event_id), rendering.thumbnail(clean, _first_box(event)))
        why = reasons.kept_of_call(event.user, now, event.label, rules)
        result(hub.outputs.store(row, [entry], why=why, keep=False))  # who has asked is told that it failed
    except BaseException:
        edits.forget_pictures(hub, event.camera, event_id)
        raise
    activity = ReviewActivity(
        event_id, event.label, row["severity"], event.sub_label, kind="manual", until=row["end_time"]
    )
    with hub.lock:
        watch.begin_manual(activity, now)
    try:  # Whoever hears of the event may ask for its review item, whose row is written behind the event's.
        hub.outputs.wait(lambda _: None)
    except (
        DogwatchError,
        SQLAlchemyError,
        TimeoutError,
    ) as error:  # the event is there: without its id, nobody could end it
        _log.warning("the review item of event %s is written later: %s", event_id, error, exc_info=unexpected(error))
    return event_id


def end(hub: EventHub, event_id: str, end_time: float | None = None, *, patient: bool = False) -> None:
    """End a manual event at `end_time` (epoch s), default now.

    If `patient`, one that began later, since the clock was set back meanwhile, ends when it began.

    Raises:
        NotFoundError: There is no such manual event.
        RefusedError: It began later than that, or that is too far ahead.
    """
    now = hub.clock()
    until = now if end_time is None else end_time
    if until > now + LONGEST_S:
        raise RefusedError("end_time lies more than 30 days ahead.")
    with hub.outputs.db.read() as connection:
        row = events.one(connection, event_id)
    if row is None or row["data"]["type"] != "api":
        raise NotFoundError(f"Event {event_id} not found")
    if patient:
        until = max(until, row["start_time"])
    if until < row["start_time"]:
        raise RefusedError("end time must be after the event's start time")
    hub.outputs.wait(lambda connection: events.change(connection, event_id, {"end_time": until}, {}))
    with hub.lock:
        watch = hub.watches.get(row["camera"])
        if watch is not None:
            watch.end_manual(event_id, until)


def _row(event_id: str, event: ManualEvent, now: float, rules: CameraRules, *, has_snapshot: bool) -> dict[str, Any]:
    """Return the values of the event's row."""
    before = rules.pre_capture if event.pre_capture is None else event.pre_capture
    began = now if event.time is None else min(event.time, now)
    data: dict[str, Any] = {"snapshot_clean": has_snapshot, "snapshot_frame_time": began if has_snapshot else None}
    if event.draw:
        data["draw"] = dict(event.draw)
    return {
        "id": event_id,
        "camera": event.camera,
        "label": event.label,
        "sub_label": event.sub_label,
        "type": "api",
        "start_time": began - before,
        "end_time": None if event.duration is None else now + event.duration,
        "zones": [],
        "has_clip": event.include_recording and rules.record,
        "has_snapshot": has_snapshot,
        "score": event.score,
        "top_score": event.score,
        "average_speed": 0.0,
        "severity": rules.manual(event.label),
        "data": data,
    }


def _first_box(event: ManualEvent) -> Fractions | None:
    """Return the first box that is drawn, as `[x, y, w, h]` fractions."""
    boxes = event.draw.get("boxes") or ()
    return boxes[0]["box"] if boxes else None
