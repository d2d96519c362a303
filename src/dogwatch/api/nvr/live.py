"""Live video: Media Source Extensions over a WebSocket (docs/api/live.md)."""

from __future__ import annotations

import json
from typing import NoReturn

from fastapi import APIRouter, WebSocket

from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.api.sockets import TRY_AGAIN, SocketClient, accepted
from dogwatch.auth.caller import Caller
from dogwatch.errors import MediaError, NotFoundError
from dogwatch.live.feeds import FragmentViewer, StreamChangedError
from dogwatch.live.fragments import TimelineShift
from dogwatch.live.pictures import TooManyViewersError

router = APIRouter(route_class=LateRoute)

LONGEST_KIND = 100


@router.websocket("/live/mse/api/ws")
async def mse(socket: WebSocket, src: str, caller: TheCaller, services: TheServices) -> None:
    """Play a stream: `mse` from the client, then its codecs, the init section and fragments as they come."""
    await _play(socket, src, services, caller)


@router.websocket("/api/go2rtc/api/ws")
async def mse_alias(socket: WebSocket, src: str, caller: TheCaller, services: TheServices) -> None:
    """Do as `/live/mse/api/ws`."""
    await _play(socket, src, services, caller)


async def _play(socket: WebSocket, name: str, services: Services, caller: Caller) -> None:
    async with accepted(socket) as client:
        if services.streams.find(name, caller) is None:
            await _refuse(client, f"{name}: there is no such stream")
        client.start(_end(client, services, name, caller))
        playing = False
        while True:
            kind = (await client.receive()).get("type")
            if kind == "mse" and not playing:
                playing = True
                try:
                    client.start(_send(client, services.streams.watch(name, caller)))
                except TooManyViewersError:
                    await _refuse(client, "too many viewers")
                except NotFoundError as error:  # it has been taken out of the configuration meanwhile
                    await _refuse(client, str(error))
            elif kind != "mse" and isinstance(kind, str) and not kind.startswith("webrtc/candidate"):
                await _error(client, f"{kind[:LONGEST_KIND]}: not supported, use mse")


async def _send(client: SocketClient, viewer: FragmentViewer) -> None:
    """Send a stream until it ends or the client has gone or stopped reading."""
    try:
        async with viewer:
            init = await viewer.begin()
            timeline = TimelineShift(init.init)
            mime = f'video/mp4; codecs="{init.codecs}"'
            await client.send(json.dumps({"type": "mse", "value": mime}))
            await client.send(init.init)
            while True:
                fragment = await viewer.next()
                await client.send(timeline.apply(fragment.data))
    except StreamChangedError:
        await client.close(TRY_AGAIN)
    except MediaError as error:
        await _refuse(client, str(error))


async def _end(client: SocketClient, services: Services, name: str, caller: Caller) -> None:
    """Send a client away, which may not be playing yet, when its input has gone."""
    await services.streams.gone(name, caller)
    await client.close(TRY_AGAIN)


async def _error(client: SocketClient, text: str) -> None:
    await client.send(json.dumps({"type": "error", "value": text}))


async def _refuse(client: SocketClient, text: str) -> NoReturn:
    await _error(client, text)
    await client.close()
