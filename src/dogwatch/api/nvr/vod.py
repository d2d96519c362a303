"""`/vod`: recorded time as HLS (docs/api/vod.md).

Each base is served at the root and below `/api`; below `/api` and without a file name it answers with a mapping.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from dogwatch.api import answers, filters
from dogwatch.api.errors import ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Padding, Time
from dogwatch.api.ranges import RangeResponse
from dogwatch.api.services import Services, TheServices
from dogwatch.media import fragments, hls
from dogwatch.media.virtual_file import VirtualFile
from dogwatch.recordings import playback
from dogwatch.recordings.playback import NOTHING, Range
from dogwatch.store import spans
from dogwatch.store.spans import ItemSpan

router = APIRouter(route_class=LateRoute)

MANIFEST = "application/vnd.apple.mpegurl"
LONGEST_S = 7 * 86400
PLAYED = answers.file(MANIFEST, answers.MP4, answers.JSON)
SESSION = {"Cache-Control": "private, max-age=3600"}  # a name stands for the same bytes for ever
NO_STORE = {"Cache-Control": "no-store"}


@router.get("/vod/{camera}/start/{start}/end/{end}/{name}", responses=PLAYED)
@router.get("/api/vod/{camera}/start/{start}/end/{end}/{name}", responses=PLAYED)
def play_range(request: Request, services: TheServices, camera: str, start: Time, end: Time, name: str) -> Response:
    """Play a range of one camera."""
    return _play(request, services, _range(camera, start, end), name)


@router.get("/vod/clip/{camera}/start/{start}/end/{end}/{name}", responses=PLAYED)
@router.get("/api/vod/clip/{camera}/start/{start}/end/{end}/{name}", responses=PLAYED)
def play_clip(request: Request, services: TheServices, camera: str, start: Time, end: Time, name: str) -> Response:
    """Play a range with discontinuities between all segments."""
    return _play(request, services, _range(camera, start, end, discontinuities=True), name)


@router.get("/vod/{year_month}/{day}/{hour}/{camera}/{name}", responses=PLAYED)
@router.get("/api/vod/{year_month}/{day}/{hour}/{camera}/{name}", responses=PLAYED)
def play_hour(
    request: Request, services: TheServices, year_month: str, day: str, hour: str, camera: str, name: str
) -> Response:
    """Play an hour of the server's own timezone."""
    if _is_mapping(request, name):
        return map_zoned_hour(services, year_month, day, hour, camera, name)
    return _play(request, services, _hour(camera, year_month, day, hour, None), name)


@router.get("/vod/{year_month}/{day}/{hour}/{camera}/{tz_name}/{name}", responses=PLAYED)
@router.get("/api/vod/{year_month}/{day}/{hour}/{camera}/{tz_name}/{name}", responses=PLAYED)
def play_zoned_hour(
    request: Request, services: TheServices, year_month: str, day: str, hour: str, camera: str, tz_name: str, name: str
) -> Response:
    """Play an hour of a timezone."""
    if _is_mapping(request, name):
        return map_zoned_hour(services, year_month, day, hour, camera, f"{tz_name}/{name}")
    return _play(request, services, _hour(camera, year_month, day, hour, tz_name), name)


@router.get("/vod/{year_month}/{day}/{hour}/{camera}/{tz_area}/{tz_city}/{name}", responses=PLAYED)
@router.get("/api/vod/{year_month}/{day}/{hour}/{camera}/{tz_area}/{tz_city}/{name}", responses=PLAYED)
def play_city_hour(
    request: Request,
    services: TheServices,
    year_month: str,
    day: str,
    hour: str,
    camera: str,
    tz_area: str,
    tz_city: str,
    name: str,
) -> Response:
    """Play an hour of a timezone whose name came with an encoded slash."""
    return _play(request, services, _hour(camera, year_month, day, hour, f"{tz_area}/{tz_city}"), name)


@router.get("/vod/event/{event_id}/{name}", responses=PLAYED)
@router.get("/api/vod/event/{event_id}/{name}", responses=PLAYED)
def play_event(request: Request, services: TheServices, event_id: str, name: str, padding: Padding = 0) -> Response:
    """Play an event, with `padding` seconds on both sides."""
    return _play(request, services, _item(services, spans.event, event_id, padding), name)


