"""The edge API once more, for the page: below `/edge/api/` on the listeners of the NVR, for who is logged in there.

A page may only ask where it came from, and the edge API proper has a port of its own. The handlers are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.types import ASGIApp, Receive, Scope, Send

from dogwatch.api.edge.access import TOKEN_KEY
from dogwatch.api.edge.bodies import ObjectBodies
from dogwatch.api.edge.error_form import error_form
from dogwatch.api.edge.page_policy import LEFT_OUT, PAGE_POLICY, PREFIX, PageNeeds
from dogwatch.api.edge.surface import routers
from dogwatch.api.errors import AccessError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.nvr.permissions import NOT_ADMIN
from dogwatch.api.nvr.surface import listeners
from dogwatch.api.surface import Surface, keys, routes_of
from dogwatch.auth.caller import Caller
from dogwatch.edge.camera import EdgeCamera

if TYPE_CHECKING:
    from dogwatch.api.guard import Guard


def page_surface(edge: EdgeCamera, guard: Guard) -> Surface[PageNeeds]:
    """Return the edge API for the page."""

    async def seen(_: Scope, caller: Caller) -> None:
        if not caller.may_see(edge.context.camera):
            raise AccessError(403, "Access denied to the edge camera")

    async def admin(_: Scope, caller: Caller) -> None:
        if not caller.is_admin:
            raise AccessError(403, NOT_ADMIN)

    checks = {PageNeeds.SEEN: seen, PageNeeds.ADMIN: admin}

    def protect(app: ASGIApp, needs: PageNeeds) -> ASGIApp:
        return guard.protect(_without_token(ObjectBodies(app)), checks[needs])

    return Surface(
        name="edge page",
        routers=(_below_prefix(),),
        policy=PAGE_POLICY,
        protect=protect,
        protect_rest=lambda app: protect(app, PageNeeds.SEEN),
        error_form=error_form,
        listeners=listeners(edge.context.config),
        services=edge,
        prefix=f"{PREFIX}/",
    )


def _below_prefix() -> APIRouter:
    """Return a router with the same routes, each below the prefix."""
    router = APIRouter()
    for route in (route for one in routers() for route in routes_of(one)):
        if isinstance(route, LateRoute) and LEFT_OUT.isdisjoint(keys(route)):
            router.routes.append(route.below(PREFIX))
    return router


def _without_token(app: ASGIApp) -> ASGIApp:
    """Return `app` for callers who show no token of the edge API, nor can."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        scope[TOKEN_KEY] = None
        await app(scope, receive, send)

    return answer
