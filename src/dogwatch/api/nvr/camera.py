"""What a camera sees now: stills and motion JPEG (docs/api/cameras.md)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from dogwatch.api import answers
from dogwatch.api.errors import ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Real, Whole
from dogwatch.api.pictures import Made, PictureResponse, caller_key
from dogwatch.api.services import Services, TheServices
from dogwatch.bus.encoded_names import BIRDSEYE
from dogwatch.errors import MediaError
from dogwatch.live.drawing import Drawing, PictureStyle
from dogwatch.live.pictures import Still
from dogwatch.recordings import preview_clips

router = APIRouter(route_class=LateRoute)

CONTENT_TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
BAD_HEIGHT = "Invalid height parameter"
SEND_TIMEOUT_S = 20.0
MJPEG = "multipart/x-mixed-replace;boundary=frame"


class MjpegResponse(StreamingResponse):
    """An endless answer that closes its source at once when it ends, instead of leaving that to garbage collection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the client has gone or has stopped reading."""

        async def in_time(message: Message) -> None:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await send(message)

        async with aclosing(cast("AsyncGenerator[bytes, None]", self.body_iterator)):
            with contextlib.suppress(TimeoutError):  # the server closes a connection whose answer has no end
                await super().__call__(scope, receive, in_time)


async def get_drawing(
    bbox: bool = False,
    timestamp: bool = False,
    zones: bool = False,
    mask: bool = False,
    motion: bool = False,
    regions: bool = False,
    paths: bool = False,
) -> Drawing:
    """Read the drawing options; a FastAPI dependency."""
    return Drawing(bbox, timestamp, zones, mask, motion, regions, paths)


async def get_height(h: str | None = None, height: str | None = None) -> int | None:
    """Read `h` or `height`; a FastAPI dependency.

    Raises:
        ApiError: It is no positive number.
    """
    text = h if h is not None else height
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 6 or int(text) < 1:
        raise ApiError(400, BAD_HEIGHT, body=BAD_HEIGHT)
    return int(text)


TheDrawing = Annotated[Drawing, Depends(get_drawing)]
TheHeight = Annotated[int | None, Depends(get_height)]


@router.get("/api/{camera}", responses=answers.body(MJPEG))
async def mjpeg(
    camera: str, request: Request, services: TheServices, drawing: TheDrawing, height: TheHeight, fps: Real = 3
) -> Response:
    """Stream a camera as motion JPEG."""
    if request.method == "HEAD":
        return Response(media_type=MJPEG)
    style = PictureStyle(drawing, height or 360, "jpg", 70)
    parts = services.pictures.mjpeg(camera, style, fps if fps > 0 else 3, caller_key(request.scope))
    return MjpegResponse(parts, media_type=MJPEG, headers={"Cache-Control": "no-store"})


@router.get("/api/{camera}/latest.{extension}")
def latest(
    camera: str,
    extension: str,
    services: TheServices,
    drawing: TheDrawing,
    height: TheHeight,
    quality: Whole = 70,
    store: bool = False,
) -> Response:
    """Return the newest picture of a camera, or one that says that there is none."""
    return _latest(services, camera, PictureStyle(drawing, height, extension, min(max(quality, 0), 100)), store=store)


@router.get("/api/camera/{camera}/latest.{extension}")
def latest_alias(
    camera: str,
    extension: str,
    services: TheServices,
    drawing: TheDrawing,
    height: TheHeight,
    quality: Whole = 70,
    store: bool = False,
) -> Response:
    """Same as `/api/{camera}/latest.{extension}`."""
    return _latest(services, camera, PictureStyle(drawing, height, extension, min(max(quality, 0), 100)), store=store)


def _latest(services: Services, camera: str, style: PictureStyle, *, store: bool) -> Response:
    if style.extension not in CONTENT_TYPES:
        raise ApiError(404, "Unknown picture format")

    of_all = camera == BIRDSEYE and services.birdseye.offered
    if of_all and not services.config.birdseye.restream:
        raise ApiError(404, "Camera not found")

    def make() -> Made:
        still = services.birdseye.still(style) if of_all else services.pictures.still(camera, style)
        if not still.time and not of_all:
            still = _of_preview(services, camera, style) or still
        headers = {"Cache-Control": "private, max-age=60" if store else "no-store"}
        if still.offline:
            headers["X-Frigate-Offline"] = "true"
        if still.time:
            headers["X-Frame-Time"] = f"{still.time:.6f}"
        return Made(still.data, CONTENT_TYPES[style.extension], headers)

    return PictureResponse(make)


def _of_preview(services: Services, camera: str, style: PictureStyle) -> Still | None:
    """Return the newest picture of a camera's previews; None if there is none."""
    from dogwatch.media import picture

    try:
        found = preview_clips.newest_picture(services.previews, camera)
    except MediaError:
        return None
    if found is None:
        return None
    time, bgr = found
    if style.height is not None:
        bgr = picture.resize_to_height(bgr, min(style.height, bgr.shape[0]))
    return Still(picture.encode(bgr, style.extension, style.quality), time, offline=True)
