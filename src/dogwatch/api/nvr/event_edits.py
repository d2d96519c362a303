"""Changes of events: names, descriptions, protection from expiry, deletion, manual events (docs/api/events.md)."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request
from pydantic import BaseModel, Field

from dogwatch.api import answers
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Real, Time
from dogwatch.api.pictures import caller_key, refusal
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.errors import MediaError, NotFoundError
from dogwatch.events import edits, manual, verdicts
from dogwatch.events.manual import ManualEvent
from dogwatch.live.drawing import PictureStyle
from dogwatch.media.picture_pool import POOL, TooManyWaitingError
from dogwatch.store import events

router = APIRouter(route_class=LateRoute)

MANUAL_QUALITY = 95
NO_NUL = r"^[^\x00]*$"  # PostgreSQL does not store it


class SubLabel(BaseModel):
    """The body of a new sub-label; `camera` is known to clients and not needed."""

    sub_label: Annotated[str, Field(alias="subLabel", max_length=100, pattern=NO_NUL)]
    score: Annotated[float | None, Field(alias="subLabelScore", gt=0, le=1)] = None


class Description(BaseModel):
    """The body of a new description; empty or null takes it away."""

    description: Annotated[str | None, Field(max_length=10_000, pattern=NO_NUL)]


class Plate(BaseModel):
    """The body of a licence plate; an empty one takes it away."""

    plate: Annotated[str, Field(alias="recognizedLicensePlate", max_length=100, pattern=NO_NUL)]
    score: Annotated[float | None, Field(alias="recognizedLicensePlateScore", gt=0, le=1)] = None


class Attributes(BaseModel):
    """The body of values that classification models give an object."""

    attributes: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=100)]


class EventIds(BaseModel):
    """The body that names events."""

    event_ids: list[str]


class DrawnBox(BaseModel):
    """A box on a manual event's snapshot: fractions, RGB, percent."""

    box: Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=4, max_length=4)]
    color: Annotated[list[Annotated[int, Field(ge=0, le=255)]], Field(min_length=3, max_length=3)] = [255, 0, 0]
    score: Annotated[float | None, Field(ge=0, le=100)] = None


class Drawn(BaseModel):
    """What is drawn on a manual event's snapshot."""

    boxes: Annotated[list[DrawnBox], Field(max_length=100)] = []


class ManualBody(BaseModel):
    """The body of a manual event."""

    sub_label: Annotated[str | None, Field(max_length=100, pattern=NO_NUL)] = None
    score: Real = 0
    duration: Annotated[int | None, Field(ge=0, le=manual.LONGEST_S)] = 30
    include_recording: bool = True
    draw: Drawn | None = None
    pre_capture: Annotated[int | None, Field(ge=0, le=3600)] = None


class ManualEnd(BaseModel):
    """The body that ends a manual event."""

    end_time: Time | None = None


@router.delete("/api/events/{event_id}")
def delete(services: TheServices, event_id: str) -> dict[str, Any]:
    """Delete an event and its pictures; recordings stay."""
    found = verdicts.find(services.db, event_id)
    if not edits.delete(services.events, [event_id]):
        raise ApiError(404, f"Event {event_id} not found")
    verdicts.learn_from_deletion(services.learnt.false_places, found, time.time())
    return ok(f"Event {event_id} deleted")


@router.delete("/api/events/")
def delete_many(services: TheServices, body: EventIds) -> dict[str, Any]:
    """Delete events and their pictures."""
    if not body.event_ids:
        raise ApiError(404, "No event ids provided.")
    gone = edits.delete(services.events, body.event_ids)
    missing = [event_id for event_id in body.event_ids if event_id not in gone]
    return {"success": True, "deleted_events": gone, "not_found_events": missing}


@router.post("/api/events/{event_id}/retain")
def retain(services: TheServices, event_id: str) -> dict[str, Any]:
    """Keep an event for ever."""
    with verdicts.learning(services.learnt.false_places, services.db, event_id):
        edits.retain(services.events, event_id, on=True)
    return ok(f"Event {event_id} retained")


@router.delete("/api/events/{event_id}/retain")
def release(services: TheServices, event_id: str) -> dict[str, Any]:
    """Keep an event no longer than usual."""
    with verdicts.learning(services.learnt.false_places, services.db, event_id):
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


@router.post("/api/events/{event_id}/recognized_license_plate")
def set_plate(services: TheServices, event_id: str, body: Plate) -> dict[str, Any]:
    """Say which licence plate a vehicle has."""
    edits.set_plate(services.events, event_id, body.plate or None, body.score)
    return ok(f"Event {event_id} license plate set to {body.plate or 'None'}")


@router.post("/api/events/{event_id}/attributes")
def set_attributes(services: TheServices, event_id: str, body: Attributes) -> dict[str, Any]:
    """Refuse: no classification model gives objects attributes."""
    with services.db.read() as connection:
        if events.one(connection, event_id) is None:
            raise ApiError(404, f"Event {event_id} not found")
    raise ApiError(400, f"No classification model knows any of these attributes: {', '.join(body.attributes)}")


@router.post("/api/events/{camera}/{label}/create", responses=answers.refusals(429))
def create(
    request: Request,
    services: TheServices,
    sender: TheCaller,
    camera: str,
    label: Annotated[str, Path(max_length=100)],
    body: Annotated[ManualBody | None, Body()] = None,
) -> dict[str, Any]:
    """Make a manual event from now on."""
    asked = body or ManualBody()
    event = ManualEvent(
        camera=camera,
        label=label,
        sub_label=asked.sub_label or None,
        score=asked.score,
        duration=asked.duration,
        include_recording=asked.include_recording,
        draw=asked.draw.model_dump() if asked.draw and asked.draw.boxes else {},
        pre_capture=asked.pre_capture,
        user=sender.username,
    )
    caller = caller_key(request.scope)
    event_id = manual.create(services.events, event, lambda: _present(services, camera, caller))
    return {"success": True, "message": "Successfully created event.", "event_id": event_id}


@router.put("/api/events/{event_id}/end")
def end(services: TheServices, event_id: str, body: Annotated[ManualEnd | None, Body()] = None) -> dict[str, Any]:
    """End a manual event."""
    manual.end(services.events, event_id, body.end_time if body else None)
    return ok("Event successfully ended.")


def _present(services: Services, camera: str, caller: str) -> bytes | None:
    """Return the camera's present frame, None if there is none."""
    try:
        still = POOL.run(caller, lambda: services.pictures.still(camera, PictureStyle(quality=MANUAL_QUALITY)))
    except TooManyWaitingError as error:
        raise refusal(error) from None
    except (MediaError, NotFoundError):
        return None
    return None if still.offline else still.data
