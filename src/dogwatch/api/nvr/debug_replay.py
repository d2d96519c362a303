"""`/api/debug_replay`: recordings through detection, to see which events come of them (docs/api/system.md)."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from dogwatch.api import answers
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Time
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.auth.caller import Caller
from dogwatch.errors import ConflictError, NotFoundError
from dogwatch.jobs.bodies import job_body
from dogwatch.jobs.runner import QueueFullError
from dogwatch.store import exports

router = APIRouter(route_class=LateRoute)

KIND = "debug_replay"
LONGEST_S = 3600.0
GOING_ON = "A replay is going on already"


class ReplayBody(BaseModel):
    """Which recordings to replay."""

    camera: Annotated[str, Field(max_length=100)]
    start_time: Time
    end_time: Time


class FromExport(BaseModel):
    """Which export to replay."""

    export_id: Annotated[str, Field(max_length=140)]


@router.post("/api/debug_replay/start", status_code=202, responses=answers.refusals(400, 409))
def start(body: ReplayBody, caller: TheCaller, services: TheServices) -> JSONResponse:
    """Replay what a camera has recorded."""
    return _start(services, caller, body.camera, body.start_time, body.end_time)


@router.post("/api/debug_replay/start_from_export", status_code=202, responses=answers.refusals(400, 409))
def start_from_export(body: FromExport, caller: TheCaller, services: TheServices) -> JSONResponse:
    """Replay an export."""
    with services.db.read() as connection:
        found = next(iter(exports.some(connection, [body.export_id])), None)
    if found is None:
        raise NotFoundError("Export not found")
    if found.in_progress:
        raise ApiError(400, "The export is not finished")
    return _start(services, caller, found.camera, found.date, found.end_time, found.file)


@router.post("/api/debug_replay/stop", responses=answers.refusals(404, 409))
def stop(services: TheServices) -> dict[str, Any]:
    """End the replay that goes on."""
    for job in services.jobs.listed(KIND, None, live=True):
        services.jobs.cancel(job.id)
        return ok("The replay is being stopped")
    raise NotFoundError("No replay is going on")


@router.get("/api/debug_replay/status")
def status(services: TheServices) -> dict[str, Any]:
    """Return the replay that goes on, or the last one."""
    found = services.jobs.listed(KIND, None)
    live = services.jobs.listed(KIND, None, live=True)
    job = next(iter(live or found), None)
    return {"active": bool(live), "job": job_body(job) if job is not None else None}


def _start(services: Services, caller: Caller, camera: str, start: float, end: float, file: str = "") -> JSONResponse:
    """Queue a replay.

    Raises:
        NotFoundError: The camera is not configured.
        ApiError: The range is empty or too long.
        ConflictError: A replay goes on already.
    """
    if camera not in services.config.cameras:
        raise NotFoundError("Camera not found")
    if end <= start:
        raise ApiError(400, "end_time must be after start_time")
    if end - start > LONGEST_S:
        raise ApiError(400, f"At most {LONGEST_S / 60:.0f} minutes can be replayed at once")
    if services.jobs.listed(KIND, None, live=True):
        raise ConflictError(GOING_ON)
    params = {"start": start, "end": end, "file": file}
    try:
        job = services.jobs.submit(KIND, f"{KIND}_{secrets.token_hex(4)}", params, camera=camera, owner=caller.username)
    except QueueFullError:
        raise ConflictError(GOING_ON) from None
    return JSONResponse({"job": job_body(job)}, 202)
