"""How everything does (docs/api/system.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from dogwatch.api import answers
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Time
from dogwatch.api.nvr.health import visible_health
from dogwatch.api.services import TheCaller, TheServices
from dogwatch.auth.caller import Caller
from dogwatch.stats.keeper import SUMS
from dogwatch.stats.problems import counts

router = APIRouter(route_class=LateRoute)


@router.get("/api/stats")
def stats(caller: TheCaller, services: TheServices) -> JSONResponse:
    """Return the numbers of cameras, detectors, processes and volumes."""
    return JSONResponse(visible(services.stats.snapshot(), caller))


@router.get("/api/stats/history")
def history(services: TheServices, keys: str = "") -> JSONResponse:
    """Return the numbers of the last twenty minutes, one set each 15 s, trimmed to dotted `keys` if given."""
    return JSONResponse(services.stats.history([key for key in keys.split(",") if key]))


@router.get("/api/stats/series")
def series(services: TheServices, step: Literal["15", "120"] = "15", since: Time | None = None) -> JSONResponse:
    """Return figures over time for charts: of the last hour every 15 s, or of the last day every 2 min."""
    return JSONResponse(services.stats.series.body(int(step), since))


@router.get("/api/metrics", responses=answers.body(answers.TEXT))
def metrics(caller: TheCaller, services: TheServices) -> Response:
    """Return the numbers for Prometheus."""
    from prometheus_client import CONTENT_TYPE_LATEST  # here: loading it takes long, and few ask

    from dogwatch.stats.metrics import exposition

    events = {key: count for key, count in services.stats.events.items() if caller.may_see(key[0])}
    problems = counts(visible_health(services.problems.health(), caller))
    text = exposition(visible(services.stats.snapshot(), caller), events, problems)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def visible(snapshot: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Return the part of a snapshot that `caller` may see.

    A limited role gets the figures of its cameras, their sums, and what says nothing of other cameras.
    """
    if caller.is_admin:
        return snapshot
    usages = {
        pid: {key: value for key, value in usage.items() if key != "cmdline"}
        for pid, usage in snapshot["cpu_usages"].items()
    }
    if caller.cameras is None:
        return {**snapshot, "cpu_usages": usages}
    cameras = {name: numbers for name, numbers in snapshot["cameras"].items() if caller.may_see(name)}
    own = _pids(cameras.values())
    shared = own & _pids(numbers for name, numbers in snapshot["cameras"].items() if name not in cameras)
    return {
        **snapshot,
        **{key: round(sum(one[key] for one in cameras.values()), 2) for key in SUMS},
        "cameras": cameras,
        # When it runs, how much waits and how much it has done is a matter of all cameras together.
        "detectors": {
            name: {**numbers, "detection_start": 0.0, "queue": 0, "batches": 0, "regions": 0}
            for name, numbers in snapshot["detectors"].items()
        },
        "cpu_usages": _of_pids(usages, own, shared),
        "mem_usages": _of_pids(snapshot["mem_usages"], own, shared),
        "gpu_usages": {},
        "npu_usages": {},
        "bandwidth_usages": {},
        "processes": {
            name: numbers
            for name, numbers in snapshot["processes"].items()
            if name.startswith("ingest:") and name.removeprefix("ingest:") in cameras
        },
        "service": {**snapshot["service"], "temperatures": {}, "storage": {}, "queues": {}},
    }


def _pids(cameras: Iterable[dict[str, Any]]) -> set[str]:
    return {str(numbers[key]) for numbers in cameras for key in ("pid", "capture_pid") if numbers[key]}


def _of_pids(usages: dict[str, dict[str, str]], own: set[str], shared: set[str]) -> dict[str, dict[str, str]]:
    """Return the usages of `own` processes; clients look all of them up, so those shared with others show as idle."""
    return {pid: dict.fromkeys(usage, "0.0") if pid in shared else usage for pid, usage in usages.items() if pid in own}
