"""Pictures of single frames (docs/api/files/thumbnail.md)."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from dogwatch.api import answers
from dogwatch.api.conditions import choose
from dogwatch.api.files.opened import opened
from dogwatch.api.files.parameters import AUDIO, MODE, Parameter, Query, told
from dogwatch.api.files.services import TheLibrary
from dogwatch.api.late_route import LateRoute
from dogwatch.api.ranges import RangeResponse
from dogwatch.errors import FileError
from dogwatch.library.library import FileLibrary
from dogwatch.library.stills import FrameStill
from dogwatch.media import stand_in
from dogwatch.media.virtual_file import VirtualFile
from dogwatch.store.video_files import VideoFile
from dogwatch.workers.files.spec import StillTask

router = APIRouter(route_class=LateRoute)
FRAME = Parameter("frame", "integer", "The number of the frame, from 0", code="bad_frame", required=True)
X = Parameter("x", "integer", "The left edge of the part that is wanted, in pixels", code="bad_crop")
Y = Parameter("y", "integer", "Its upper edge", code="bad_crop")
W = Parameter("w", "integer", "Its width", code="bad_crop")
H = Parameter("h", "integer", "Its height", code="bad_crop")
CROP = (X, Y, W, H)
CACHED = {"Cache-Control": "public, max-age=86400", "Vary": "Authorization"}
SHOWN = "X-Frame-Shown"
"""Which frame is shown instead of one that cannot be decoded."""
Box = tuple[int, int, int, int]


@router.get(
    "/api/v1/file/{file_uuid}/thumbnail",
    responses=answers.file(answers.JPEG),
    openapi_extra=told(FRAME, *CROP, MODE, AUDIO),
)
async def thumbnail(request: Request, library: TheLibrary) -> Response:
    """Return a frame, or a part of it, as JPEG."""
    file = opened(request)
    query = Query(request)
    n, crop = _frame(query), _crop(query)
    debug = query.word(MODE) == "debug"
    query.word(AUDIO)
    _check(file, n, crop)
    still, data = await asyncio.to_thread(_found, library, request, (n, crop, debug))
    if data is None:
        data = await library.stills.jpeg(still)
    picture = VirtualFile((data,), file.modified_ns / 1e9, still.tag)
    shown = stand_in.frame_in(data)
    return RangeResponse(picture, answers.JPEG, CACHED if shown is None else {**CACHED, SHOWN: str(shown)})


def _frame(query: Query) -> int:
    if query.text(FRAME) is None:
        raise FileError(400, "frame_required", "frame is required", parameter="frame")
    n = query.whole(FRAME)
    assert n is not None  # noqa: S101 - it is given
    return n


def _crop(query: Query) -> Box | None:
    missing = [one.name for one in CROP if query.text(one) is None]
    if len(missing) == len(CROP):
        return None
    if missing:
        raise FileError(400, "crop_incomplete", f"a crop needs {', '.join(missing)} too", missing=missing)
    x, y, w, h = query.whole(X), query.whole(Y), query.whole(W, 1), query.whole(H, 1)
    assert x is not None and y is not None and w is not None and h is not None  # noqa: PT018, S101
    return x, y, w, h


def _check(file: VideoFile, n: int, crop: Box | None) -> None:
    """Compare what is asked for with the file.

    Raises:
        FileError: 422.
    """
    facts = file.facts or {}
    total, width, height = facts["total_frames"], facts["width"], facts["height"]
    if n >= total:
        raise FileError(422, "frame_out_of_range", f"The last frame is {total - 1}", total_frames=total)
    if crop is not None and (crop[0] + crop[2] > width or crop[1] + crop[3] > height):
        text = f"The crop is not inside of the picture of {width} x {height} pixels"
        raise FileError(422, "crop_out_of_range", text, width=width, height=height)


def _found(
    library: FileLibrary, request: Request, asked: tuple[int, Box | None, bool]
) -> tuple[FrameStill, bytes | None]:
    """Return which picture is asked for, and the picture if it is there already; no bytes if the client has it."""
    file = opened(request)
    still = _still(library, file, *asked)
    if choose(request.headers, 0, f'"{still.tag}"', file.modified_ns / 1e9).status == 304:
        return still, b""
    return still, library.stills.at_hand(still.name)


def _still(library: FileLibrary, file: VideoFile, n: int, crop: Box | None, debug: bool) -> FrameStill:
    """Return what is to be made.

    Raises:
        FileError: 404, 409; the file's bytes are gone or others.
    """
    source = library.catalogue.source(file)
    facts = file.facts or {}
    rotation, reordered = int(facts.get("rotation") or 0), (facts.get("video") or {}).get("has_b_frames")
    drawing = library.stills.drawing(file, n) if debug else None
    task = StillTask(frame=n, rotation=rotation, reordered=reordered, crop=crop, drawing=drawing)
    version = (file.size_bytes, file.modified_ns, file.analysis_version if debug else 0)
    return FrameStill(file.uuid, source, library.indexes.path(file), task, version)
