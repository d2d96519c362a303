"""The analysis of files, and its jobs (docs/api/files/jobs.md)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from dogwatch.api.files.access import forbidden
from dogwatch.api.files.bodies import FileBody, body_of, storable
from dogwatch.api.files.opened import canonical, opened
from dogwatch.api.files.parameters import PAGE, Parameter, Query, told
from dogwatch.api.files.services import TheFileCaller, TheLibrary
from dogwatch.api.files.shown import iso
from dogwatch.api.late_route import LateRoute
from dogwatch.auth.file_access import FileCaller
from dogwatch.auth.file_tokens import FileAction
from dogwatch.errors import FileError
from dogwatch.library.analyses import RunningError
from dogwatch.library.analysis_job import KIND
from dogwatch.library.analysis_plan import AnalysisRequest
from dogwatch.library.library import FileLibrary
from dogwatch.store.file_jobs import FileJobFilter
from dogwatch.store.jobs import Job, State

router = APIRouter(route_class=LateRoute)
STATUS = Parameter("status", ("queued", "running", "done", "failed", "cancelled"), "Only these")
OF_FILE = Parameter("file_uuid", "text", "Only those of this file", code="bad_file_uuid")
MOST = 200
PAGE_SIZE = Parameter("page_size", "integer", f"How many on a page, 1 to {MOST}", str(MOST))
STATES: dict[str, State] = {"done": "success"}
"""How states are called in the database, where that is another word."""


class AnalysisBody(FileBody):
    """What is to be found in a file, and how."""

    detectors: Annotated[list[Literal["face", "object"]], Field(min_length=1, max_length=2)] | None = None
    labels: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=100)] | None = None
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.5
    every: Annotated[int, Field(ge=1, le=30)] = 1
    replace: bool = False


@router.post("/api/v1/file/{file_uuid}/process", status_code=202, openapi_extra=told(body=AnalysisBody))
async def process(request: Request, library: TheLibrary, caller: TheFileCaller) -> Response:
    """Begin to analyse a file."""
    file = opened(request)
    body = await body_of(request, AnalysisBody)
    wanted = AnalysisRequest(
        kinds=tuple(dict.fromkeys(body.detectors or ())),
        labels=tuple(dict.fromkeys(storable(label, "labels") for label in body.labels or ())),
        min_confidence=body.min_confidence,
        every=body.every,
    )
    analyses = library.analyses
    try:
        job = await asyncio.to_thread(analyses.begin, file, wanted, caller.username, replace=body.replace)
    except RunningError as error:
        raise FileError(409, error.code, str(error), job=job_body(error.job)) from None
    return JSONResponse({"success": True, "job": job_body(job)}, 202)


@router.get("/api/v1/file/{file_uuid}/progress")
async def progress(request: Request, library: TheLibrary) -> dict[str, Any]:
    """Return the newest job of a file."""
    job = await asyncio.to_thread(library.analyses.newest, opened(request, ready=False).uuid)
    return {"success": True, "job": None if job is None else job_body(job)}


@router.get("/api/v1/jobs", openapi_extra=told(STATUS, OF_FILE, PAGE, PAGE_SIZE))
async def jobs(request: Request, library: TheLibrary, caller: TheFileCaller) -> dict[str, Any]:
    """Return the jobs of the files that the caller may read, page by page, newest first."""
    query = Query(request)
    status, text = query.word(STATUS), query.text(OF_FILE)
    page, size = query.page(PAGE_SIZE, MOST)
    uuid = None if text is None else canonical(text)
    if uuid is not None:
        await _check(library, caller, "read", uuid)
    elif "read" not in caller.scope.actions:
        return {"success": True, "total": 0, "page": page, "page_size": size, "jobs": []}
    scope = caller.scope.files
    wanted = FileJobFilter(
        kind=KIND,
        owner=caller.username if scope == "own" else None,
        uuids=[uuid] if uuid is not None else None if isinstance(scope, str) else scope,
        state=None if status is None else STATES.get(status, cast("State", status)),
        limit=size,
        offset=(page - 1) * size,
    )
    total, found = await asyncio.to_thread(library.analyses.listed, wanted)
    return {"success": True, "total": total, "page": page, "page_size": size, "jobs": [*map(job_body, found)]}


@router.get("/api/v1/jobs/{job_id}")
async def one(job_id: str, library: TheLibrary, caller: TheFileCaller) -> dict[str, Any]:
    """Return a job."""
    return {"success": True, "job": job_body(await _found(library, caller, "read", job_id))}


@router.delete("/api/v1/jobs/{job_id}")
async def cancel(job_id: str, library: TheLibrary, caller: TheFileCaller) -> dict[str, Any]:
    """Cancel a job; what it has found so far is dropped."""
    job = await _found(library, caller, "write", job_id)
    return {"success": True, "job": job_body(await asyncio.to_thread(library.analyses.cancel, job))}


def job_body(job: Job) -> dict[str, Any]:
    """Return a job as answers show it."""
    total = int(job.params["frames"])
    share = job.progress / 100
    return {
        "job_id": job.id,
        "file_uuid": job.params["file"],
        "status": "done" if job.state == "success" else job.state,
        "progress": round(share, 4),
        "frames_done": round(share * total),
        "frames_total": total,
        **({"error": job.error} if job.state == "failed" else {}),
        "created_at": iso(job.created_at),
        **({} if job.ended_at is None else {"finished_at": iso(job.ended_at)}),
    }


async def _found(library: FileLibrary, caller: FileCaller, action: FileAction, job_id: str) -> Job:
    """Return a job whose file the caller may use.

    Raises:
        FileError: 404; there is none. 403; it is of a file that the caller may not use.
    """
    job = await asyncio.to_thread(library.analyses.find, job_id)
    await _check(library, caller, action, str(job.params["file"]), gone=job.owner == caller.username)
    return job


async def _check(
    library: FileLibrary, caller: FileCaller, action: FileAction, uuid: str, *, gone: bool = False
) -> None:
    """Check that the caller may use a file; with `gone`, also one that has been deleted.

    Raises:
        FileError: 403 or 404.
    """
    if not caller.may(action, uuid):
        raise forbidden()
    file = await asyncio.to_thread(library.catalogue.find, uuid)
    if file is None:
        if gone:
            return
        raise FileError(404, "file_not_found", "There is no such file")
    if not caller.may_use(file.owner):
        raise forbidden()
