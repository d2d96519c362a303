"""`/api/<camera>/try`: other settings of a camera, tried on what it has recorded (docs/api/trials.md)."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from dogwatch.api import answers, ranges
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Time
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.config.difference import difference
from dogwatch.config.edit import flatten
from dogwatch.errors import ConflictError, NotFoundError
from dogwatch.jobs.bodies import job_body
from dogwatch.jobs.runner import QueueFullError
from dogwatch.store import segments
from dogwatch.store.jobs import Job

router = APIRouter(route_class=LateRoute)

KIND = "try"
RESULT = "result.json"
LONGEST_S = 86_400.0
SECTIONS = ("detect", "motion", "objects", "zones", "review", "snapshots", "record")
"""What can be tried; other sections decide nothing about events, and may hold secrets."""
GOING_ON = "Settings are being tried already"
LISTED = 20
_EVENT = re.compile(r"[ab]\d{1,6}")


class SettingsTrialBody(BaseModel):
    """What to try, and on which recordings."""

    start: Annotated[Time, Field(alias="from")]
    end: Annotated[Time, Field(alias="to")]
    config: dict[str, Any]


@router.post("/api/{camera}/try", status_code=202, responses=answers.refusals(409))
def begin(camera: str, body: SettingsTrialBody, caller: TheCaller, services: TheServices) -> JSONResponse:
    """Try settings on recordings."""
    start, end = body.start, min(body.end, time.time())
    if not start < end or end - start > LONGEST_S:
        raise ApiError(400, "The end must be after the start, by at most 24 hours, and the start in the past.")
    if camera not in services.config.cameras:
        raise NotFoundError("Camera not found")
    _changed_sections(services, camera, body.config)
    with services.db.read() as connection:
        recorded = bool(segments.spans(connection, camera, start, end))
    if not recorded and not list(services.catalogue.without_rows(camera, start, end)):
        raise ApiError(400, f"Nothing of {camera} is recorded in this time")
    if services.jobs.listed(KIND, None, live=True):
        raise ConflictError(GOING_ON)
    params = {"start": start, "end": end, "config": body.config}
    try:
        job = services.jobs.submit(KIND, f"{KIND}_{secrets.token_hex(6)}", params, camera=camera, owner=caller.username)
    except QueueFullError:
        raise ConflictError(GOING_ON) from None
    return JSONResponse(ok("The settings are being tried.", job_id=job.id), 202)


@router.get("/api/{camera}/try")
def listed(camera: str, services: TheServices) -> dict[str, Any]:
    """Return what was tried for a camera, newest first."""
    return {"tries": [job_body(job) for job in services.jobs.listed(KIND, [camera])[:LISTED]]}


@router.get("/api/{camera}/try/{job_id}")
def found(camera: str, job_id: str, services: TheServices) -> JSONResponse:
    """Return what has come of it."""
    job = _mine(services, camera, job_id)
    result: Any = None
    if job.state == "success":
        try:
            result = json.loads((folder_of(services.paths.media, job) / RESULT).read_bytes())
        except (OSError, ValueError):
            raise NotFoundError("The result is not kept any more") from None
    return JSONResponse({"job": job_body(job), "config": job.params["config"], "result": result})


@router.get("/api/{camera}/try/{job_id}/{event}.jpg")
def thumbnail(camera: str, job_id: str, event: str, services: TheServices) -> Response:
    """Return the picture of an event of a result."""
    job = _mine(services, camera, job_id)
    if not _EVENT.fullmatch(event):
        raise NotFoundError("There is no such event")
    return ranges.of_file(folder_of(services.paths.media, job) / f"{event}.jpg", answers.JPEG)


@router.post("/api/{camera}/try/{job_id}/cancel")
def cancel(camera: str, job_id: str, services: TheServices) -> dict[str, Any]:
    """End it."""
    job = _mine(services, camera, job_id)
    try:
        services.jobs.cancel(job.id)
    except ConflictError as error:
        raise ApiError(400, str(error)) from None
    return ok("The trial is cancelled.")


def changes_of(camera: str, config: Mapping[str, Any]) -> dict[tuple[str, ...], Any]:
    """Return the settings to try as changes of single keys."""
    return flatten({"cameras": {camera: config}})


def folder_of(media: Path, job: Job) -> Path:
    """Return the directory of a result."""
    return media / "tries" / str(job.camera) / job.id


def _changed_sections(services: Services, camera: str, config: Mapping[str, Any]) -> None:
    """Require settings that are valid and change something.

    Raises:
        ApiError: They are of other sections, or change nothing.
        ConfigErrors: They are not valid.
    """
    others = [name for name in config if name not in SECTIONS]
    if others or not config:
        raise ApiError(400, f"Settings of these sections can be tried: {', '.join(SECTIONS)}")
    try:
        json.dumps(config, allow_nan=False)
    except ValueError:
        raise ApiError(400, "The settings have a number that JSON cannot say") from None
    proposed = services.keeper.with_layers(services.config_file.with_changes(changes_of(camera, config)))
    if not difference(services.config, proposed).changed.get(camera):
        raise ApiError(400, "These settings would change nothing")


def _mine(services: Services, camera: str, job_id: str) -> Job:
    job = services.jobs.find(job_id)
    if job.kind != KIND or job.camera != camera:
        raise NotFoundError("Job not found")
    return job
