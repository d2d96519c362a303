"""Jobs of every kind, for administrators (docs/api/exports.md)."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Interval
from fastapi import APIRouter

from dogwatch.api import answers, filters
from dogwatch.api.errors import ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheServices
from dogwatch.jobs.bodies import job_body
from dogwatch.store.jobs import Job

router = APIRouter(route_class=LateRoute)

Most = Annotated[int, Interval(ge=1, le=1000)]


@router.get("/api/jobs")
def listed(services: TheServices, kind: str = filters.ALL, live: bool = False, limit: Most = 100) -> dict[str, Any]:
    """Return jobs of all or some kinds, newest first, without their results, which may be large."""
    found = services.jobs.latest(filters.listed(kind), limit=limit, live=live)
    return {"jobs": [_row(job) for job in found]}


@router.get("/api/jobs/{job_id}")
def one(job_id: str, services: TheServices) -> dict[str, Any]:
    """Return one job with its results."""
    return {"job": _row(services.jobs.find(job_id))}


@router.delete("/api/jobs/{job_id}", responses=answers.refusals(409))
def cancel(job_id: str, services: TheServices) -> dict[str, Any]:
    """Cancel a job: a waiting one ends at once, a running one within about a second."""
    services.jobs.cancel(job_id)
    return ok("The job is cancelled.")


def _row(job: Job) -> dict[str, Any]:
    return {**job_body(job), "owner": job.owner, "created_at": job.created_at}
