"""Uploads that go on where they were cut off, by the tus protocol 1.0 (docs/api/files/uploads.md)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dogwatch.api import raw_bodies
from dogwatch.api.arrivals import base_path
from dogwatch.api.conditions import http_date
from dogwatch.api.files.bodies import storable
from dogwatch.api.files.files import hash_of
from dogwatch.api.files.opened import opened
from dogwatch.api.files.services import TheFileCaller, TheLibrary
from dogwatch.api.late_route import LateRoute
from dogwatch.api.timeouts import expect_large_body
from dogwatch.errors import FileError
from dogwatch.library.catalogue import NewFile
from dogwatch.library.library import FileLibrary
from dogwatch.store.video_files import VideoFile

router = APIRouter(route_class=LateRoute)
VERSION = "1.0.0"
PATH = "/api/v1/uploads"
OFFSETS = "application/offset+octet-stream"
LONGEST_METADATA = 4096
_NUMBER = re.compile(r"[0-9]{1,15}")


@router.options(PATH)
async def options(library: TheLibrary) -> Response:
    """Tell what of the protocol there is."""
    return Response(
        status_code=204,
        headers={
            "Tus-Resumable": VERSION,
            "Tus-Version": VERSION,
            "Tus-Extension": "creation,creation-with-upload,expiration,termination",
            "Tus-Max-Size": str(library.settings.limits.file_bytes),
        },
    )


@router.post(PATH, status_code=201, openapi_extra=raw_bodies.taken({OFFSETS: raw_bodies.BYTES}, required=False))
async def create(request: Request, library: TheLibrary, caller: TheFileCaller) -> Response:
    """Begin an upload."""
    _check_version(request)
    size = _number(request, "upload-length")
    said = _metadata(request.headers.get("upload-metadata", ""))
    name = storable(said.get("filename") or said.get("name") or "", "filename")
    file = await library.uploads.begin(NewFile(caller.username, name, hash_of(said.get("content_hash"))), size)
    here = {"Location": f"{base_path(request.scope)}{PATH}/{file.uuid}"}
    if request.headers.get("content-type") != OFFSETS:
        return await _answer(library, file, 0, 201, here)
    found, offset, known = await library.uploads.go_on(file, 0, _sent(request))
    return await _answer(library, found, offset, 201, {**here, "Upload-Already-Exists": str(known).lower()})


@router.get(PATH + "/{file_uuid}")
async def state(request: Request, library: TheLibrary) -> Response:
    """Tell how much has arrived."""
    _check_version(request)
    file = opened(request, ready=False)
    offset = await asyncio.to_thread(library.uploads.offset, file)
    return await _answer(
        library, file, offset, 200, {"Upload-Length": str(file.size_bytes), "Cache-Control": "no-store"}
    )


@router.patch(PATH + "/{file_uuid}", status_code=204, openapi_extra=raw_bodies.taken({OFFSETS: raw_bodies.BYTES}))
async def go_on(request: Request, library: TheLibrary) -> Response:
    """Send more."""
    _check_version(request)
    file = opened(request, ready=False)
    if request.headers.get("content-type") != OFFSETS:
        raise FileError(415, "bad_media_type", f"The body has to be {OFFSETS}")
    offset = _number(request, "upload-offset")
    if file.status != "uploading":
        raise FileError(409, "upload_complete", "The upload is complete")
    found, size, known = await library.uploads.go_on(file, offset, _sent(request))
    return await _answer(library, found, size, 204, {"Upload-Already-Exists": str(known).lower()})


@router.delete(PATH + "/{file_uuid}", status_code=204)
async def give_up(request: Request, library: TheLibrary) -> Response:
    """End an upload, and leave nothing of it."""
    _check_version(request)
    await library.uploads.give_up(opened(request, ready=False))
    return Response(status_code=204, headers={"Tus-Resumable": VERSION})


class MethodInHeader:
    """The app, for clients that can only send POST: they say in a header which method they mean."""

    def __init__(self, app: ASGIApp) -> None:
        """Hand requests on to `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on with the method that is meant."""
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith(f"{PATH}/"):
            meant = dict(scope["headers"]).get(b"x-http-method-override")
            if meant in (b"PATCH", b"DELETE"):
                scope = {**scope, "method": meant.decode()}
        await self._app(scope, receive, send)


async def _sent(request: Request) -> AsyncIterator[bytes]:
    """Yield what comes; a client that goes away has sent what it has sent."""
    expect_large_body(request.scope)
    try:
        async for part in request.stream():
            yield part
    except ClientDisconnect:
        return


async def _answer(library: FileLibrary, file: VideoFile, offset: int, status: int, headers: dict[str, str]) -> Response:
    more = {"Tus-Resumable": VERSION, "Upload-Offset": str(offset), "File-Uuid": file.uuid}
    if file.status == "uploading":
        expires = await asyncio.to_thread(library.uploads.expires_at, file)
        more["Upload-Expires"] = http_date(expires)
    return Response(status_code=status, headers={**more, **headers})


def _check_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        error = FileError(412, "bad_tus_version", f"Tus-Resumable has to be {VERSION}", version=VERSION)
        raise error


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not _NUMBER.fullmatch(text):
        raise FileError(400, "bad_field", f"The header {name} has to be a whole number", field=name)
    return int(text)


def _metadata(header: str) -> dict[str, str]:
    """Return what `Upload-Metadata` says: pairs of a name and a text in base64."""
    if len(header) > LONGEST_METADATA:
        raise FileError(400, "bad_field", "Upload-Metadata is too long", field="upload-metadata")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            text = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            raise FileError(400, "bad_field", "Upload-Metadata is not as tus has it", field="upload-metadata") from None
        if name in found:
            raise FileError(400, "duplicate_parameter", f"{name} is given twice", parameter=name)
        found[name] = text
    return found
