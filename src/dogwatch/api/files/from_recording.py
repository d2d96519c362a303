"""Files made of recordings and exports (docs/api/files/files.md)."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from dogwatch.api.files.access import forbidden
from dogwatch.api.files.bodies import FileBody, body_of, storable
from dogwatch.api.files.files import answered
from dogwatch.api.files.parameters import told
from dogwatch.api.files.services import TheFileCaller, TheFileServices
from dogwatch.api.late_route import LateRoute
from dogwatch.errors import FileError
from dogwatch.library.recorded_files import RecordedFiles

router = APIRouter(route_class=LateRoute)
LATEST = 1e11


class Recorded(FileBody):
    """What was recorded: of a camera from and to (epoch s), or an export."""

    camera: str | None = None
    start_time: float | None = None
    end_time: float | None = None
    export_id: str | None = None


@router.post("/api/v1/files/from-recording", status_code=201, openapi_extra=told(body=Recorded))
async def from_recording(request: Request, services: TheFileServices, caller: TheFileCaller) -> Response:
    """Make a file of what a camera has recorded, or of an export."""
    body, nvr = await body_of(request, Recorded), services.nvr
    source = RecordedFiles(services.library.uploads, nvr.catalogue, nvr.db)
    if body.export_id is not None:
        if body.camera is not None:
            raise _wrong("export_id", "is given beside camera")
        export = await asyncio.to_thread(source.export, storable(body.export_id, "export_id"))
        if export is None:
            raise FileError(404, "not_found", "There is no such export")
        if not caller.caller.may_see(export.camera):
            raise forbidden()
        return answered(*await source.of_export(caller.username, export), flat=True)
    if body.camera is None or body.start_time is None or body.end_time is None:
        raise _wrong("camera", "has to be given with start_time and end_time, or export_id alone")
    if not 0 <= body.start_time < body.end_time <= LATEST:
        raise _wrong("end_time", "has to be after start_time, which is at least 0")
    camera = storable(body.camera, "camera")
    if not caller.caller.may_see(camera):  # before it is looked whether there is such a camera
        raise forbidden()
    if camera not in nvr.config.cameras:
        raise FileError(404, "not_found", "There is no such camera")
    return answered(*await source.of_range(caller.username, camera, body.start_time, body.end_time), flat=True)


def _wrong(field: str, text: str) -> FileError:
    return FileError(400, "bad_field", f"{field} {text}", field=field)
