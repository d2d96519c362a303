"""MPEG-1 over a WebSocket, for players that decode it themselves (docs/api/live.md)."""

from __future__ import annotations

from fastapi import APIRouter, WebSocket

from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.api.sockets import NORMAL, TRY_AGAIN, TRY_LATER, SocketClient, accepted
from dogwatch.auth.caller import Caller
from dogwatch.errors import MediaError, NotFoundError
from dogwatch.live.feeds import StreamChangedError
from dogwatch.live.pictures import TooManyViewersError

router = APIRouter(route_class=LateRoute)


@router.websocket("/live/jsmpeg/{camera}")
async def jsmpeg(socket: WebSocket, camera: str, caller: TheCaller, services: TheServices) -> None:
    """Send a camera's pictures, or those of all cameras for `birdseye`; what the client sends is ignored."""
    async with accepted(socket) as client:
        client.start(_send(client, services, camera, caller))
        while True:
            await client.receive()


async def _send(client: SocketClient, services: Services, camera: str, caller: Caller) -> None:
    """Send until the stream ends, or the client has gone or stopped reading."""
    try:
        async with services.streams.watch_jsmpeg(camera, caller) as viewer:
            await viewer.begin()
            while True:
                await client.send((await viewer.next()).data)
    except StreamChangedError:
        await client.close(TRY_AGAIN)
    except (MediaError, TooManyViewersError):  # there is no picture yet
        await client.close(TRY_LATER)
    except NotFoundError:
        await client.close(NORMAL)
