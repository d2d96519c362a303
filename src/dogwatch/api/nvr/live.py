"""Live video over a WebSocket (docs/api/live.md)."""

from __future__ import annotations

from fastapi import APIRouter, WebSocket

from dogwatch.api.late_route import LateRoute
from dogwatch.api.nvr.player_socket import play
from dogwatch.api.services import TheCaller, TheServices

router = APIRouter(route_class=LateRoute)


@router.websocket("/live/mse/api/ws")
async def mse(socket: WebSocket, src: str, caller: TheCaller, services: TheServices) -> None:
    """Play a stream, in what way the client asks for."""
    await play(socket, src, services, caller)


@router.websocket("/live/webrtc/api/ws")
async def webrtc(socket: WebSocket, src: str, caller: TheCaller, services: TheServices) -> None:
    """Do as `/live/mse/api/ws`."""
    await play(socket, src, services, caller)


@router.websocket("/api/go2rtc/api/ws")
async def pass_through(socket: WebSocket, src: str, caller: TheCaller, services: TheServices) -> None:
    """Do as `/live/mse/api/ws`."""
    await play(socket, src, services, caller)
