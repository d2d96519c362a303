"""User accounts and their sessions (docs/api/authentication.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from dogwatch.api import answers
from dogwatch.api.arrivals import arrival
from dogwatch.api.errors import AccessError, ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.auth.caller import VIEWER, Caller

router = APIRouter(route_class=LateRoute)


class NewUser(BaseModel):
    """An account to be made."""

    username: str
    password: str
    role: str = VIEWER


class NewPassword(BaseModel):
    """A password to be set; users without the admin role also give the present one."""

    password: str
    old_password: str | None = None


class NewRole(BaseModel):
    """A role to be set."""

    role: str


@router.get("/api/users")
def users(services: TheServices) -> list[dict[str, str]]:
    """List all accounts by name."""
    return [
        {"username": user.username, "role": user.role} | ({"login": "oidc"} if user.issuer else {})
        for user in services.authority.accounts.everyone()
    ]


@router.post("/api/users", responses=answers.refusals(409, 429))
async def add_user(body: NewUser, request: Request, services: TheServices) -> dict[str, str]:
    """Make an account."""
    authority = services.authority
    await authority.hashed(arrival(request), lambda: authority.accounts.add(body.username, body.password, body.role))
    return {"username": body.username}


@router.delete("/api/users/{username}")
def delete_user(username: str, services: TheServices) -> dict[str, bool]:
    """Delete an account; its sessions end at once."""
    services.authority.accounts.remove(username)
    return {"success": True}


@router.put("/api/users/{username}/password", responses=answers.refusals(429))
async def set_password(
    username: str, body: NewPassword, request: Request, caller: TheCaller, services: TheServices
) -> Response:
    """Set a password: an administrator anybody's, others their own; the account's other sessions end."""
    authority = services.authority
    own = caller.username == username and not caller.trusted
    if not caller.is_admin:
        if not own:
            raise AccessError(403, "Access denied. You may only change your own password.")
        if body.old_password is None:
            raise ApiError(400, "The current password is required")
        await authority.confirm(caller, body.old_password, arrival(request))
    user = await authority.hashed(arrival(request), lambda: authority.accounts.set_password(username, body.password))
    token = await authority.new_session(user, arrival(request)) if own and authority.enabled else None
    headers = {"Set-Cookie": authority.cookie(token, arrival(request))} if token else None
    return JSONResponse({"success": True}, headers=headers)


@router.put("/api/users/{username}/role")
def set_role(username: str, body: NewRole, services: TheServices) -> dict[str, bool]:
    """Set a role; open sessions follow at once."""
    services.authority.accounts.set_role(username, body.role)
    return {"success": True}


@router.get("/api/users/{username}/sessions")
def list_sessions(username: str, caller: TheCaller, services: TheServices) -> list[dict[str, Any]]:
    """List the sessions of an account that go on, the one used last first: to an administrator, or to the user."""
    _check_own_or_admin(username, caller, services)
    return [
        {
            "id": session.id,
            "created_at": session.created_at,
            "used_at": session.used_at,
            "expires_at": session.expires_at,
            "address": session.address,
            "agent": session.agent,
            "current": session.id == caller.session,
        }
        for session in services.authority.sessions_of(username)
    ]


@router.delete("/api/users/{username}/sessions")
def end_sessions(username: str, caller: TheCaller, services: TheServices) -> dict[str, Any]:
    """End all sessions of an account but the one that asks."""
    _check_own_or_admin(username, caller, services)
    return {"success": True, "ended": services.authority.accounts.sessions.end_all(username, but=caller.session)}


@router.delete("/api/users/{username}/sessions/{session_id}")
def end_session(username: str, session_id: str, caller: TheCaller, services: TheServices) -> dict[str, bool]:
    """End one session of an account, at once."""
    _check_own_or_admin(username, caller, services)
    found = next((one for one in services.authority.sessions_of(username) if one.id == session_id), None)
    if found is None:
        raise ApiError(404, "Session not found")
    services.authority.accounts.sessions.end(found)
    return {"success": True}


def _check_own_or_admin(username: str, caller: Caller, services: Services) -> None:
    """Refuse everybody but administrators and the user with a session here; a proxy's users have none."""
    if not caller.is_admin:
        if not (caller.session and caller.username == username):
            raise AccessError(403, "Access denied. You may only see and end your own sessions.")
    elif services.authority.accounts.find(username) is None:
        raise ApiError(404, "User not found")
