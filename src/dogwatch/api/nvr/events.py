"""`/api/events`: tracked objects, sounds and manual events (docs/api/events.md)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response, StreamingResponse

from dogwatch.api import filters
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.numbers import Limit, Real, Time
from dogwatch.api.pictures import caller_key, refusal
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.errors import MediaError
from dogwatch.events import edits, manual
from dogwatch.events.manual import ManualEvent
from dogwatch.events.media import EventMedia
from dogwatch.live.drawing import Look
from dogwatch.media.picture_pool import POOL, TooManyWaitingError
from dogwatch.store import events
from dogwatch.store.event_filter import EventFilter

router = APIRouter()

Flag = bool | None
NOT_FOUND = "Event not found"
NO_LABELLING_SERVICE = "PLUS_API_KEY environment variable is not set"
MANUAL_QUALITY = 95
MOST_EVENTS = 10_000  # as many as the largest request of a known client names
TOGETHER = 200  # rows with their pictures, about 2 MB, that are held at a time


class SubLabel(BaseModel):
    """The body of a new sub-label; `camera` is known to clients and not needed."""

    sub_label: Annotated[str, Field(alias="subLabel", max_length=100)]
    score: Annotated[float | None, Field(alias="subLabelScore", gt=0, le=1)] = None


class Description(BaseModel):
    """The body of a new description; empty or null takes it away."""

    description: Annotated[str | None, Field(max_length=10_000)]


class Ids(BaseModel):
    """The body that names events."""

    event_ids: list[str]


class DrawnBox(BaseModel):
    """A box on a manual event's snapshot: fractions, RGB, percent."""

    box: Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=4, max_length=4)]
    color: Annotated[list[Annotated[int, Field(ge=0, le=255)]], Field(min_length=3, max_length=3)] = [255, 0, 0]
    score: Annotated[float | None, Field(ge=0, le=100)] = None


class Draw(BaseModel):
    """What is drawn on a manual event's snapshot."""

    boxes: Annotated[list[DrawnBox], Field(max_length=100)] = []


class Manual(BaseModel):
    """The body of a manual event."""

    sub_label: Annotated[str | None, Field(max_length=100)] = None
    score: Real = 0
    duration: Annotated[int | None, Field(ge=0, le=manual.LONGEST_S)] = 30
    include_recording: bool = True
    draw: Draw | None = None
    pre_capture: Annotated[int | None, Field(ge=0, le=3600)] = None


class End(BaseModel):
    """The body that ends a manual event."""

    end_time: Time | None = None


def _filter(
    caller: TheCaller,
    camera: str = filters.ALL,
    cameras: str = filters.ALL,
    label: str = filters.ALL,
    labels: str = filters.ALL,
    sub_label: str = filters.ALL,
    sub_labels: str = filters.ALL,
    attributes: str = filters.ALL,
    zone: str = filters.ALL,
    zones: str = filters.ALL,
    recognized_license_plate: str = filters.ALL,
    limit: Limit = 100,
    after: Time | None = None,
    before: Time | None = None,
    time_range: str = "00:00,24:00",
    timezone: str = "utc",
    has_clip: Flag = None,
    has_snapshot: Flag = None,
    in_progress: Flag = None,
    favorites: Flag = None,
    min_score: Real | None = None,
    max_score: Real | None = None,
    min_speed: Real | None = None,
    max_speed: Real | None = None,
    is_submitted: Flag = None,
    min_length: Real | None = None,
    max_length: Real | None = None,
    event_id: str | None = None,
    sort: str = "date_desc",
) -> EventFilter:
    return EventFilter(
        cameras=filters.visible(caller, filters.either(cameras, camera)),
        labels=filters.either(labels, label),
        sub_labels=filters.either(sub_labels, sub_label),
        attributes=filters.listed(attributes),
        zones=filters.either(zones, zone),
        plates=filters.listed(recognized_license_plate),
        after=after,
        before=before,
        time_range=filters.time_range(time_range),
        zone=filters.timezone(timezone),
        has_clip=has_clip,
        has_snapshot=has_snapshot,
        in_progress=in_progress,
        favorites=favorites,
        is_submitted=is_submitted,
        min_score=min_score,
        max_score=max_score,
        min_speed=min_speed,
        max_speed=max_speed,
        min_length=min_length,
        max_length=max_length,
        event_id=event_id,
        sort=sort,
        limit=min(limit, MOST_EVENTS),
    )


@router.get("/api/events")
def list_events(
    services: TheServices, wanted: Annotated[EventFilter, Depends(_filter)], include_thumbnails: bool = True
) -> Response:
    """Return the events that all filters let through."""
    with services.db.read() as connection:
        rows = events.find(connection, wanted)
    if include_thumbnails and len(rows) > TOGETHER:
        return StreamingResponse(_pieces(rows, services), media_type="application/json")
    return JSONResponse([_pictured(row, services, wanted=include_thumbnails) for row in rows])


@router.get("/api/events/explore")
def explore(services: TheServices, caller: TheCaller, limit: Limit = 10) -> JSONResponse:
    """Return the newest events of each label."""
    with services.db.read() as connection:
        return JSONResponse(events.explore(connection, filters.visible(caller, None), limit))


@router.get("/api/events/summary")
def summary(
    services: TheServices, caller: TheCaller, timezone: str = "utc", has_clip: Flag = None, has_snapshot: Flag = None
) -> JSONResponse:
    """Return counts by camera, label, sub label, zones and day."""
    wanted = EventFilter(
        cameras=filters.visible(caller, None),
        has_clip=has_clip,
        has_snapshot=has_snapshot,
        zone=filters.timezone(timezone),
        limit=None,
    )
    with services.db.read() as connection:
        return JSONResponse(events.summary(connection, wanted))


