"""The NVR API as a surface: reached without a login on one listener, by accounts on the other."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.types import ASGIApp, Receive, Scope, Send

from dogwatch.api import nvr
from dogwatch.api.json_bodies import JsonBodies
from dogwatch.api.listener import EXTERNAL, INTERNAL, Address, HttpListener
from dogwatch.api.nvr.error_form import error_form
from dogwatch.api.nvr.faces import LARGEST_FORM, takes_picture
from dogwatch.api.nvr.permissions import Permissions
from dogwatch.api.nvr.policy import POLICY, PROTECTED, Permission
from dogwatch.api.surface import Surface
from dogwatch.api.wire import MAX_BODY

if TYPE_CHECKING:
    from dogwatch.api.guard import Guard
    from dogwatch.api.services import Services
    from dogwatch.config import Config


def surface(services: Services, guard: Guard) -> Surface[Permission]:
    """Return the NVR API."""
    permissions = Permissions(services)

    def protect(app: ASGIApp, permission: Permission) -> ASGIApp:
        return guard.protect(JsonBodies(app), permissions.check(permission))

    def protect_rest(app: ASGIApp) -> ASGIApp:
        """Paths that no route has are open to all, but for those below the API."""
        open_to_all, closed = protect(app, Permission.PUBLIC), protect(app, Permission.AUTHENTICATED)

        async def choose(scope: Scope, receive: Receive, send: Send) -> None:
            chosen = closed if scope["path"].startswith(PROTECTED) else open_to_all
            await chosen(scope, receive, send)

        return choose

    return Surface(
        name="nvr",
        routers=routers(),
        policy=POLICY,
        protect=protect,
        protect_rest=protect_rest,
        error_form=error_form,
        listeners=listeners(services.config),
        services=services,
        body_limit=lambda scope: LARGEST_FORM if takes_picture(scope) else MAX_BODY,
    )


def routers() -> tuple[APIRouter, ...]:
    """Return the router of every module in `api.nvr` that has one."""
    modules = pkgutil.iter_modules(nvr.__path__, nvr.__name__ + ".")
    found = [getattr(importlib.import_module(module.name), "router", None) for module in modules]
    return tuple(one for one in found if isinstance(one, APIRouter))


def listeners(config: Config) -> tuple[HttpListener, ...]:
    """Return the listeners that `config.networking` names."""
    listen, ipv6 = config.networking.listen, config.networking.ipv6.enabled
    return (
        HttpListener(INTERNAL, Address(*listen.internal_address, ipv6), login=False),
        HttpListener(EXTERNAL, Address(*listen.external_address, ipv6), tls=config.tls.enabled),
    )
