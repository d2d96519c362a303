"""A file's own bytes (docs/api/files/video.md)."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from dogwatch.api import answers
from dogwatch.api.files.opened import opened
from dogwatch.api.files.parameters import AUDIO, MODE, Query, told
from dogwatch.api.files.renditions import film
from dogwatch.api.files.services import TheLibrary
from dogwatch.api.files.shown import CONTENT_TYPES, content_type
from dogwatch.api.late_route import LateRoute
from dogwatch.api.ranges import RangeResponse, of_file
from dogwatch.library.film_choices import SILENT, FilmChoice
from dogwatch.library.library import FileLibrary
from dogwatch.media.overlay_rows import Overlay
from dogwatch.store.video_files import VideoFile

router = APIRouter(route_class=LateRoute)
VIDEO = answers.file(*dict.fromkeys(CONTENT_TYPES.values()), "application/octet-stream")
REVALIDATED = {"Cache-Control": "private, no-cache"}


@router.get("/api/v1/file/{file_uuid}/video", responses=VIDEO, openapi_extra=told(MODE, AUDIO))
async def video(request: Request, library: TheLibrary) -> Response:
    """Return the video: the stored bytes, unless something else is asked for."""
    file = opened(request)
    query = Query(request)
    debug, sound = query.word(MODE) == "debug", query.word(AUDIO) == "on"
    if debug:
        return await film(library, file, FilmChoice("debug", Overlay.BOXES, debug, sound))
    if not sound:
        return await film(library, file, FilmChoice(SILENT, Overlay.NOTHING, debug, sound))
    return await asyncio.to_thread(stored, library, file)


def stored(library: FileLibrary, file: VideoFile) -> RangeResponse:
    """Return the bytes of a file as they are.

    Raises:
        FileError: 404, 409; they are gone or others.
    """
    path = library.catalogue.source(file)
    plain = file.name.encode("ascii", "replace").decode().replace('"', "_").replace("\\", "_")
    named = f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    return of_file(path, content_type(file), {**REVALIDATED, "Content-Disposition": named})
