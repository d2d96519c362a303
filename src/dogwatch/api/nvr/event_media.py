"""Pictures and clips of events (docs/api/events.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from dogwatch import framing
from dogwatch.api.errors import ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Height, Limit, Seconds, Time
from dogwatch.api.pictures import Made, PictureResponse
from dogwatch.api.ranges import RangeResponse
from dogwatch.api.services import Services, TheServices
from dogwatch.events import rendering
from dogwatch.events.media import EventMedia, Found
from dogwatch.events.rendering import Style
from dogwatch.recordings.clips import clip_of_event
from dogwatch.store import events
from dogwatch.store.event_filter import EventFilter

router = APIRouter(route_class=LateRoute)

TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
A_YEAR_S = 31_536_000
A_MONTH_S = 2_592_000
LABEL_CACHE = {"Cache-Control": "private, max-age=60"}


class SnapshotQuery:
    """The query parameters of a snapshot; absent ones are the camera's settings."""

    def __init__(
        self,
        bbox: bool | None = None,
        timestamp: bool | None = None,
        crop: bool | None = None,
        height: Height | None = None,
        h: Height | None = None,
        quality: Annotated[int | None, Query(ge=0, le=100)] = None,
    ) -> None:
        """Take what the client has sent."""
        given = {"bbox": bbox, "timestamp": timestamp, "crop": crop, "height": height or h, "quality": quality}
        self._given: dict[str, Any] = {key: value for key, value in given.items() if value is not None}

    def style(self, services: Services, camera: str) -> Style:
        """Return the style for a picture of `camera`, which the configuration may have lost meanwhile."""
        settings = services.config.cameras.get(camera)
        usual = rendering.style_of(settings.snapshots, settings, services.config) if settings else Style()
        return replace(usual, **self._given)


@router.get("/api/events/{event_id}/thumbnail.{extension}")
def thumbnail(
    services: TheServices,
    event_id: str,
    extension: str,
    shape: Annotated[str, Query(alias="format")] = "ios",
    max_cache_age: Seconds = A_MONTH_S,
) -> Response:
    """Return the event's thumbnail."""
    if extension not in TYPES:
        raise ApiError(404, f"Thumbnails are {', '.join(TYPES)}")
    found = _find(services, event_id)
    ratio = rendering.ANDROID_RATIO if shape == "android" else None
    cache = {"Cache-Control": "no-store" if found.running else f"private, max-age={max_cache_age}"}

    def make() -> Made:
        data = _media(services).thumbnail(found, extension, ratio=ratio)
        if data is None:
            raise ApiError(404, "Event has no thumbnail")
        return Made(data, TYPES[extension], cache, _settled(found))

    return PictureResponse(make, quick=True)


@router.get("/api/events/{event_id}/snapshot.jpg")
def snapshot(
    services: TheServices, event_id: str, asked: Annotated[SnapshotQuery, Depends()], download: bool = False
) -> Response:
    """Return the event's snapshot, drawn and cut as asked."""
    found = _find(services, event_id)
    style = asked.style(services, found.camera)

    def make() -> Made:
        data = _media(services).snapshot(found, style)
        if data is None:
            raise ApiError(404, "Snapshot not available")
        return _made(found, data, {"Cache-Control": _cache(found)}, _settled(found), download=download)

    return PictureResponse(make)


@router.get("/api/events/{event_id}/snapshot-clean.{extension}")
def clean_snapshot(services: TheServices, event_id: str, extension: str, download: bool = False) -> Response:
    """Return the event's picture with nothing drawn on it."""
    if extension not in ("png", "webp"):
        raise ApiError(404, "Clean snapshots are png or webp")
    found = _find(services, event_id)
    headers = {"Cache-Control": _cache(found)}
    if download:
        headers["Content-Disposition"] = f"attachment; filename=snapshot-{event_id}-clean.{extension}"

    def make() -> Made:
        clean = _media(services).clean(found) if found.has_snapshot else None
        if clean is None:
            raise ApiError(404, "Snapshot not available")
        return Made(rendering.converted(clean, extension), TYPES[extension], headers, _settled(found))

    return PictureResponse(make)


@router.get("/api/events/{event_id}/clip.mp4")
def clip(services: TheServices, event_id: str, padding: Annotated[int, Query(ge=0, le=3600)] = 0) -> Response:
    """Return the recording of the event."""
    with services.db.read(once=True) as connection:
        row = events.one(connection, event_id)
    if row is None:
        raise ApiError(404, "Event not found")
    return _clip(services, row, padding)


