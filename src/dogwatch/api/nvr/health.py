"""What is wrong now (docs/api/health.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from dogwatch.api.errors import ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheCaller, TheServices
from dogwatch.auth.caller import Caller
from dogwatch.outputs.commands import AcceptCameraView
from dogwatch.stats.problems import health_of

router = APIRouter(route_class=LateRoute)


@router.get("/api/health")
def health(caller: TheCaller, services: TheServices) -> JSONResponse:
    """Return every problem that there is now."""
    return JSONResponse(visible_health(services.problems.health(), caller))


@router.post("/api/{camera}/camera_health/accept")
def accept_view(camera: str, services: TheServices) -> dict[str, Any]:
    """Take a camera's scene as it is now for usual, as the message `<camera>/camera_health/accept` does."""
    services.commands.do(AcceptCameraView(camera))
    return ok(f"The present view of {camera} is learnt as its usual one.")


def visible_health(health: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Return what `caller` may know of a state: a limited role only problems of its cameras."""
    if caller.is_admin:
        return dict(health)
    seen = [
        {key: value for key, value in one.items() if key != "detail"}
        for one in health["problems"]
        if caller.cameras is None or one["camera"] in caller.cameras
    ]
    return health_of(seen)
