"""`/api/cases`: collections of exports, and `/api/jobs/export`: how far they are (docs/api/exports.md)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated, Any, cast

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, StreamingResponse

from dogwatch.api import answers
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheCaller, TheServices
from dogwatch.errors import ConflictError
from dogwatch.jobs.bodies import job_body
from dogwatch.recordings.exports import KIND, NAME_LIMIT
from dogwatch.store.exports import Case, ExportFilter
from dogwatch.store.jobs import Job

router = APIRouter(route_class=LateRoute)

PORTION = 1 << 20
Text = Annotated[str, Field(max_length=10_000)]


class CaseBody(BaseModel):
    """A new case."""

    name: Annotated[str, Field(min_length=1, max_length=NAME_LIMIT)]
    description: Text | None = None


class CaseChange(BaseModel):
    """What of a case changes."""

    name: Annotated[str, Field(min_length=1, max_length=NAME_LIMIT)] | None = None
    description: Text | None = None


@router.get("/api/cases")
def list_cases(services: TheServices, caller: TheCaller) -> JSONResponse:
    """Return all cases, the newest first; limited roles get those that hold exports of their cameras."""
    found = services.exports.cases.listed()
    if caller.cameras is not None:
        mine = {one.case_id for one in services.exports.listed(ExportFilter(tuple(caller.cameras)))}
        found = [one for one in found if one.id in mine]
    return JSONResponse([case_row(one) for one in found])


@router.post("/api/cases", status_code=201)
def add_case(services: TheServices, body: CaseBody) -> JSONResponse:
    """Make a case."""
    return JSONResponse(case_row(services.exports.cases.add(body.name, body.description or "")), 201)


@router.get("/api/cases/{case_id}")
def one_case(services: TheServices, caller: TheCaller, case_id: str) -> JSONResponse:
    """Return one case."""
    return JSONResponse(case_row(_seen_case(services, caller, case_id)))


@router.patch("/api/cases/{case_id}")
def change_case(services: TheServices, case_id: str, body: CaseChange | None = None) -> JSONResponse:
    """Change a case's name or description."""
    body = body or CaseChange()
    return JSONResponse(case_row(services.exports.cases.change(case_id, body.name, body.description)))


@router.delete("/api/cases/{case_id}")
def delete_case(services: TheServices, case_id: str, *, delete_exports: bool = False) -> dict[str, Any]:
    """Delete a case, and its exports with `delete_exports`; otherwise they stay without a case."""
    try:
        services.exports.delete_case(case_id, with_exports=delete_exports)
    except ConflictError as error:
        raise ApiError(400, str(error)) from None
    return ok("Successfully deleted case.")


@router.get("/api/cases/{case_id}/download", responses=answers.body("application/zip"))
def download_case(services: TheServices, caller: TheCaller, case_id: str) -> StreamingResponse:
    """Return the files of a case's exports as one ZIP file, made while it is sent."""
    case = _seen_case(services, caller, case_id)
    cameras = None if caller.cameras is None else tuple(caller.cameras)
    found = [one for one in services.exports.listed(ExportFilter(cameras, case.id)) if not one.in_progress]
    files = [(one.file, path) for one in found if (path := services.exports.file(one)).is_file()]
    if not files:
        raise ApiError(404, "The case holds no finished export.")
    headers = {"Content-Disposition": f'attachment; filename="case-{case.id}.zip"', "Cache-Control": "no-store"}
    return StreamingResponse(_zip(files), media_type="application/zip", headers=headers)


@router.get("/api/jobs/export")
def list_jobs(services: TheServices, caller: TheCaller) -> JSONResponse:
    """Return the jobs of exports, the newest first."""
    cameras = None if caller.cameras is None else tuple(caller.cameras)
    return JSONResponse([job_body(one) for one in services.jobs.listed(KIND, cameras)])


@router.get("/api/jobs/export/{export_id}")
def one_job(services: TheServices, caller: TheCaller, export_id: str) -> JSONResponse:
    """Return the job of one export."""
    return JSONResponse(job_body(_seen_job(services, caller, export_id)))


@router.delete("/api/jobs/export/{export_id}")
def cancel_job(services: TheServices, export_id: str) -> dict[str, Any]:
    """Cancel the job of an export: one that waits ends at once, one that runs within about a second."""
    try:
        services.jobs.cancel(export_id)
    except ConflictError as error:
        raise ApiError(400, str(error)) from None
    return ok("The export is being cancelled.")


def case_row(case: Case) -> dict[str, Any]:
    """Return a case as clients know it."""
    return {
        "id": case.id,
        "name": case.name,
        "description": case.description,
        "created_at": case.created_at,
        "updated_at": case.updated_at,
    }


def _seen_case(services: TheServices, caller: TheCaller, case_id: str) -> Case:
    case = services.exports.cases.one(case_id)
    if caller.cameras is not None and not services.exports.listed(ExportFilter(tuple(caller.cameras), case.id)):
        raise ApiError(404, "Case not found")
    return case


def _seen_job(services: TheServices, caller: TheCaller, job_id: str) -> Job:
    job = services.jobs.find(job_id)
    if job.kind != KIND or (job.camera is not None and not caller.may_see(job.camera)):
        raise ApiError(404, "Job not found")
    return job


class _Outgoing:
    """A file for `zipfile` that cannot be sought: what is written is taken away with `take`."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is nothing behind."""

    def take(self) -> bytes:
        data, self._held = b"".join(self._held), []
        return data


def _zip(files: list[tuple[str, Path]]) -> Iterator[bytes]:
    """Yield a ZIP file of `files`, stored as they are: video does not shrink. What is deleted meanwhile is left out."""
    out = _Outgoing()
    with zipfile.ZipFile(cast(IO[bytes], out), "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, path in files:
            try:
                source, entry = path.open("rb"), _entry(path, name)
            except FileNotFoundError:
                continue
            with source, archive.open(entry, "w", force_zip64=True) as target:
                while data := source.read(PORTION):
                    target.write(data)
                    yield out.take()
    yield out.take()


def _entry(path: Path, name: str) -> zipfile.ZipInfo:
    """Return the entry of a file; one of a machine without a clock may be older than 1980, where times of ZIP begin."""
    return zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