@router.get("/api/clips/{camera}")
def clips(
    services: TheServices,
    camera: str,
    limit: Limit = 100,
    after: Time | None = None,
    before: Time | None = None,
) -> JSONResponse:
    """Return the camera's events that have a clip."""
    wanted = EventFilter(cameras=(camera,), has_clip=True, limit=limit, after=after, before=before)
    with services.db.read() as connection:
        rows = events.find(connection, wanted)
    return JSONResponse([{**row, "thumbnail": None} for row in rows])


@router.get("/api/clips/{camera}/{event_id}.mp4")
def camera_clip(
    services: TheServices, camera: str, event_id: str, padding: Annotated[int, Query(ge=0, le=3600)] = 0
) -> Response:
    """Return the recording of an event of this camera, as a download."""
    with services.db.read(once=True) as connection:
        row = events.one(connection, event_id)
    if row is None or row["camera"] != camera:
        raise ApiError(404, "Event not found")
    return _clip(services, row, padding, {"Content-Disposition": f'attachment; filename="{camera}-{event_id}.mp4"'})


@router.get("/api/camera/{camera}/best.jpg")
def best_of_camera(services: TheServices, camera: str) -> Response:
    """Return the thumbnail of the camera's latest event."""
    return latest_thumbnail(services, camera, "any")


@router.get("/api/{camera}/{label}/thumbnail.jpg")
@router.get("/api/{camera}/{label}/best.jpg")
def latest_thumbnail(services: TheServices, camera: str, label: str) -> Response:
    """Return the thumbnail of the latest event with this label, black without one."""
    media, row = _media(services), _latest(services, camera, label)
    found = (media.find(row["id"]) or media.of_row(row)) if row is not None else None

    def make() -> Made:
        data = media.thumbnail(found, "jpg") if found is not None else None
        side = framing.THUMBNAIL_HEIGHT
        return Made(data or rendering.blank(side, side), TYPES["jpg"], LABEL_CACHE)

    return PictureResponse(make, quick=True)


@router.get("/api/{camera}/{label}/snapshot.jpg")
def latest_snapshot(
    services: TheServices, camera: str, label: str, asked: Annotated[SnapshotQuery, Depends()], download: bool = False
) -> Response:
    """Return the snapshot of the latest event with this label that has one, black without."""
    media, row = _media(services), _latest(services, camera, label, has="has_snapshot")
    found = (media.find(row["id"]) or media.of_row(row)) if row is not None else None
    style = asked.style(services, camera)

    def make() -> Made:
        data = media.snapshot(found, style) if found is not None else None
        if found is None or data is None:
            return Made(rendering.blank(1280, 720), TYPES["jpg"], LABEL_CACHE)
        return _made(found, data, LABEL_CACHE, None, download=download)

    return PictureResponse(make)


@router.get("/api/{camera}/{label}/clip.mp4")
def latest_clip(services: TheServices, camera: str, label: str) -> Response:
    """Return the clip of the latest event with this label that has one."""
    row = _latest(services, camera, label, has="has_clip")
    if row is None:
        raise ApiError(404, "Event not found")
    return _clip(services, row, 0)


def _media(services: Services) -> EventMedia:
    return EventMedia(services.db, services.events)


def _find(services: Services, event_id: str) -> Found:
    found = _media(services).find(event_id)
    if found is None:
        raise ApiError(404, "Event not found")
    return found


def _latest(services: Services, camera: str, label: str, *, has: str | None = None) -> dict[str, Any] | None:
    with services.db.read() as connection:
        return events.latest(connection, camera, label, has=has)


def _cache(found: Found) -> str:
    return "no-store" if found.running else f"private, max-age={A_YEAR_S}"


def _settled(found: Found) -> float | None:
    """Return the time of a picture that gets no better any more."""
    return None if found.running else max(0.0, found.shown.frame_time)


def _made(found: Found, data: bytes, headers: dict[str, str], modified: float | None, *, download: bool) -> Made:
    headers = {**headers, "X-Frame-Time": str(found.shown.frame_time)}
    if download:
        headers["Content-Disposition"] = f"attachment; filename=snapshot-{found.id}.jpg"
    return Made(data, TYPES["jpg"], headers, modified)


def _clip(services: Services, row: dict[str, Any], padding: int, headers: dict[str, str] | None = None) -> Response:
    file = clip_of_event(services.catalogue, services.paths.media, row, padding)
    return RangeResponse(file, "video/mp4", headers)
