"""Profiles and the active one (docs/api/config.md); it is set as a switch is."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheServices

router = APIRouter(route_class=LateRoute)


@router.get("/api/profiles")
def profiles(services: TheServices) -> dict[str, Any]:
    """Return the profiles, the active one, and when each was activated last."""
    found = [
        {"name": name, "friendly_name": profile.friendly_name or name}
        for name, profile in services.config.profiles.items()
    ]
    return {
        "profiles": found,
        "active_profile": services.profiles.active,
        "last_activated": services.profiles.last_activated,
    }


@router.get("/api/profile/active")
def active_profile(services: TheServices) -> dict[str, Any]:
    """Return the name of the active profile."""
    return {"active_profile": services.profiles.active}
