"""`clip.mp4` of any range or review item, and stills of any moment (docs/api/recordings.md)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dogwatch.api.errors import ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Height, Time
from dogwatch.api.pictures import Made, PictureResponse
from dogwatch.api.ranges import RangeResponse
from dogwatch.api.services import TheServices
from dogwatch.errors import MediaError, NoFootageError
from dogwatch.recordings.clips import clip_of_event, clip_of_range, is_long, stream_of_range
from dogwatch.store import reviews

router = APIRouter(route_class=LateRoute)

TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}
STILL_QUALITY = 90
STILL_CACHE = {"Cache-Control": "private, max-age=3600"}
LOOK_AROUND_S = 0.002


@router.get("/api/{camera}/start/{start}/end/{end}/clip.mp4")
def range_clip(services: TheServices, request: Request, camera: str, start: Time, end: Time) -> Response:
    """Return a range as one MP4 file; more than a day as a stream, whose length is not known before."""
    range_of_camera = (services.catalogue, services.paths.media, camera, start, end)
    if not is_long(start, end):
        return RangeResponse(clip_of_range(*range_of_camera), "video/mp4")
    clip = stream_of_range(*range_of_camera)
    return StreamingResponse(clip if request.method != "HEAD" else (), media_type="video/mp4")


@router.get("/api/review/{review_id}/clip.mp4")
def review_clip(services: TheServices, review_id: str, padding: Annotated[int, Query(ge=0, le=3600)] = 0) -> Response:
    """Return the recording of a review item."""
    with services.db.read() as connection:
        rows = reviews.many(connection, [review_id], "")
    if not rows:
        raise ApiError(404, "Review item not found")
    row = {**rows[0], "has_clip": True}
    return RangeResponse(clip_of_event(services.catalogue, services.paths.media, row, padding), "video/mp4")


@router.get("/api/{camera}/recordings/{frame_time}/snapshot.{extension}")
def still(
    services: TheServices,
    camera: str,
    frame_time: Time,
    extension: str,
    height: Height | None = None,
) -> Response:
    """Return the recorded picture of a moment."""
    if extension not in TYPES:
        raise ApiError(404, "Stills are png or jpg.")
    segments = services.catalogue.segments(camera, frame_time, frame_time + LOOK_AROUND_S)

    def make() -> Made:
        from dogwatch.media import picture, still

        try:
            bgr = still.frame_at(segments, frame_time, services.paths.media, height)
        except (NoFootageError, MediaError) as error:
            raise ApiError(404, f"Recording not found at {frame_time}: {error}") from None
        return Made(picture.encode(bgr, extension, STILL_QUALITY), TYPES[extension], STILL_CACHE, max(0.0, frame_time))

    return PictureResponse(make)
