"""Logging in and out, and who one is (docs/api/authentication.md)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from dogwatch.api import answers
from dogwatch.api.arrivals import arrival, base_path
from dogwatch.api.errors import AccessError, ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import CALLER_KEY, TheCaller, TheServices, cameras_for
from dogwatch.api.verdicts import permits
from dogwatch.auth.caller import Caller

router = APIRouter(route_class=LateRoute)


class Credentials(BaseModel):
    """What the login page sends."""

    user: str
    password: str


@router.post("/api/login", responses=answers.body() | answers.refusals(429))
async def login(body: Credentials, request: Request, services: TheServices) -> Response:
    """Check a name and a password; the session comes as a cookie, whose value also works as a bearer token."""
    authority = services.authority
    if not authority.enabled:
        raise ApiError(404, "Logging in is disabled")
    token = await authority.log_in(body.user, body.password, arrival(request))
    if token is None:
        raise ApiError(401, "Login failed")
    return Response(headers={"Set-Cookie": authority.cookie(token, arrival(request)), "Cache-Control": "no-store"})


@router.get("/api/logout", responses=answers.REDIRECT | answers.refusals(507))
async def logout(request: Request, services: TheServices) -> Response:
    """End the session, so that its token is worth nothing any more, and go to the login page."""
    caller: Caller | None = request.scope.get(CALLER_KEY)
    authority, prefix = services.authority, base_path(request.scope)
    elsewhere = None
    if caller is not None:
        own = authority.own_url(arrival(request), prefix)
        elsewhere = await authority.log_out(caller, f"{own}/login" if own else None)
    cookie = authority.cookie("", arrival(request))
    return RedirectResponse(elsewhere or f"{prefix}/login", 303, {"Set-Cookie": cookie})


@router.get("/api/auth/first_time_login")
def first_time_login(services: TheServices) -> dict[str, bool]:
    """Tell the login page whether to say where the first password is to be found."""
    return {"admin_first_time_login": services.authority.first_login_hint}


@router.get("/api/auth", responses=answers.body(status=202))
async def verdict(
    request: Request,
    caller: TheCaller,
    x_original_method: Annotated[str, Header()] = "GET",
) -> Response:
    """Tell a proxy in front who the caller is, and whether the caller may request `X-Original-URL` (or `-URI`)."""
    match, prefix = request.app.state.root.match, base_path(request.scope)
    # All that are given: one may be the client's own, which the proxy has let through.
    for name in ("x-original-url", "x-original-uri"):
        for original in request.headers.getlist(name):
            if not await permits(match, request.scope, caller, x_original_method, original, prefix):
                raise AccessError(403, "Access denied")
    return Response(status_code=202, headers={"Remote-User": caller.username, "Remote-Role": caller.role})


@router.get("/api/profile")
def profile(caller: TheCaller, services: TheServices) -> dict[str, Any]:
    """Return the caller's name, role and cameras."""
    return {
        "username": caller.username,
        "role": caller.role,
        "allowed_cameras": cameras_for(services, caller),
    }
