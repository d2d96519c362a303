"""`/api/events`: tracked objects, sounds and manual events (docs/api/events.md)."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from msgspec import Raw
from starlette.responses import JSONResponse, Response, StreamingResponse

from dogwatch.api import filters
from dogwatch.api.errors import ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Limit
from dogwatch.api.nvr.event_query import MOST_EVENTS, Flag, TheChoice, TheFilter
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.events import reasons
from dogwatch.store import event_reasons, event_search, events
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.event_rows import ListedEvent, encode
from dogwatch.store.words import terms

if TYPE_CHECKING:
    from dogwatch.config import Config

router = APIRouter(route_class=LateRoute)

NOT_FOUND = "Event not found"
NO_EMBEDDINGS = "Semantic search is not enabled: give a query, whose words are looked for in names and descriptions"
SIMILARITY = "similarity"  # a search type that clients give with the id of an event
JSON = "application/json"
_MARK = b"\0"  # which no JSON has
_PLACE = Raw(b'"%b"' % _MARK)
TOGETHER = 200  # rows with their pictures, about 2 MB, that are held at a time


@router.get("/api/events")
def list_events(services: TheServices, wanted: TheFilter, include_thumbnails: bool = True) -> Response:
    """Return the events that all filters let through."""
    if not include_thumbnails:
        with services.db.read() as connection:
            listed = events.listed(connection, wanted)
        for event in listed:
            event.thumbnail = None
        return Response(encode(listed), media_type=JSON)
    with services.db.read() as connection:
        rows = events.with_cameras(connection, wanted)
    if len(rows) > TOGETHER:
        return StreamingResponse(_pieces(rows, services), media_type=JSON)
    return Response(b"".join(_pieces(rows, services)), media_type=JSON)


@router.get("/api/events/explore")
def explore(services: TheServices, caller: TheCaller, limit: Limit = 10) -> JSONResponse:
    """Return the newest events of each label."""
    with services.db.read() as connection:
        return JSONResponse(events.explore(connection, filters.visible(caller, None), limit))


@router.get("/api/events/search")
def search(
    services: TheServices,
    chosen: TheChoice,
    query: Annotated[str, Query(max_length=500)] = "",
    search_type: str = "thumbnail,description",
    limit: Limit = 50,
    sort: str = event_search.RELEVANCE,
) -> Response:
    """Return the events in whose names or texts the words of `query` are."""
    asked = terms(query)
    if not asked or search_type == SIMILARITY:
        raise ApiError(400, NO_EMBEDDINGS)
    wanted = replace(chosen, limit=min(limit, MOST_EVENTS), sort=sort)
    with services.db.read() as connection:
        rows = event_search.search(connection, wanted, asked, partial(_friendly_name, services.config))
    return Response(encode(rows), media_type=JSON)


@router.get("/api/events/summary")
def summary(
    services: TheServices, caller: TheCaller, timezone: str = "utc", has_clip: Flag = None, has_snapshot: Flag = None
) -> Response:
    """Return counts by camera, label, sub label, zones and day."""
    from dogwatch.store import event_summary  # loads NumPy

    wanted = EventFilter(
        cameras=filters.visible(caller, None),
        has_clip=has_clip,
        has_snapshot=has_snapshot,
        zone=filters.timezone(timezone),
        limit=None,
    )
    with services.db.read() as connection:
        return Response(event_summary.summary(connection, wanted), media_type=JSON)


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


def _friendly_name(config: Config, camera: str, zone: str | None) -> str | None:
    """Return what a camera or one of its zones is called, if the configuration says so."""
    settings = config.cameras.get(camera)
    found = settings if settings is None or zone is None else settings.zones.get(zone)
    return None if found is None else found.friendly_name


@router.get("/api/events/{event_id}/why")
def why(services: TheServices, event_id: str) -> JSONResponse:
    """Return what decided that this is an event."""
    with services.db.read() as connection:
        row = events.one(connection, event_id)
        kept = event_reasons.many(connection, [event_id]).get(event_id)
    if row is None:
        raise ApiError(404, NOT_FOUND, body=NOT_FOUND)
    live = services.events.live(event_id)
    if live is not None:
        kept = reasons.kept_of(live) or kept
    return JSONResponse(reasons.answer(row, kept, _utc))


def _utc(time: float) -> str:
    return datetime.datetime.fromtimestamp(time, datetime.UTC).isoformat(timespec="milliseconds")


def _pieces(rows: list[tuple[str, ListedEvent]], services: Services) -> Iterator[bytes]:
    """Yield a list of rows with their thumbnails as JSON, some at a time: they are up to 100 MB."""
    for first in range(0, len(rows), TOGETHER):
        some = rows[first : first + TOGETHER]
        stored = services.events.outputs.files.read_thumbs([(camera, event.id) for camera, event in some])
        for (_, event), thumbnail in zip(some, stored, strict=True):
            event.thumbnail = None if thumbnail is None else _PLACE
        # Pictures are put in last: as parts of what is encoded, each of their bytes would be copied three times more.
        head, *rest = encode([event for _, event in some])[1:-1].split(_MARK)
        pictures = [base64.b64encode(one) for one in stored if one is not None]
        yield b"".join([b"," if first else b"[", head, *chain.from_iterable(zip(pictures, rest, strict=True))])
    yield b"]" if rows else b"[]"


def _full(row: dict[str, Any], services: Services) -> dict[str, Any]:
    """Return a row as it is given by id: with its thumbnail and the keys of old releases."""
    legacy = ("score", "region", "area", "ratio", "model_hash", "detector_type", "model_type")
    (stored,) = services.events.outputs.files.read_thumbs([(row["camera"], row["id"])])
    return {**row, "thumbnail": stored and base64.b64encode(stored).decode(), **dict.fromkeys(legacy)}
