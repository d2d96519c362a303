"""Files: taking them in, listing, showing and deleting them (docs/api/files/files.md)."""

from __future__ import annotations

import asyncio
import re
from typing import Any, cast

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from dogwatch.api import raw_bodies
from dogwatch.api.files.bodies import FileBody, body_of, storable
from dogwatch.api.files.opened import opened
from dogwatch.api.files.parameters import ORDER, PAGE, PAGE_SIZE, Parameter, Query, told
from dogwatch.api.files.services import TheFileCaller, TheLibrary
from dogwatch.api.files.shown import file_body
from dogwatch.api.late_route import LateRoute
from dogwatch.api.multipart import MultipartForm
from dogwatch.errors import FileError
from dogwatch.library.catalogue import NewFile
from dogwatch.store.video_files import Sort, Status, VideoFile, VideoFileFilter

router = APIRouter(route_class=LateRoute)
SORT = Parameter("sort", ("created_at", "file_name", "duration", "size_bytes"), "By what", "created_at")
TEXT = Parameter("q", "text", "A part of the name")
STATUS = Parameter("status", ("uploading", "probing", "ready", "failed"), "Only these")
FLAT = ("duration", "width", "height", "fps", "total_frames")
HASH = re.compile(r"[0-9a-fA-F]{64}")


class Registered(FileBody):
    """Where a file lies on the server, and what its SHA-256 has to be."""

    file_path: str
    content_hash: str | None = None


@router.get("/api/v1/files", openapi_extra=told(PAGE, PAGE_SIZE, SORT, ORDER, TEXT, STATUS))
async def files(request: Request, library: TheLibrary, caller: TheFileCaller) -> dict[str, Any]:
    """Return the files that the caller may read, page by page."""
    query = Query(request)
    page, size = query.page()
    scope = caller.scope.files
    wanted = VideoFileFilter(
        owner=caller.username if scope == "own" else None,
        uuids=None if isinstance(scope, str) else scope,
        text=storable(query.text(TEXT) or "", "q"),
        status=cast("Status | None", query.word(STATUS)),
        sort=cast("Sort", query.word(SORT)),
        descending=query.word(ORDER) == "desc",
        limit=size,
        offset=(page - 1) * size,
    )
    if "read" not in caller.scope.actions:
        raise FileError(403, "file_forbidden", "The scope of the caller does not have the action read")
    total, found = await asyncio.to_thread(library.catalogue.listed, wanted)
    shown = [file_body(file) for file in found]
    return {"success": True, "total": total, "page": page, "page_size": size, "files": shown}


@router.post(
    "/api/v1/files",
    status_code=201,
    openapi_extra=raw_bodies.form(name="The file's name; default: the one in the part.", content_hash="Its SHA-256."),
)
async def upload(request: Request, library: TheLibrary, caller: TheFileCaller) -> Response:
    """Take in a file: a multipart body with the part `file`."""
    form = MultipartForm(request)

    def said() -> NewFile:
        name = storable(form.texts.get("name") or form.filename, "name")
        return NewFile(caller.username, name, hash_of(form.texts.get("content_hash")))

    announced = int(request.headers.get("content-length", 0))  # `Wire` has looked at it
    return answered(*await library.uploads.take(form.file(), announced, said))


@router.post("/api/v1/files/register", status_code=201, openapi_extra=told(body=Registered))
async def register(request: Request, library: TheLibrary, caller: TheFileCaller) -> Response:
    """Take a file where it lies on the server, without copying it."""
    body = await body_of(request, Registered)
    new = NewFile(caller.username, "", hash_of(body.content_hash))
    return answered(*await library.catalogue.register(storable(body.file_path, "file_path"), new), flat=True)


@router.get("/api/v1/file/{file_uuid}")
async def file(request: Request) -> dict[str, Any]:
    """Return what is known of a file."""
    return {"success": True, "file": file_body(opened(request, ready=False))}


@router.delete("/api/v1/file/{file_uuid}")
async def delete(request: Request, library: TheLibrary) -> dict[str, bool]:
    """Delete a file and what was made of it; what lies elsewhere and was only registered stays."""
    await library.catalogue.delete(opened(request, ready=False))
    return {"success": True}


def answered(found: VideoFile, known: bool, *, flat: bool = False) -> Response:
    """Return the answer to a file that has come in."""
    shown = file_body(found)
    more = {"file_uuid": found.uuid, "file_name": found.name, **{name: shown[name] for name in FLAT}} if flat else {}
    return JSONResponse({"success": True, "already_exists": known, "file": shown, **more}, 200 if known else 201)


def hash_of(text: str | None) -> str | None:
    """Return a SHA-256 in lower case.

    Raises:
        FileError: 400; it is none.
    """
    if text is not None and not HASH.fullmatch(text):
        raise FileError(400, "bad_field", "content_hash is the SHA-256 in 64 hex digits", field="content_hash")
    return text and text.lower()
