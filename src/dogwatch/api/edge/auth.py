"""The login of the edge API (docs/api/edge/auth.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field

from dogwatch.api.edge.access import TOKEN_KEY
from dogwatch.api.edge.bodies import EdgeBody
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute

router = APIRouter(route_class=LateRoute)


class PasswordShown(EdgeBody):
    """A password, in exchange for the token."""

    password: str = Field(default="", repr=False)


class PasswordChange(EdgeBody):
    """A new password."""

    current: str = Field(default="", repr=False)
    new: str = Field(default="", repr=False)


@router.get("/auth/status")
def status(edge: TheEdge, request: Request) -> dict[str, bool | None]:
    """Tell whether the login is on, and whether the token that was shown is the right one."""
    token: str | None = request.scope[TOKEN_KEY]
    return {"enabled": edge.auth.enabled, "valid": None if token is None else edge.auth.is_token(token)}


@router.post("/auth/validate")
def validate(edge: TheEdge, body: PasswordShown, request: Request) -> dict[str, Any]:
    """Return the token to who knows the password."""
    token = edge.auth.token_for(body.password, request.client.host if request.client else "")
    return {"valid": False} if token is None else {"valid": True, "token": token}


@router.post("/auth/regenerate")
def regenerate(edge: TheEdge) -> dict[str, str]:
    """Make a new token; the old one is worth nothing at once, and streams that it opened are closed."""
    return {"token": edge.auth.regenerate()}


@router.post("/auth/set-password")
def set_password(edge: TheEdge, body: PasswordChange) -> dict[str, str]:
    """Replace the password."""
    edge.auth.set_password(body.current, body.new)
    return {"message": "Password updated"}
