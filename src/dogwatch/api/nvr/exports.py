"""`/api/export` and `/api/exports`: ranges of recordings as files that are kept (docs/api/exports.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from dogwatch.api import filters
from dogwatch.api.errors import AccessError, ApiError, ok
from dogwatch.api.file_scope import may_read
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Time
from dogwatch.api.nvr.files import resolve
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.auth.caller import Caller
from dogwatch.errors import ConflictError, DogwatchError, NoFootageError
from dogwatch.recordings.exports import NAME_LIMIT, ExportRequest
from dogwatch.store.exports import Export, ExportFilter

router = APIRouter(route_class=LateRoute)

MEDIA = "/media/frigate"  # what clients take the media root for (docs/api/files.md)
UNASSIGNED = "unassigned"
CLIPS = (f"{MEDIA}/clips/", "/clips/", "clips/")
Name = Annotated[str, Field(max_length=NAME_LIMIT)]
Id = Annotated[str, Field(min_length=1, max_length=200)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=1000)]


class ExportBody(BaseModel):
    """How a range is exported; all fields are optional."""

    playback: Literal["realtime", "timelapse_25x"] = "realtime"
    source: Literal["recordings", "preview"] = "recordings"
    name: Name | None = None
    image_path: Annotated[str, Field(max_length=1000)] | None = None
    export_case_id: Annotated[str, Field(max_length=40)] | None = None
    chapters: Literal["none", "recording_segments", "review_items"] | None = None


class CustomBody(ExportBody):
    """The body of a custom export; arguments for ffmpeg are refused."""

    ffmpeg_input_args: str | None = None
    ffmpeg_output_args: str | None = None
    cpu_fallback: bool = False


class NameBody(BaseModel):
    """The body that renames an export."""

    name: Annotated[str, Field(min_length=1, max_length=NAME_LIMIT)]


class IdsBody(BaseModel):
    """The body that lists the ids of exports."""

    ids: Ids


class AssignBody(IdsBody):
    """The body that puts exports into a case, or into none."""

    export_case_id: Annotated[str, Field(max_length=40)] | None = None


class BatchItem(BaseModel):
    """One export of a batch."""

    camera: Annotated[str, Field(max_length=100)]
    start_time: Time
    end_time: Time
    image_path: Annotated[str, Field(max_length=1000)] | None = None
    friendly_name: Name | None = None
    client_item_id: Annotated[str, Field(max_length=200)] | None = None


class BatchBody(BaseModel):
    """The body of a batch: exports, and optionally the case for all of them."""

    items: Annotated[list[BatchItem], Field(min_length=1, max_length=50)]
    export_case_id: Annotated[str, Field(max_length=40)] | None = None
    new_case_name: Name | None = None
    new_case_description: Annotated[str, Field(max_length=10_000)] | None = None


@router.get("/api/exports")
def list_exports(
    services: TheServices,
    caller: TheCaller,
    export_case_id: str | None = None,
    cameras: str = filters.ALL,
    start_date: Time | None = None,
    end_date: Time | None = None,
) -> JSONResponse:
    """Return exports, newest range first."""
    case = "" if export_case_id == UNASSIGNED else export_case_id or None
    wanted = ExportFilter(filters.visible(caller, filters.listed(cameras)), case, start_date, end_date)
    return JSONResponse([row(one) for one in services.exports.listed(wanted)])


@router.get("/api/exports/{export_id}")
def one_export(services: TheServices, export_id: str) -> JSONResponse:
    """Return one export."""
    return JSONResponse(row(services.exports.one(export_id)))


@router.post("/api/export/{camera}/start/{start}/end/{end}", status_code=202)
def start_export(
    services: TheServices, caller: TheCaller, camera: str, start: Time, end: Time, body: ExportBody | None = None
) -> JSONResponse:
    """Queue an export of a camera's recordings."""
    return _started(services, caller, camera, start, end, body or ExportBody())


@router.post("/api/export/custom/{camera}/start/{start}/end/{end}", status_code=202)
def start_custom_export(
    services: TheServices, caller: TheCaller, camera: str, start: Time, end: Time, body: CustomBody | None = None
) -> JSONResponse:
    """Queue an export; arguments for an encoder are refused, since Dogwatch runs no ffmpeg program."""
    body = body or CustomBody()
    if body.ffmpeg_input_args or body.ffmpeg_output_args:
        if not caller.is_admin:
            raise AccessError(403, "Access denied. A user with the admin role is required.")
        raise ApiError(400, "Dogwatch runs no ffmpeg program, so that there is nothing to take these arguments.")
    return _started(services, caller, camera, start, end, body)


@router.patch("/api/export/{export_id}/rename")
def rename_export(services: TheServices, export_id: str, body: NameBody) -> dict[str, Any]:
    """Give an export another name."""
    services.exports.rename(export_id, body.name)
    return ok("Successfully renamed export.")


