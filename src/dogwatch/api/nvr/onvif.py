"""Finding cameras and what they have, for somebody who sets one up (docs/api/probes.md)."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from dogwatch.api import answers
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import Services, TheServices
from dogwatch.onvif import discovery, probing
from dogwatch.onvif.settings import OnvifAddress

router = APIRouter(route_class=LateRoute)

Port = Annotated[int, Field(ge=1, le=65535)]
Text = Annotated[str, Field(max_length=200)]
RECENT_S, MOST_RECENT = 10.0, 100
_recent: dict[str, tuple[float, list[dict[str, Any]]]] = {}
_turns = threading.BoundedSemaphore(2)


class ProbeBody(BaseModel):
    """Which camera to ask, and as whom."""

    host: Text = ""
    port: Port = 80
    username: Text = ""
    password: Text = ""


@router.get("/api/onvif/discover")
async def discover(services: TheServices, host: Text = "") -> list[dict[str, Any]]:
    """Return the cameras that answer on the network, or at `host`."""
    at, found = _recent.get(host, (float("-inf"), []))
    if time.monotonic() - at > RECENT_S:
        with _turn():
            cameras = await asyncio.wrap_future(services.ptz.run(lambda: discovery.discover([host] if host else ())))
        found = [one.body() for one in cameras]
        if len(_recent) >= MOST_RECENT:
            _recent.clear()
        _recent[host] = time.monotonic(), found
    return found


@router.get("/api/onvif/probe", responses=answers.refusals(502))
async def probe(
    services: TheServices, host: Text = "", port: Port = 80, username: Text = "", password: Text = ""
) -> dict[str, Any]:
    """Do as `probe_by_body`; what keeps addresses that are asked for, such as a proxy's log, then has the password."""
    return await _probed(services, ProbeBody(host=host, port=port, username=username, password=password))


@router.post("/api/onvif/probe", responses=answers.refusals(502))
async def probe_by_body(services: TheServices, body: ProbeBody) -> dict[str, Any]:
    """Ask a camera for its streams, and propose a section for the configuration."""
    return await _probed(services, body)


async def _probed(services: Services, asked: ProbeBody) -> dict[str, Any]:
    """Ask a camera.

    Raises:
        ApiError: No camera is named, or too many are being asked.
        OnvifError: It cannot be reached, or refuses.
    """
    if not asked.host:
        raise ApiError(400, "No host is given")
    address = OnvifAddress(asked.host, asked.port, asked.username, asked.password, adjust_time=True)
    with _turn():
        found = await asyncio.wrap_future(services.ptz.run(lambda: probing.probe(address)))
    return ok("The camera has answered.", **found.body())


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(blocking=False):
        raise ApiError(503, "Other cameras are being looked for")
    try:
        yield
    finally:
        _turns.release()
