"""Traces and boxes of files (docs/api/files/traces.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, cast

from fastapi import APIRouter, Request

from dogwatch.api.files.bodies import storable
from dogwatch.api.files.opened import opened, trace_number
from dogwatch.api.files.parameters import ORDER, PAGE, PAGE_SIZE, Parameter, Query, told
from dogwatch.api.files.services import TheLibrary
from dogwatch.api.late_route import LateRoute
from dogwatch.errors import FileError
from dogwatch.library.library import FileLibrary
from dogwatch.store.video_files import VideoFile
from dogwatch.store.video_traces import BoxRow, TraceFilter, TraceRow, TraceSort

router = APIRouter(route_class=LateRoute)
KIND = Parameter("kind", ("face", "object"), "Only these")
LABEL = Parameter("label", "text", "Only these")
MIN_FRAMES = Parameter("min_frames", "integer", "Only those with a box in so many frames", "1")
SORT = Parameter("sort", ("start_frame", "frame_count", "confidence"), "By what", "start_frame")
EITHER = Parameter(ORDER.name, ORDER.kind, "Which way; `asc` by `start_frame`, else `desc`")
FRAME = Parameter("frame", "integer", "Only the boxes of this frame", code="bad_frame")
START = Parameter("start_frame", "integer", "The first frame", code="bad_frame")
END = Parameter("end_frame", "integer", "The last frame", code="bad_frame")
MOST_FRAMES = 1000


@router.get(
    "/api/v1/file/{file_uuid}/traces", openapi_extra=told(PAGE, PAGE_SIZE, KIND, LABEL, MIN_FRAMES, SORT, EITHER)
)
async def traces(request: Request, library: TheLibrary) -> dict[str, Any]:
    """Return the traces of a file, page by page."""
    file, query = opened(request), Query(request)
    page, size = query.page()
    sort, label = query.word(SORT), query.text(LABEL)
    order = query.word(EITHER) or ("asc" if sort == "start_frame" else "desc")
    wanted = TraceFilter(
        kind=query.word(KIND),
        label=None if label is None else storable(label, "label"),
        min_frames=query.whole(MIN_FRAMES, 1) or 1,
        sort=cast("TraceSort", sort),
        descending=order == "desc",
        limit=size,
        offset=(page - 1) * size,
    )
    total, found = await asyncio.to_thread(library.traces.listed, file, wanted)
    shown = [trace_body(one) for one in found]
    return {"success": True, "total": total, "page": page, "page_size": size, "traces": shown}


@router.delete("/api/v1/file/{file_uuid}/traces")
async def withdraw(request: Request, library: TheLibrary) -> dict[str, bool]:
    """Delete all traces of a file, and what was drawn of them."""
    await asyncio.to_thread(library.analyses.withdraw, opened(request))
    return {"success": True}


@router.get("/api/v1/file/{file_uuid}/trace/{trace_id}")
async def trace(request: Request, trace_id: str, library: TheLibrary) -> dict[str, Any]:
    """Return a trace."""
    file = opened(request)
    return {"success": True, "trace": trace_body(await _trace(library, file, trace_id))}


@router.get("/api/v1/file/{file_uuid}/trace/{trace_id}/boxes", openapi_extra=told(START, END))
async def trace_boxes(request: Request, trace_id: str, library: TheLibrary) -> dict[str, Any]:
    """Return the boxes of a trace in the order of their frames."""
    file = opened(request)
    found = await _trace(library, file, trace_id)
    query = Query(request)
    first, last = query.whole(START), query.whole(END)
    _check_range(file, first or 0, last, first)
    return await asyncio.to_thread(_trace_boxes, library, file, found, first, last)


@router.get("/api/v1/file/{file_uuid}/trace/{trace_id}/representative-face")
async def representative(request: Request, trace_id: str, library: TheLibrary) -> dict[str, Any]:
    """Return the best detection of a face."""
    file = opened(request)
    found = await _trace(library, file, trace_id)
    return await asyncio.to_thread(_representative, library, file, found)


@router.get("/api/v1/file/{file_uuid}/boxes", openapi_extra=told(FRAME, START, END))
async def boxes(request: Request, library: TheLibrary) -> dict[str, Any]:
    """Return every box in a frame, or in at most a thousand."""
    file, query = opened(request), Query(request)
    frame, first, last = query.whole(FRAME), query.whole(START), query.whole(END)
    if frame is not None:
        first = last = frame
    if first is None or last is None:
        missing = [one.name for one, value in ((START, first), (END, last)) if value is None]
        raise FileError(
            400, "frame_required", "Either frame, or start_frame and end_frame have to be given", missing=missing
        )
    _check_range(file, first, last, first)
    if last - first >= MOST_FRAMES:
        raise FileError(400, "bad_frame", f"At most {MOST_FRAMES} frames can be asked for", limit=MOST_FRAMES)
    found = await asyncio.to_thread(library.traces.boxes, file, first, last)
    return await asyncio.to_thread(_shown, library, file, found)


def trace_body(one: TraceRow) -> dict[str, Any]:
    """Return a trace as answers show it."""
    return {
        "trace_id": one.trace_id,
        "kind": one.kind,
        "label": one.label,
        "start_frame": one.start_frame,
        "end_frame": one.end_frame,
        "frame_count": one.frame_count,
        "start_time": round(one.start_time, 6),
        "end_time": round(one.end_time, 6),
        "avg_confidence": round(one.avg_confidence, 4),
        "identity": one.identity,
    }


async def _trace(library: FileLibrary, file: VideoFile, trace_id: str) -> TraceRow:
    found = await asyncio.to_thread(library.traces.find, file, trace_number(trace_id))
    if found is None:
        raise FileError(404, "trace_not_found", "There is no such trace in this file")
    return found


def _check_range(file: VideoFile, first: int, last: int | None, given: int | None) -> None:
    """Check a range of frames; its end may be beyond the file.

    Raises:
        FileError: 400; it is reversed. 422; it begins beyond the file.
    """
    if last is not None and given is not None and first > last:
        raise FileError(400, "range_reversed", "start_frame is after end_frame")
    total = int((file.facts or {})["total_frames"])
    if first >= total:
        raise FileError(422, "frame_out_of_range", f"The file has {total} frames", total_frames=total)


def _trace_boxes(
    library: FileLibrary, file: VideoFile, found: TraceRow, first: int | None, last: int | None
) -> dict[str, Any]:
    start = found.start_frame if first is None else first
    end = found.end_frame if last is None else last
    return _shown(library, file, library.traces.boxes_of(file, found.trace_id, start, end))


def _representative(library: FileLibrary, file: VideoFile, found: TraceRow) -> dict[str, Any]:
    best, count = library.traces.representative(file, found)
    if best is None:
        raise FileError(404, "trace_not_found", "The trace has no faces")
    return {"success": True, "representative": _shown(library, file, [best])["boxes"][0], "face_count": count}


def _shown(library: FileLibrary, file: VideoFile, found: Iterable[BoxRow]) -> dict[str, Any]:
    listed = list(found)
    first = min((one.frame for one in listed), default=0)
    last = max((one.frame for one in listed), default=-1)
    with library.indexes.opened(file) as index:
        times = index.times(first, last + 1)
    return {"success": True, "boxes": [_box_body(one, times[one.frame - first]) for one in listed]}


def _box_body(one: BoxRow, time: float) -> dict[str, Any]:
    return {
        "frame": one.frame,
        "t": round(time, 6),
        "trace_id": one.trace_id,
        "kind": one.kind,
        "label": one.label,
        "x": one.x,
        "y": one.y,
        "width": one.width,
        "height": one.height,
        "confidence": round(one.confidence, 4),
        "interpolated": one.interpolated,
    }
