"""The edge API as a surface, at root paths on a listener of its own."""

from __future__ import annotations

from fastapi import APIRouter

from dogwatch.api import edge as package
from dogwatch.api.edge.access import protector
from dogwatch.api.edge.error_form import error_form
from dogwatch.api.edge.policy import EDGE_POLICY, Needs
from dogwatch.api.edge.wire import EdgeWire
from dogwatch.api.listener import EDGE, Address, HttpListener
from dogwatch.api.surface import Surface, routers_in
from dogwatch.edge.camera import EdgeCamera


def surface(edge: EdgeCamera) -> Surface[Needs]:
    """Return the edge API."""
    protect = protector(edge)
    return Surface(
        name="edge",
        routers=routers(),
        policy=EDGE_POLICY,
        protect=protect,
        protect_rest=lambda app: protect(app, Needs.TOKEN),
        error_form=error_form,
        listeners=(listener(edge),),
        services=edge,
        before=EdgeWire,
    )


def routers() -> tuple[APIRouter, ...]:
    """Return the router of every module in `api.edge` that has one."""
    return routers_in(package)


def listener(edge: EdgeCamera) -> HttpListener:
    """Return the listener: only programs of this machine reach it while nobody needs a token, if not said otherwise."""
    config = edge.context.config
    host = config.edge.host or ("0.0.0.0" if edge.auth.enabled else "127.0.0.1")  # noqa: S104 - it needs a token
    address = Address(host, config.edge.port, config.networking.ipv6.enabled)
    return HttpListener(EDGE, address, login=edge.auth.enabled)