@router.get("/vod/review/{review_id}/{name}", responses=PLAYED)
@router.get("/api/vod/review/{review_id}/{name}", responses=PLAYED)
def play_review(request: Request, services: TheServices, review_id: str, name: str, padding: Padding = 0) -> Response:
    """Play a review item, with `padding` seconds on both sides."""
    return _play(request, services, _item(services, spans.review, review_id, padding), name)


@router.get("/api/vod/{camera}/start/{start}/end/{end}")
def map_range(services: TheServices, camera: str, start: Time, end: Time) -> Response:
    """Map a range of one camera."""
    return _map(services, _range(camera, start, end))


@router.get("/api/vod/clip/{camera}/start/{start}/end/{end}")
def map_clip(services: TheServices, camera: str, start: Time, end: Time) -> Response:
    """Map a range with discontinuities."""
    return _map(services, _range(camera, start, end, discontinuities=True))


@router.get("/api/vod/{year_month}/{day}/{hour}/{camera}")
def map_hour(services: TheServices, year_month: str, day: str, hour: str, camera: str) -> Response:
    """Map an hour of the server's own timezone."""
    return _map(services, _hour(camera, year_month, day, hour, None))


@router.get("/api/vod/{year_month}/{day}/{hour}/{camera}/{tz_name}")
def map_zoned_hour(services: TheServices, year_month: str, day: str, hour: str, camera: str, tz_name: str) -> Response:
    """Map an hour of a timezone.

    The router cannot tell these paths from those of playing, whose handlers come first and hand over to this.
    """
    return _map(services, _hour(camera, year_month, day, hour, tz_name))


@router.get("/api/vod/event/{event_id}")
def map_event(services: TheServices, event_id: str, padding: Padding = 0) -> Response:
    """Map an event."""
    return _map(services, _item(services, spans.event, event_id, padding))


@router.get("/api/vod/review/{review_id}")
def map_review(services: TheServices, review_id: str, padding: Padding = 0) -> Response:
    """Map a review item."""
    return _map(services, _item(services, spans.review, review_id, padding))


def _is_mapping(request: Request, name: str) -> bool:
    """Whether what looks like a file below `/api/vod/` is (the end of) a timezone, without a file."""
    return request.url.path.startswith("/api/") and hls.parse_name(name) is None


def _play(request: Request, services: Services, wanted: Range, name: str) -> Response:
    asked = hls.parse_name(name)
    if asked is None:
        raise ApiError(404, f"there is no {name!r} here")
    catalogue, query = services.catalogue, request.url.query
    if asked.kind == "segment":
        file = playback.media_segment(catalogue, services.paths.media, wanted.camera, asked.start_ms, asked.end_ms)
        return RangeResponse(file, "video/mp4", SESSION)
    if asked.kind == "init":
        data = playback.init_section(catalogue, wanted, asked.init_id)
        return RangeResponse(VirtualFile((data,), wanted.start, fragments.init_id(data)), "video/mp4", NO_STORE)
    write = playback.master_playlist if asked.kind == "master" else playback.media_playlist
    return Response(write(catalogue, wanted, query), media_type=MANIFEST, headers=NO_STORE)


def _map(services: Services, wanted: Range) -> Response:
    return JSONResponse(playback.mapping(services.catalogue, wanted, time.time()))


def _range(camera: str, start: float, end: float, *, discontinuities: bool = False) -> Range:
    end = min(end, time.time())
    if end <= start:
        raise ApiError(404, NOTHING)
    if end - start > LONGEST_S:
        raise ApiError(400, "A range of at most 7 days can be played at once.")
    return Range(camera, start, end, discontinuities)


def _hour(camera: str, year_month: str, day: str, hour: str, tz_name: str | None) -> Range:
    return _range(camera, *filters.clock_hour(year_month, day, hour, tz_name))


def _item(services: Services, find: Callable[[Any, str], ItemSpan | None], item_id: str, padding: float) -> Range:
    with services.db.read(once=True) as connection:
        item = find(connection, item_id)
    if item is None:
        raise ApiError(404, "Event not found" if find is spans.event else "Review item not found")
    end = time.time() if item.end_time is None else item.end_time
    return _range(item.camera, item.start_time - padding, end + padding)
