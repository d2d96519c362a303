"""Clips of a file's frames (docs/api/files/clip.md)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from dogwatch.api import answers
from dogwatch.api.files.opened import opened
from dogwatch.api.files.parameters import AUDIO, MODE, Parameter, Query, told, wrong
from dogwatch.api.files.services import TheLibrary
from dogwatch.api.files.streamed import StreamedFilm
from dogwatch.api.late_route import LateRoute
from dogwatch.library.clip_ranges import Asked, ClipRange, choose
from dogwatch.library.library import FileLibrary
from dogwatch.store.video_files import VideoFile
from dogwatch.workers.files.spec import ClipTask

router = APIRouter(route_class=LateRoute)
MEDIA_TYPE = "video/mp2t"
CLIP = answers.body(MEDIA_TYPE)
KEPT = {"Cache-Control": "public, max-age=86400", "Vary": "Authorization"}
START_FRAME = Parameter("start_frame", "integer", "The first frame", code="bad_frame")
END_FRAME = Parameter("end_frame", "integer", "The last frame, which is in the clip too", code="bad_frame")
START_TIME = Parameter("start_time", "number", "Seconds; frames from then on", code="bad_time")
END_TIME = Parameter("end_time", "number", "Seconds; frames before then", code="bad_time")
FPS = Parameter("fps", "number", "Times become frames by this rate, instead of the file's own times", code="bad_fps")


@router.get(
    "/api/v1/file/{file_uuid}/clip",
    responses=CLIP,
    openapi_extra=told(START_FRAME, END_FRAME, START_TIME, END_TIME, FPS, MODE, AUDIO),
)
async def clip(request: Request, library: TheLibrary) -> Response:
    """Return exactly the frames of a range, with their sound, as MPEG-TS; it is sent while it is made."""
    file = opened(request)
    query = Query(request)
    debug, sound = query.word(MODE) == "debug", query.word(AUDIO) == "on"
    asked = _asked(query)
    asked.check()
    source, chosen = await asyncio.to_thread(_chosen, library, file, asked)
    facts = file.facts or {}
    sound = sound and facts.get("audio") is not None
    task = ClipTask(
        start=chosen.start,
        end=chosen.end,
        rotation=facts.get("rotation") or 0,
        sound=sound,
        debug=debug,
        copies=not facts.get("damaged"),
    )
    path = library.indexes.path(file)

    def made() -> AsyncGenerator[bytes, None]:
        return library.clips.follow(library.workers.stream(task, source, path))

    return StreamedFilm(made, MEDIA_TYPE, {**KEPT, **_headers(chosen)})


def _asked(query: Query) -> Asked:
    fps = query.real(FPS, 0.0, 1000.0)
    if fps == 0:
        raise wrong(FPS, "is a number above 0 to 1000")
    asked = Asked(query.whole(START_FRAME), query.whole(END_FRAME), fps=fps)
    return (
        asked if asked.by_frames else Asked(start_time=query.real(START_TIME), end_time=query.real(END_TIME), fps=fps)
    )


def _chosen(library: FileLibrary, file: VideoFile, asked: Asked) -> tuple[Path, ClipRange]:
    """Return where the file is, and which of its frames are asked for.

    Raises:
        FileError: 404, 409; its bytes are gone or others. 422; it does not have these frames.
    """
    source = library.catalogue.source(file)
    with library.indexes.opened(file) as times:
        return source, choose(asked, times, library.settings.clip_max_s)


def _headers(chosen: ClipRange) -> dict[str, str]:
    return {
        "X-Clip-Start-Frame": str(chosen.start),
        "X-Clip-End-Frame": str(chosen.end),
        "X-Clip-Frames": str(chosen.frames),
        "X-Clip-Start-Time": f"{chosen.start_time:.6f}",
        "X-Clip-Duration": f"{chosen.duration:.6f}",
    }
