"""When each frame is shown, and the raw facts of a file's streams (docs/api/files/frames.md)."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from dogwatch.api.files.opened import opened
from dogwatch.api.files.parameters import Parameter, Query, told
from dogwatch.api.files.services import TheLibrary
from dogwatch.api.late_route import LateRoute
from dogwatch.errors import FileError
from dogwatch.library.indexing import PROBE
from dogwatch.library.library import FileLibrary
from dogwatch.store.video_files import VideoFile

router = APIRouter(route_class=LateRoute)
START = Parameter("start", "integer", "The first frame", "0")
COUNT = Parameter("count", "integer", "How many frames, 1 to 10000", "1000")
MOST = 10_000
JSON = "application/json"


@router.get("/api/v1/file/{file_uuid}/frames", openapi_extra=told(START, COUNT))
async def frames(request: Request, library: TheLibrary) -> Response:
    """Return the time of each frame, in seconds, and whether it is a keyframe."""
    file = opened(request)
    query = Query(request)
    start, count = query.whole(START), query.whole(COUNT, 1, MOST)
    assert start is not None and count is not None  # noqa: PT018, S101 - both have defaults
    return Response(await asyncio.to_thread(_frames, library, file, start, count), media_type=JSON)


@router.get("/api/v1/file/{file_uuid}/probe")
async def probe(request: Request, library: TheLibrary) -> dict[str, Any]:
    """Return what the container says of the file and its streams."""
    return {"success": True, **await asyncio.to_thread(_probe, library, opened(request))}


def _frames(library: FileLibrary, file: VideoFile, start: int, count: int) -> bytes:
    with library.indexes.opened(file) as index:
        total, times, keys = index.total, index.times(start, start + count), index.keys(start, start + count)
    listed = [
        {"n": n, "t": round(time, 6), "key": key} for n, (time, key) in enumerate(zip(times, keys, strict=True), start)
    ]
    return msgspec.json.encode({"success": True, "total_frames": total, "frames": listed})


def _probe(library: FileLibrary, file: VideoFile) -> dict[str, Any]:
    try:
        found: dict[str, Any] = msgspec.json.decode((library.store.folder(file.uuid) / PROBE).read_bytes())
    except (OSError, msgspec.DecodeError):
        raise FileError(404, "source_missing", "The facts of the file are not there any more") from None
    return {**found, "damaged": True} if (file.facts or {}).get("damaged") else found
