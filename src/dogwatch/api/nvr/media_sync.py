"""Brings files and rows together on request (docs/api/system.md)."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import JSONResponse

from dogwatch.api import answers
from dogwatch.api.errors import ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheCaller, TheServices
from dogwatch.errors import NotFoundError
from dogwatch.jobs.bodies import job_body
from dogwatch.jobs.runner import QueueFullError
from dogwatch.recordings.media_sync import KIND

router = APIRouter(route_class=LateRoute)


class SyncBody(BaseModel):
    """How to do it."""

    dry_run: bool = False


@router.post("/api/media/sync", status_code=202, responses=answers.refusals(409))
def sync(caller: TheCaller, services: TheServices, body: SyncBody | None = None) -> JSONResponse:
    """Start to look for files without rows and rows without files."""
    if services.jobs.listed(KIND, None, live=True):
        raise ApiError(409, "This is going on already")
    params = {"dry_run": (body or SyncBody()).dry_run}
    try:
        job = services.jobs.submit(KIND, f"{KIND}_{secrets.token_hex(4)}", params, owner=caller.username)
    except QueueFullError:
        raise ApiError(409, "This is going on already") from None
    return JSONResponse({"job": job_body(job)}, 202)


@router.get("/api/media/sync/current")
def current(services: TheServices) -> dict[str, Any]:
    """Return the job that goes on, null if there is none."""
    found = services.jobs.listed(KIND, None, live=True)
    return {"job": job_body(found[0]) if found else None}


@router.get("/api/media/sync/status/{job_id}")
def status(job_id: str, services: TheServices) -> dict[str, Any]:
    """Return one job."""
    job = services.jobs.find(job_id)
    if job.kind != KIND:
        raise NotFoundError("Job not found")
    return {"job": job_body(job)}
