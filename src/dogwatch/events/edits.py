"""What users change of events, whoever brings it: names, descriptions, protection from expiry, deletion.

Every function waits for the database, so call it from worker threads, not from the event loop.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from dogwatch.errors import NotFoundError
from dogwatch.events.hub import EventHub
from dogwatch.events.live_object import LiveObject
from dogwatch.store import event_names, event_removal, events

_log = logging.getLogger(__name__)


def set_sub_label(hub: EventHub, event_id: str, name: str | None, score: float | None = None) -> None:
    """Name an object, or take its name away with None; also one that has no row yet.

    Raises:
        NotFoundError: There is no such object and no such row.
    """
    live = hub.live(event_id)
    before = live.sub_label if live is not None else None
    _name(hub, live, (name, score) if name else None)
    try:
        found = hub.outputs.wait(lambda connection: event_names.rename(connection, event_id, name, score))
    except BaseException:
        _name(hub, live, before)
        raise
    if not found and live is None:
        raise _no_event(event_id)


def set_description(hub: EventHub, event_id: str, text: str | None) -> None:
    """Describe an event; an empty text or None takes the description away.

    Raises:
        NotFoundError: There is no such row.
    """
    camera = _change(hub, event_id, ("description", text or None), {}, {"description": text or None})
    body = {"type": "description", "id": event_id, "description": text or "", "camera": camera}
    hub.outputs.publish("tracked_object_update", body)


def set_plate(
    hub: EventHub,
    event_id: str,
    plate: str | None,
    score: float | None = None,
    *,
    owner: str | None = None,
    box: Sequence[int] | None = None,
) -> None:
    """Say which licence plate an event shows, or take it away with None.

    Args:
        hub: The events.
        event_id: The event.
        plate: The plate.
        score: How sure that is, from 0 to 1.
        owner: The name of a known plate.
        box: Where it was read: x1, y1, x2, y2 in pixels of the picture.

    Raises:
        NotFoundError: There is no such row.
    """
    columns, data = {"recognized_license_plate": plate}, {"recognized_license_plate_score": score if plate else None}
    camera = _change(hub, event_id, ("plate", (plate, score) if plate else None), columns, data)
    place = list(box) if box is not None else None
    body = {"type": "lpr", "id": event_id, "name": owner, "plate": plate, "score": score, "plate_box": place}
    hub.outputs.publish("tracked_object_update", {**body, "camera": camera, "timestamp": time.time()})


def set_face(
    hub: EventHub, event_id: str, camera: str, name: str | None, score: float, *, before: str | None = None
) -> None:
    """Tell whose face was seen, and name the event after them; None takes the name away that was told last.

    An event that somebody has named otherwise than `before`, the name that was told last, keeps that name. One whose
    name somebody has taken away stays without.

    Raises:
        NotFoundError: There is no such row.
    """
    with hub.outputs.db.read() as connection:
        row = events.one(connection, event_id)
    if row is None:
        raise _no_event(event_id)
    live = hub.live(event_id)
    present = live.sub_label[0] if live is not None and live.sub_label else row["sub_label"]
    if name is not None and present in (before, name):
        set_sub_label(hub, event_id, name, score)
    elif name is None and before is not None and present == before:
        set_sub_label(hub, event_id, None)
    body = {"type": "face", "id": event_id, "name": name, "score": score, "camera": camera}
    hub.outputs.publish("tracked_object_update", {**body, "timestamp": time.time()})


def _change(
    hub: EventHub, event_id: str, running: tuple[str, object], columns: dict[str, Any], data: dict[str, Any]
) -> str | None:
    """Change an event's row, and before it the attribute and value `running` of its object if that is still seen.

    Returns:
        The event's camera; None if the row has just gone.

    Raises:
        NotFoundError: There is no such row; the object is as before.
    """
    live, (name, value) = hub.live(event_id), running
    before = getattr(live, name, None)
    if live is not None:
        setattr(live, name, value)
    try:
        if not hub.outputs.wait(lambda connection: events.change(connection, event_id, columns, data)):
            raise _no_event(event_id)
    except BaseException:
        if live is not None:
            setattr(live, name, before)
        raise
    with hub.outputs.db.read() as connection:
        row = events.one(connection, event_id)
    return row["camera"] if row else None


def retain(hub: EventHub, event_id: str, *, on: bool) -> None:
    """Protect an event from expiry, or no longer.

    Raises:
        NotFoundError: There is no such row.
    """
    if not hub.outputs.wait(lambda connection: events.retain(connection, event_id, on=on)):
        raise _no_event(event_id)


def delete(hub: EventHub, ids: Sequence[str]) -> list[str]:
    """Delete events with their pictures and timelines; return the ids of those that were there.

    Raises:
        DiskGoneError: Their pictures cannot be deleted, as their disk is not there; nothing is deleted.
    """
    hub.outputs.files.verify()
    with hub.lock:
        lives = [live for event_id in ids if (live := hub.live(event_id)) is not None and live.stored]
        for live in lives:
            live.deleted = True  # before its row goes: a frame that comes meanwhile would write it anew
    try:
        gone: list[tuple[str, str]] = hub.outputs.wait(lambda connection: event_removal.remove(connection, ids))
    except BaseException:
        for live in lives:
            live.deleted = False
        raise
    with hub.lock:
        for watch in hub.watches.values():
            watch.forget([event_id for event_id, _ in gone])
    for event_id, camera in gone:
        forget_pictures(hub, camera, event_id)
    return [event_id for event_id, _ in gone]


def forget_pictures(hub: EventHub, camera: str, event_id: str) -> None:
    """Remove the pictures of an event that has no row any more."""
    try:
        hub.outputs.pictures.forget(event_id, camera)
    except OSError as error:  # the row is what counts; without it nobody finds them
        _log.warning("pictures of event %s stay on the disk: %s", event_id, error)


def _name(hub: EventHub, live: LiveObject | None, name: tuple[str, float | None] | None) -> None:
    """Give a live object a name or take it away, and tell of it."""
    with hub.lock:
        if live is None or hub.live(live.obj.id) is not live:  # it has ended meanwhile
            return
        live.sub_label = name
        for change in hub.watches[live.obj.camera].life.touch(live):
            hub.outputs.tell(change)


def _no_event(event_id: str) -> NotFoundError:
    return NotFoundError(f"Event {event_id} not found")