@router.get("/api/event_ids")
def by_ids(services: TheServices, caller: TheCaller, ids: str) -> JSONResponse:
    """Return the events with these ids."""
    wanted = [event_id for event_id in ids.split(",") if event_id]
    if not wanted:
        raise ApiError(400, "Valid list of ids must be sent")
    with services.db.read() as connection:
        rows = events.many(connection, wanted)
    return JSONResponse([_full(row, services) for row in rows if caller.may_see(row["camera"])])


@router.get("/api/events/{event_id}")
def one(services: TheServices, event_id: str) -> JSONResponse:
    """Return one event."""
    with services.db.read() as connection:
        row = events.one(connection, event_id)
    if row is None:
        raise ApiError(404, NOT_FOUND, body=NOT_FOUND)
    return JSONResponse(_full(row, services))


@router.delete("/api/events/{event_id}")
def delete(services: TheServices, event_id: str) -> dict[str, Any]:
    """Delete an event and its pictures; recordings stay."""
    if not edits.delete(services.events, [event_id]):
        raise ApiError(404, f"Event {event_id} not found")
    return ok(f"Event {event_id} deleted")


@router.delete("/api/events/")
def delete_many(services: TheServices, body: Ids) -> dict[str, Any]:
    """Delete events and their pictures."""
    if not body.event_ids:
        raise ApiError(404, "No event ids provided.")
    gone = edits.delete(services.events, body.event_ids)
    missing = [event_id for event_id in body.event_ids if event_id not in gone]
    return {"success": True, "deleted_events": gone, "not_found_events": missing}


@router.post("/api/events/{event_id}/retain")
def retain(services: TheServices, event_id: str) -> dict[str, Any]:
    """Keep an event for ever."""
    edits.retain(services.events, event_id, on=True)
    return ok(f"Event {event_id} retained")


@router.delete("/api/events/{event_id}/retain")
def release(services: TheServices, event_id: str) -> dict[str, Any]:
    """Keep an event no longer than usual."""
    edits.retain(services.events, event_id, on=False)
    return ok(f"Event {event_id} un-retained")


@router.post("/api/events/{event_id}/sub_label")
def set_sub_label(services: TheServices, event_id: str, body: SubLabel) -> dict[str, Any]:
    """Name an object."""
    edits.set_sub_label(services.events, event_id, body.sub_label or None, body.score)
    return ok(f"Event {event_id} sub label set to {body.sub_label or 'None'}")


@router.post("/api/events/{event_id}/description")
def set_description(services: TheServices, event_id: str, body: Description) -> dict[str, Any]:
    """Describe an event."""
    edits.set_description(services.events, event_id, body.description)
    return ok(f"Event {event_id} description set to {body.description or ''}")


@router.post("/api/events/{event_id}/plus")
@router.put("/api/events/{event_id}/false_positive")
def send_to_labelling() -> dict[str, Any]:
    """Refuse: there is no labelling service."""
    raise ApiError(400, NO_LABELLING_SERVICE)


@router.post("/api/events/{camera}/{label}/create")
def create(
    request: Request,
    services: TheServices,
    camera: str,
    label: Annotated[str, Path(max_length=100)],
    body: Annotated[Manual | None, Body()] = None,
) -> dict[str, Any]:
    """Make a manual event from now on."""
    asked = body or Manual()
    event = ManualEvent(
        camera=camera,
        label=label,
        sub_label=asked.sub_label or None,
        score=asked.score,
        duration=asked.duration,
        include_recording=asked.include_recording,
        draw=asked.draw.model_dump() if asked.draw and asked.draw.boxes else {},
        pre_capture=asked.pre_capture,
    )
    caller = caller_key(request.scope)
    event_id = manual.create(services.events, event, lambda: _present(services, camera, caller))
    return {"success": True, "message": "Successfully created event.", "event_id": event_id}


@router.put("/api/events/{event_id}/end")
def end(services: TheServices, event_id: str, body: Annotated[End | None, Body()] = None) -> dict[str, Any]:
    """End a manual event."""
    manual.end(services.events, event_id, body.end_time if body else None)
    return ok("Event successfully ended.")


def _present(services: Services, camera: str, caller: str) -> bytes | None:
    """Return the camera's present frame, None if there is none."""
    try:
        still = POOL.run(caller, lambda: services.pictures.still(camera, Look(quality=MANUAL_QUALITY)))
    except TooManyWaitingError as error:
        raise refusal(error) from None
    except (MediaError, KeyError):
        return None
    return None if still.offline else still.data


def _pictured(row: dict[str, Any], services: Services, *, wanted: bool) -> dict[str, Any]:
    stored = None
    if wanted:
        stored = EventMedia(services.db, services.events).stored_thumbnail(row["camera"], row["id"])
    return {**row, "thumbnail": base64.b64encode(stored).decode() if stored else None}


def _pieces(rows: list[dict[str, Any]], services: Services) -> Iterator[bytes]:
    """Yield a list of rows with their thumbnails as JSON, some at a time: together they may be 100 MB."""
    for first in range(0, len(rows), TOGETHER):
        some = [_pictured(row, services, wanted=True) for row in rows[first : first + TOGETHER]]
        text = json.dumps(some, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        yield ("," if first else "[").encode() + text[1:-1].encode()
    yield b"]"


def _full(row: dict[str, Any], services: Services) -> dict[str, Any]:
    """Return a row as it is given by id: with its thumbnail and the keys of old releases."""
    legacy = ("score", "region", "area", "ratio", "model_hash", "detector_type", "model_type")
    return {**_pictured(row, services, wanted=True), **dict.fromkeys(legacy)}
