"""Previews: an hour, a range, an event or a review item in little (docs/api/previews.md)."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from dogwatch.api import answers, filters
from dogwatch.api.errors import ApiError
from dogwatch.api.file_scope import preview_picture
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Seconds, Time
from dogwatch.api.pictures import Made, PictureResponse
from dogwatch.api.services import Services, TheCaller, TheServices, cameras_for
from dogwatch.errors import MediaError, NoFootageError
from dogwatch.events import rendering
from dogwatch.recordings import preview_clips
from dogwatch.store import spans

log = logging.getLogger(__name__)
router = APIRouter(route_class=LateRoute)

NOTHING = "No previews found."
A_YEAR_S, A_MONTH_S, A_WEEK_S = 31_536_000, 2_592_000, 604_800
LONGEST_S = 86_400
MOST_LISTED = 20_000  # previews of an hour each: a month of 27 cameras
EVENT_S = 20.0  # how much of an event is shown
PADDING_S = 8.0  # before and after a review item
SETTLED_S = 10.0  # after which nothing is added to what is shown of a time
TYPES = {"gif": "image/gif", "mp4": "video/mp4", "webp": "image/webp"}
FAILING = answers.refusals(500)
ANY = answers.file(*TYPES.values()) | FAILING
Format = Literal["gif", "mp4", "webp"]


@router.get("/api/preview/all/start/{start}/end/{end}")
def list_all(services: TheServices, caller: TheCaller, start: Time, end: Time) -> JSONResponse:
    """Return the previews of all cameras that overlap a range, oldest first."""
    return _listed(services, cameras_for(services, caller), start, end)


@router.get("/api/preview/{camera}/start/{start}/end/{end}")
@router.get("/api/preview/ts/{camera}/start/{start}/end/{end}")
def list_previews(services: TheServices, camera: str, start: Time, end: Time) -> JSONResponse:
    """Return the previews of a camera that overlap a range, oldest first."""
    return _listed(services, [camera], start, end)


@router.get("/api/preview/{year_month}/{day}/{hour}/all/{tz_name}")
def list_hour_of_all(
    services: TheServices, caller: TheCaller, year_month: str, day: str, hour: str, tz_name: str
) -> JSONResponse:
    """Return the previews of all cameras in an hour of a timezone."""
    return _listed(services, cameras_for(services, caller), *filters.clock_hour(year_month, day, hour, tz_name))


@router.get("/api/preview/{year_month}/{day}/{hour}/{camera}/{tz_name}")
def list_hour(services: TheServices, year_month: str, day: str, hour: str, camera: str, tz_name: str) -> JSONResponse:
    """Return the previews of a camera in an hour of a timezone."""
    return _listed(services, [camera], *filters.clock_hour(year_month, day, hour, tz_name))


@router.get("/api/preview/{year_month}/{day}/{hour}/{camera}/{tz_area}/{tz_city}")
def list_city_hour(
    services: TheServices, year_month: str, day: str, hour: str, camera: str, tz_area: str, tz_city: str
) -> JSONResponse:
    """Do so for a timezone whose name came with an encoded slash."""
    return list_hour(services, year_month, day, hour, camera, f"{tz_area}/{tz_city}")


@router.get("/api/preview/{camera}/start/{start}/end/{end}/frames")
def list_frames(services: TheServices, camera: str, start: Time, end: Time) -> Response:
    """Return the names of pictures that are in no preview yet, oldest first."""
    names = services.previews.frames.names(camera, start, end)  # thousands
    listed = msgspec.json.encode([f"preview_{camera}-{name.removesuffix('.jpg')}.webp" for name in names])
    return Response(listed, media_type="application/json")


@router.get("/api/preview/{file}/thumbnail.jpg", responses=answers.file(answers.WEBP))
@router.get("/api/preview/{file}/thumbnail.webp")
def frame(services: TheServices, file: str) -> Response:
    """Return one of these pictures, as WebP."""
    found = preview_picture(file, services.config.cameras)
    if found is None:
        raise ApiError(400, "Invalid file name")
    camera, at = found

    def make() -> Made:
        data = services.previews.frames.read(camera, at) if camera in services.config.cameras else None
        if data is None:
            raise ApiError(404, "Picture not found")
        try:
            webp = rendering.converted(data, "webp")
        except MediaError:
            raise ApiError(404, "Picture not found") from None
        return Made(webp, TYPES["webp"], {"Cache-Control": f"private, max-age={A_YEAR_S}"}, max(0.0, at))

    return PictureResponse(make, quick=True)


@router.get("/api/{camera}/start/{start}/end/{end}/preview.gif", responses=FAILING)
@router.get("/{camera}/start/{start}/end/{end}/preview.gif", responses=FAILING)
def range_gif(
    services: TheServices,
    camera: str,
    start: Time,
    end: Time,
    max_cache_age: Seconds = A_MONTH_S,
    download: bool = False,
) -> Response:
    """Return a range as a looping GIF."""
    return _moving(services, camera, start, end, "gif", max_cache_age, download=download)


@router.get("/api/{camera}/start/{start}/end/{end}/preview.mp4", responses=FAILING)
@router.get("/{camera}/start/{start}/end/{end}/preview.mp4", responses=FAILING)
def range_mp4(
    services: TheServices,
    camera: str,
    start: Time,
    end: Time,
    max_cache_age: Seconds = A_WEEK_S,
    download: bool = False,
) -> Response:
    """Return a range as a short video."""
    return _moving(services, camera, start, end, "mp4", max_cache_age, download=download)


@router.get("/api/{camera}/start/{start}/end/{end}/preview.webp", responses=FAILING)
@router.get("/{camera}/start/{start}/end/{end}/preview.webp", responses=FAILING)
def range_webp(
    services: TheServices,
    camera: str,
    start: Time,
    end: Time,
    max_cache_age: Seconds = A_MONTH_S,
    download: bool = False,
) -> Response:
    """Return a range as a looping WebP."""
    return _moving(services, camera, start, end, "webp", max_cache_age, download=download)


@router.get("/api/{camera}/start/{start}/end/{end}/preview", responses=ANY)
@router.get("/{camera}/start/{start}/end/{end}/preview", responses=ANY)
def range_preview(
    services: TheServices,
    camera: str,
    start: Time,
    end: Time,
    format: Format = "gif",  # noqa: A002 - clients call it that
    max_cache_age: Seconds = A_WEEK_S,
    download: bool = False,
) -> Response:
    """Return a range in little."""
    return _moving(services, camera, start, end, format, max_cache_age, download=download)


@router.get("/api/events/{event_id}/preview.gif", responses=FAILING)
def event_gif(
    services: TheServices, event_id: str, max_cache_age: Seconds = A_MONTH_S, download: bool = False
) -> Response:
    """Return the beginning of an event as a looping GIF."""
    return _of_event(services, event_id, "gif", max_cache_age, download=download)


@router.get("/api/events/{event_id}/preview.mp4", responses=FAILING)
def event_mp4(
    services: TheServices, event_id: str, max_cache_age: Seconds = A_WEEK_S, download: bool = False
) -> Response:
    """Return the beginning of an event as a short video."""
    return _of_event(services, event_id, "mp4", max_cache_age, download=download)


@router.get("/api/events/{event_id}/preview.webp", responses=FAILING)
def event_webp(
    services: TheServices, event_id: str, max_cache_age: Seconds = A_MONTH_S, download: bool = False
) -> Response:
    """Return the beginning of an event as a looping WebP."""
    return _of_event(services, event_id, "webp", max_cache_age, download=download)


@router.get("/api/review/{review_id}/preview", responses=ANY)
@router.get("/review/{review_id}/preview", responses=ANY)
def review_preview(
    services: TheServices,
    review_id: str,
    format: Format = "gif",  # noqa: A002 - clients call it that
    max_cache_age: Seconds = A_WEEK_S,
    download: bool = False,
) -> Response:
    """Return a review item in little, with some seconds before and after it."""
    with services.db.read() as connection:
        item = spans.review(connection, review_id)
    if item is None:
        raise ApiError(404, "Review item not found")
    end = time.time() if item.end_time is None else item.end_time + PADDING_S
    start = max(item.start_time - PADDING_S, end - LONGEST_S)
    return _moving(services, item.camera, start, end, format, max_cache_age, download=download)


def _listed(services: Services, cameras: Sequence[str], start: float, end: float) -> JSONResponse:
    rows: list[dict[str, Any]] = [
        {
            "camera": one.camera,
            "src": f"/{one.path}",
            "type": "video/mp4",
            "start": one.start_time,
            "end": one.end_time,
        }
        for one in services.previews.find(cameras, start, end, MOST_LISTED)
    ]
    if not rows:
        raise ApiError(404, NOTHING)
    return JSONResponse(rows)


def _of_event(services: Services, event_id: str, kind: Format, max_cache_age: int, *, download: bool) -> Response:
    with services.db.read() as connection:
        item = spans.event(connection, event_id)
    if item is None:
        raise ApiError(404, "Event not found")
    end = min(time.time() if item.end_time is None else item.end_time, item.start_time + EVENT_S)
    end = max(end, item.start_time + 1.0)  # of one that has just begun, its first picture
    return _moving(services, item.camera, item.start_time, end, kind, max_cache_age, download=download)


def _moving(
    services: Services, camera: str, start: float, end: float, kind: Format, max_cache_age: int, *, download: bool
) -> Response:
    if end <= start:
        raise ApiError(400, "The end of the range is not after its start.")
    if end - start > LONGEST_S:
        raise ApiError(400, "A preview of at most 24 hours can be made.")
    settled = end < time.time() - SETTLED_S
    headers = {"Cache-Control": f"private, max-age={max_cache_age}" if settled else "no-store"}
    if download:
        headers["Content-Disposition"] = f"attachment; filename=preview_{camera}-{start:.0f}-{end:.0f}.{kind}"

    def make() -> Made:
        try:
            data = preview_clips.encoded(services.previews, camera, start, min(end, time.time()), kind)
        except NoFootageError:
            raise ApiError(404, NOTHING) from None
        except MediaError as error:
            log.error("no preview of %s: %s", camera, error)
            raise ApiError(500, "The preview could not be made.") from None
        return Made(data, TYPES[kind], headers, max(0.0, end) if settled else None)

    return PictureResponse(make)
