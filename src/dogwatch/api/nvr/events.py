"""`/api/events`: tracked objects, sounds and manual events (docs/api/events.md)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response, StreamingResponse

from dogwatch.api import filters
from dogwatch.api.errors import ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Limit
from dogwatch.api.nvr.event_query import Flag, TheFilter
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.events.media import EventMedia
from dogwatch.store import events
from dogwatch.store.event_filter import EventFilter

router = APIRouter(route_class=LateRoute)

NOT_FOUND = "Event not found"
TOGETHER = 200  # rows with their pictures, about 2 MB, that are held at a time


@router.get("/api/events")
def list_events(services: TheServices, wanted: TheFilter, include_thumbnails: bool = True) -> Response:
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