@router.patch("/api/export/{export_id}/{new_name}")
def rename_export_by_path(services: TheServices, export_id: str, new_name: str) -> dict[str, Any]:
    """Give an export another name, as older clients ask for it."""
    if len(new_name) > NAME_LIMIT:
        raise ApiError(400, f"A name has at most {NAME_LIMIT} characters.")
    services.exports.rename(export_id, new_name)
    return ok("Successfully renamed export.")


@router.delete("/api/export/{export_id}")
def delete_export(services: TheServices, export_id: str) -> dict[str, Any]:
    """Delete an export; it may also be named by its file."""
    _delete(services, [export_id])
    return ok("Successfully deleted export.")


@router.post("/api/exports/delete")
def delete_exports(services: TheServices, body: IdsBody) -> dict[str, Any]:
    """Delete exports, all of them or none."""
    _delete(services, body.ids)
    return ok(f"Successfully deleted {len(body.ids)} export(s).")


@router.post("/api/exports/reassign")
def reassign_exports(services: TheServices, body: AssignBody) -> dict[str, Any]:
    """Put exports into a case, or take them out."""
    services.exports.assign(body.ids, body.export_case_id)
    return ok("Successfully updated exports.")


@router.post("/api/exports/batch", status_code=202)
def batch(services: TheServices, caller: TheCaller, body: BatchBody) -> JSONResponse:
    """Queue several exports; if one is refused, the others are still queued.

    A new case is made only if there is something to put into it.
    """
    case_id = body.export_case_id
    if case_id is not None:
        _may_assign(services, caller, case_id)
    elif body.new_case_name:
        case_id = services.exports.cases.add(body.new_case_name, body.new_case_description or "").id
    results = [_batch_item(services, caller, one, case_id) for one in body.items]
    ids = [result["export_id"] for result in results if result["success"]]
    if not ids and body.export_case_id is None and case_id is not None:
        services.exports.delete_case(case_id, with_exports=False)
        case_id = None
    return JSONResponse({"export_case_id": case_id, "export_ids": ids, "results": results}, 202)


def row(export: Export) -> dict[str, Any]:
    """Return an export as clients know it (docs/api/exports.md)."""
    return {
        "id": export.id,
        "camera": export.camera,
        "name": export.name,
        "date": export.date,
        "video_path": f"{MEDIA}/exports/{export.file}",
        "thumb_path": f"{MEDIA}/clips/export/{export.id}.webp",
        "in_progress": export.in_progress,
        "export_case_id": export.case_id,
    }


def _started(
    services: Services, caller: Caller, camera: str, start: float, end: float, body: ExportBody
) -> JSONResponse:
    if body.export_case_id is not None:
        _may_assign(services, caller, body.export_case_id)
    wanted = ExportRequest(
        camera,
        start,
        end,
        body.playback,
        body.name or None,
        _image(services, caller, body.image_path),
        body.export_case_id,
        body.chapters,
        caller.username,
        body.source,
    )
    try:
        export = services.exports.begin(wanted)
    except NoFootageError as error:
        raise ApiError(400, str(error)) from None
    return JSONResponse(ok("Export queued.", export_id=export.id, status="queued"), 202)


def _batch_item(services: Services, caller: Caller, item: BatchItem, case_id: str | None) -> dict[str, Any]:
    result: dict[str, Any] = {
        "camera": item.camera,
        "export_id": None,
        "success": False,
        "status": None,
        "error": None,
        "client_item_id": item.client_item_id,
    }
    if not caller.may_see(item.camera) or item.camera not in services.config.cameras:
        return result | {"error": "Camera not found"}
    try:
        image = _image(services, caller, item.image_path)
        wanted = ExportRequest(
            item.camera,
            item.start_time,
            item.end_time,
            name=item.friendly_name or None,
            image=image,
            case_id=case_id,
            owner=caller.username,
        )
        export = services.exports.begin(wanted)
    except DogwatchError as error:
        return result | {"error": str(error)}
    return result | {"export_id": export.id, "success": True, "status": "queued"}


def _may_assign(services: Services, caller: Caller, case_id: str) -> None:
    if not caller.is_admin:
        raise AccessError(403, "Access denied. A user with the admin role is required.")
    services.exports.cases.one(case_id)


def _image(services: Services, caller: Caller, text: str | None) -> str | None:
    """Return the file that `text`, a path below the clips directory as clients write it, stands for.

    Nobody gets to see a picture by way of an export who would not get it as a file.
    """
    if not text:
        return None
    root: Path = services.paths.media / "clips"
    for prefix in (f"{root}/", *CLIPS):
        if text.startswith(prefix):
            text = text.removeprefix(prefix)
            break
    parts = text.split("/")
    found = None if ".." in parts or text.startswith("/") else resolve(root, text)
    if found is None or not found.is_file() or not may_read(f"/clips/{text}", caller.cameras, services.config.cameras):
        raise ApiError(400, "image_path is no file inside the clips directory")
    return str(found)


def _delete(services: Services, names: list[str]) -> None:
    try:
        services.exports.delete(names)
    except ConflictError as error:
        raise ApiError(400, str(error)) from None
    except OSError as error:
        raise ApiError(503, f"Nothing can be deleted now: {error.strerror or error}") from None
