"""Films with the boxes of a file drawn on them (docs/api/files/renditions.md)."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from dogwatch.api import answers
from dogwatch.api.files.opened import opened, trace_number
from dogwatch.api.files.parameters import AUDIO, MODE, Parameter, Query, told
from dogwatch.api.files.services import TheLibrary
from dogwatch.api.files.streamed import StreamedFilm
from dogwatch.api.late_route import LateRoute
from dogwatch.api.ranges import RangeResponse
from dogwatch.errors import FileError
from dogwatch.library.film_choices import FilmChoice
from dogwatch.library.library import FileLibrary
from dogwatch.media.overlay_rows import Overlay
from dogwatch.store.overlay_boxes import OverlayFilter
from dogwatch.store.video_files import VideoFile

router = APIRouter(route_class=LateRoute)
FILM = answers.file(answers.MP4)
REVALIDATED = {"Cache-Control": "private, no-cache"}
TRIM = Parameter("trim", ("off", "on"), "Only the frames from the trace's first to its last", "off")
KIND = Parameter("kind", ("face", "object", "all"), "Which boxes", "all")
MIN_CONFIDENCE = Parameter("min_confidence", "number", "Boxes of at least this confidence, 0 to 1", "0")


@router.get("/api/v1/file/{file_uuid}/trace/{trace_id}/video", responses=FILM, openapi_extra=told(MODE, AUDIO, TRIM))
async def trace_video(trace_id: str, request: Request, library: TheLibrary) -> Response:
    """Return the whole file with one trace framed where it has a box."""
    number = trace_number(trace_id)
    file = opened(request)
    span = await asyncio.to_thread(library.films.span, file, number)
    query = Query(request)
    debug, sound = query.word(MODE) == "debug", query.word(AUDIO) == "on"
    trimmed = span if query.word(TRIM) == "on" else None
    boxes = OverlayFilter(None if debug else number)
    return await film(library, file, FilmChoice("trace", Overlay.TRACE, debug, sound, boxes, number, trimmed))


@router.get(
    "/api/v1/file/{file_uuid}/video/bbox", responses=FILM, openapi_extra=told(MODE, AUDIO, KIND, MIN_CONFIDENCE)
)
async def bbox_video(request: Request, library: TheLibrary) -> Response:
    """Return the whole file with every box of every frame."""
    file = opened(request)
    _analysed(file.analysed_face or file.analysed_object)
    query = Query(request)
    debug, sound, kind = query.word(MODE) == "debug", query.word(AUDIO) == "on", query.word(KIND)
    confidence = query.real(MIN_CONFIDENCE, 0.0, 1.0) or 0.0
    boxes = OverlayFilter(None, "face" if kind == "face" else "object" if kind == "object" else "all", confidence)
    _analysed({"face": file.analysed_face, "object": file.analysed_object}.get(boxes.kind, True))
    return await film(library, file, FilmChoice("bbox", Overlay.LABELS, debug, sound, boxes))


async def film(library: FileLibrary, file: VideoFile, choice: FilmChoice) -> Response:
    """Return a film that is finished, or as it is made.

    Raises:
        FileError: 404, 409; the file's bytes are gone or others.
    """
    source = await asyncio.to_thread(library.catalogue.source, file)
    wanted = library.films.wanted(file, source, choice)
    finished = await library.renditions.find(wanted)
    if finished is not None:
        return RangeResponse(finished, answers.MP4, REVALIDATED)
    return StreamedFilm(lambda: library.renditions.growing(wanted).read(), answers.MP4, REVALIDATED)


def _analysed(done: bool) -> None:
    if not done:
        raise FileError(409, "not_analysed", "The file was not analysed")
