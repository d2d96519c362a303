"""The configuration as it is in force, and its schema (docs/api/config.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.auth.caller import Caller

router = APIRouter(route_class=LateRoute)


@router.get("/api/config")
def config(caller: TheCaller, services: TheServices) -> JSONResponse:
    """Return the configuration in force, with all defaults, without secrets, of the caller's cameras."""
    return JSONResponse(_effective(services, caller))


@router.get("/api/config/schema.json")
def schema() -> JSONResponse:
    """Return the JSON Schema of the configuration file."""
    from dogwatch.config.schema import schema as made

    return JSONResponse(made())


@router.get("/api/zones")
def zones(caller: TheCaller, services: TheServices) -> dict[str, Any]:
    """Return the zones of all cameras."""
    cameras = _effective(services, caller)["cameras"]
    return {name: camera.get("zones", {}) for name, camera in cameras.items()}


@router.get("/api/zones/{camera}")
def camera_zones(camera: str, caller: TheCaller, services: TheServices) -> dict[str, Any]:
    """Return the zones of one camera."""
    found: dict[str, Any] = _effective(services, caller)["cameras"][camera].get("zones", {})
    return found


@router.get("/api/birdseye")
def birdseye(caller: TheCaller, services: TheServices) -> dict[str, Any]:
    """Return the `birdseye` section of the configuration."""
    found: dict[str, Any] = _effective(services, caller)["birdseye"]
    return found


@router.get("/api/camera/notifications")
def notifications(caller: TheCaller, services: TheServices) -> dict[str, Any]:
    """Tell for each camera whether notifications are on, until when they are suspended, and how often they come."""
    return {
        name: {
            "enabled": camera.notifications.enabled,
            "suspended_until": services.switches.suspended_until(name),
            "cooldown": camera.notifications.cooldown,
        }
        for name, camera in services.config.cameras.items()
        if caller.may_see(name)
    }


def _effective(services: Services, caller: Caller) -> dict[str, Any]:
    from dogwatch.config.effective import effective

    present = services.keeper.in_force
    return effective(
        present.config,
        present.file,
        cameras=None if caller.cameras is None else caller.cameras,
        admin=caller.is_admin,
        sizes=services.pictures.sizes(),
        mistaken=bool(services.loaded.mistakes),
        profile=present.profile,
    )
