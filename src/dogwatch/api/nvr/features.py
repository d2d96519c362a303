"""Features that Dogwatch does not have, as clients expect to be told of them (docs/api/config.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheServices

router = APIRouter(route_class=LateRoute)


@router.get("/api/plus/models")
def plus_models() -> JSONResponse:
    """Return no models: there is no labelling service."""
    return JSONResponse([])


@router.get("/api/audio_labels")
def audio_labels() -> JSONResponse:
    """Return no labels: no sounds are recognised."""
    return JSONResponse({})


@router.get("/api/profiles")
def profiles(services: TheServices) -> JSONResponse:
    """Return the profiles of the configuration, none of which can be activated."""
    found = [
        {"name": name, "friendly_name": (profile or {}).get("friendly_name") or name}
        for name, profile in services.config.profiles.items()
    ]
    answer: dict[str, Any] = {"profiles": found, "active_profile": None, "last_activated": {}}
    return JSONResponse(answer)


@router.get("/api/profile/active")
def active_profile() -> JSONResponse:
    """Return that no profile is active."""
    return JSONResponse({"active_profile": None})
