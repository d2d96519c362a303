"""Tokens for video files (docs/api/files/auth.md)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field

from dogwatch.api.arrivals import arrival
from dogwatch.api.files.bodies import FileBody, body_of
from dogwatch.api.files.opened import canonical
from dogwatch.api.files.parameters import told
from dogwatch.api.files.services import TheFileCaller, TheFileServices
from dogwatch.api.files.shown import iso
from dogwatch.api.late_route import LateRoute
from dogwatch.auth.file_access import FileCaller
from dogwatch.auth.file_tokens import MOST_FILES, FileScope

router = APIRouter(route_class=LateRoute)


class FileLogin(FileBody):
    """A name and a password."""

    username: str
    password: str = Field(repr=False)


class NarrowedToken(FileBody):
    """Which files a token is for, what it allows, and for how many seconds."""

    files: Annotated[list[str], Field(min_length=1, max_length=MOST_FILES)]
    actions: list[Literal["read", "write"]] = Field(default=["read"], min_length=1, max_length=2)
    ttl_seconds: int = Field(default=900, ge=60, le=86_400)


@router.post("/api/v1/auth/login", openapi_extra=told(body=FileLogin))
async def login(request: Request, services: TheFileServices) -> dict[str, Any]:
    """Check a name and a password, and return a token."""
    body = await body_of(request, FileLogin)
    text, token = await services.access.log_in(body.username, body.password, arrival(request))
    user = {"username": token.username, "role": token.role}
    return {"success": True, "jwt": text, "token_type": "Bearer", "expires_at": iso(token.expires_at), "user": user}


@router.post("/api/v1/auth/logout")
async def logout(services: TheFileServices, caller: TheFileCaller) -> dict[str, bool]:
    """Refuse the caller's token, or end the caller's session, from now on."""
    if caller.token is not None:
        await services.access.revoke(caller.token)
    else:
        await services.nvr.authority.log_out(caller.caller)
    return {"success": True}


@router.get("/api/v1/auth/me")
async def me(caller: TheFileCaller) -> dict[str, Any]:
    """Return who asks, and for which files that is good."""
    return {
        "success": True,
        "user": {"username": caller.username, "role": caller.role},
        "scope": caller.scope.body(),
        "expires_at": iso(caller.token.expires_at) if caller.token else None,
    }


@router.post("/api/v1/auth/token", status_code=201, openapi_extra=told(body=NarrowedToken))
async def narrowed(request: Request, services: TheFileServices, caller: TheFileCaller) -> dict[str, Any]:
    """Return a token for some files."""
    body = await body_of(request, NarrowedToken)
    scope = FileScope(frozenset(map(canonical, body.files)), frozenset(body.actions))
    owners = await _owners(services, caller, scope)
    text, token = services.access.narrow(caller, scope, body.ttl_seconds, owners)
    return {"success": True, "jwt": text, "expires_at": iso(token.expires_at)}


async def _owners(services: TheFileServices, caller: FileCaller, scope: FileScope) -> dict[str, str]:
    """Return the owners of the files that there are, if it matters who they are."""
    if caller.scope.files != "own" or isinstance(scope.files, str):
        return {}
    return await asyncio.to_thread(services.library.catalogue.owners, scope.files)
