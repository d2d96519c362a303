"""How everything does (contract, section 4.2)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, Response

from dogwatch.api.services import TheCaller, TheServices
from dogwatch.auth.caller import Caller
from dogwatch.notify.metrics import exposition

router = APIRouter()


@router.get("/api/stats")
def stats(caller: TheCaller, services: TheServices) -> JSONResponse:
    """Return the numbers of cameras, detectors, processes and volumes."""
    return JSONResponse(visible(services.stats.snapshot(), caller))


@router.get("/api/stats/history")
def history(services: TheServices, keys: str = "") -> JSONResponse:
    """Return the numbers of the last twenty minutes, one set each 15 s, trimmed to dotted `keys` if given."""
    return JSONResponse(services.stats.history([key for key in keys.split(",") if key]))


@router.get("/api/metrics")
def metrics(caller: TheCaller, services: TheServices) -> Response:
    """Return the numbers for Prometheus."""
    events = {key: count for key, count in services.stats.events.items() if caller.may_see(key[0])}
    text = exposition(visible(services.stats.snapshot(), caller), events)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def visible(snapshot: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Return the part of a snapshot that `caller` may see."""
    if caller.is_admin:
        return snapshot
    cameras = {name: numbers for name, numbers in snapshot["cameras"].items() if caller.may_see(name)}
    usages = {
        pid: {key: value for key, value in usage.items() if key != "cmdline"}
        for pid, usage in snapshot["cpu_usages"].items()
    }
    processes = {
        name: numbers
        for name, numbers in snapshot["processes"].items()
        if caller.cameras is None or not name.startswith("ingest:") or name.removeprefix("ingest:") in cameras
    }
    return {**snapshot, "cameras": cameras, "cpu_usages": usages, "processes": processes}
