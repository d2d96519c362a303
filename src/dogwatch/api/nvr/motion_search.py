"""`/api/<camera>/search/motion`: when something moved in a part of the picture (docs/motion.md)."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Time
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.errors import ConflictError, NotFoundError
from dogwatch.polygon import MIN_AREA, area
from dogwatch.recordings.motion_search_job import KIND, MotionQuery
from dogwatch.store.jobs import Job

router = APIRouter(route_class=LateRoute)

LONGEST_S = 31 * 86_400
Fraction = Annotated[float, Field(ge=0, le=1)]


class MotionSearchBody(BaseModel):
    """What is searched."""

    start_time: Time
    end_time: Time
    polygon_points: Annotated[list[tuple[Fraction, Fraction]], Field(min_length=3, max_length=100)]
    threshold: Annotated[int, Field(ge=1, le=255)] = 30
    min_area: Annotated[float, Field(gt=0, le=100)] = 5.0
    parallel: bool = False
    max_results: Annotated[int, Field(ge=1, le=100)] = 25


@router.post("/api/{camera}/search/motion")
def begin_search(services: TheServices, caller: TheCaller, camera: str, body: MotionSearchBody) -> dict[str, Any]:
    """Search what is known of the recordings at once, and queue a look at the footage."""
    start, end = body.start_time, min(body.end_time, time.time())
    if not start < end or end - start > LONGEST_S:
        raise ApiError(400, "The end must be after the start, by at most 31 days, and the start in the past.")
    polygon = tuple(body.polygon_points)
    if area(polygon) <= MIN_AREA:
        raise ApiError(400, "The polygon has no area.")
    query = MotionQuery(camera, start, end, polygon, body.threshold, body.min_area, body.parallel, body.max_results)
    job = services.searches.begin(services.jobs, query, caller.username)
    return ok("Motion search started.", job_id=job.id)


@router.get("/api/{camera}/search/motion/{job_id}")
def search_results(services: TheServices, camera: str, job_id: str) -> dict[str, Any]:
    """Return what a search has found so far."""
    job = _mine(services, camera, job_id)
    first, result = job.params["first"], job.result or {}
    return {
        "success": True,
        "message": job.error,
        "job_id": job.id,
        "status": job.state,
        "step": job.step,
        "progress": round(job.progress, 1),
        "camera": camera,
        "start_time": job.params["start"],
        "end_time": job.params["end"],
        "segments_with_motion": first["segments"],
        "segments_unknown": first["unknown"],
        "candidates": first["motion"],
        "results": services.searches.results(job),
        "segments_scanned": result.get("segments"),
        "segments_unreadable": result.get("unreadable"),
        "complete": result.get("complete"),
    }


@router.post("/api/{camera}/search/motion/{job_id}/cancel")
def cancel_search(services: TheServices, camera: str, job_id: str) -> dict[str, Any]:
    """End a search."""
    job = _mine(services, camera, job_id)
    try:
        services.jobs.cancel(job.id)
    except ConflictError as error:
        raise ApiError(400, str(error)) from None
    return ok("Motion search cancelled.")


def _mine(services: Services, camera: str, job_id: str) -> Job:
    job = services.jobs.find(job_id)
    if job.kind != KIND or job.camera != camera:
        raise NotFoundError("Job not found")
    return job
