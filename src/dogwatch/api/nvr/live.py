"""Live video: Media Source Extensions over a WebSocket, and what streams there are (contract, section 15)."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from fastapi import APIRouter, WebSocket
from starlette.responses import JSONResponse
from starlette.websockets import WebSocketDisconnect

from dogwatch.api.errors import fail
from dogwatch.api.live_fragments import Rebase
from dogwatch.api.live_pictures import TooManyViewersError
from dogwatch.api.live_streams import StreamChangedError, Viewer
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.errors import MediaError
from dogwatch.redact import redact_url

router = APIRouter()

INIT_TIMEOUT_S = 15.0
SEND_TIMEOUT_S = 20.0
TRY_AGAIN = 1012


@router.get("/api/go2rtc/streams")
def streams(caller: TheCaller, services: TheServices) -> JSONResponse:
    """List the streams that can be played."""
    names = services.streams.names()
    seen = [name for name in names if caller.cameras is None or caller.only(services.streams.cameras_of(name))]
    return JSONResponse({name: _entry(services, name) for name in seen})


@router.get("/api/go2rtc/streams/{stream}")
def stream_entry(stream: str, services: TheServices) -> JSONResponse:
    """Describe one stream."""
    return _one(services, stream)


@router.get("/api/go2rtc/api/streams")
def stream_entry_alias(src: str, services: TheServices) -> JSONResponse:
    """Do as `/api/go2rtc/streams/{stream}`."""
    return _one(services, src)


@router.websocket("/live/mse/api/ws")
async def mse(socket: WebSocket, src: str, services: TheServices) -> None:
    """Play a stream: `mse` from the client, then its codecs, the init section and fragments as they come."""
    await _play(socket, src, services)


@router.websocket("/api/go2rtc/api/ws")
async def mse_alias(socket: WebSocket, src: str, services: TheServices) -> None:
    """Do as `/live/mse/api/ws`."""
    await _play(socket, src, services)


def _one(services: Services, name: str) -> JSONResponse:
    if services.streams.find(name) is None:
        fail(404, "There is no such stream")
    return JSONResponse(_entry(services, name))


def _entry(services: Services, name: str) -> dict[str, Any]:
    found = services.streams.find(name)
    if found is None:
        return {"producers": [], "consumers": []}
    camera, index = found
    url = redact_url(services.config.cameras[camera].ffmpeg.inputs[index].path)
    return {"producers": [{"url": url, "medias": services.streams.medias(camera, index)}], "consumers": []}


async def _play(socket: WebSocket, name: str, services: Services) -> None:
    await socket.accept()
    if services.streams.find(name) is None:
        await _error(socket, f"{name}: there is no such stream")
        return
    watch: asyncio.Task[None] | None = None
    try:
        while True:
            kind = await _request(socket)
            if kind == "mse" and watch is None:
                try:
                    viewer = services.streams.watch(name)
                except TooManyViewersError:
                    await _error(socket, "too many viewers")
                    return
                watch = asyncio.create_task(_send(socket, viewer))
            elif kind != "mse" and kind is not None:
                await _error(socket, f"{kind}: not supported, use mse", close=False)
    except WebSocketDisconnect:
        pass
    finally:
        if watch is not None:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect):
                await watch


async def _request(socket: WebSocket) -> str | None:
    """Return the type of the client's next message, None if it is malformed or needs no answer."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    try:
        kind = json.loads(message.get("text") or "")["type"]
    except (ValueError, TypeError, KeyError):
        return None
    return kind if isinstance(kind, str) and not kind.startswith("webrtc/candidate") else None


async def _send(socket: WebSocket, viewer: Viewer) -> None:
    """Send a stream until it ends or the client has gone or stopped reading."""
    try:
        async with viewer:
            try:
                async with asyncio.timeout(INIT_TIMEOUT_S):
                    init = await viewer.init()
            except TimeoutError:
                await _error(socket, "the camera sends no video")
                return
            rebase = Rebase(init.init)
            mime = f'video/mp4; codecs="{init.codecs}"'
            await socket.send_text(json.dumps({"type": "mse", "value": mime}))
            await socket.send_bytes(init.init)
            while True:
                fragment = await viewer.fragment()
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    await socket.send_bytes(rebase.apply(fragment.data))
    except StreamChangedError:
        await socket.close(TRY_AGAIN)
    except TimeoutError:
        await socket.close(TRY_AGAIN)
    except MediaError as error:
        await _error(socket, str(error))


async def _error(socket: WebSocket, text: str, *, close: bool = True) -> None:
    await socket.send_text(json.dumps({"type": "error", "value": text}))
    if close:
        await socket.close()
