"""Everything that happens, as it happens (contract, section 17)."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, WebSocket
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from dogwatch.api.nvr.stats import visible
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.auth.caller import Caller
from dogwatch.notify.broadcast import Publication, Subscription

router = APIRouter()

SEND_TIMEOUT_S = 20.0
MAX_MESSAGE = 64 * 1024
STATES = frozenset(
    {
        "onConnect",
        "modelState",
        "jobState",
        "birdseyeLayout",
        "embeddingsReindexProgress",
        "audioTranscriptionState",
        "audioDetections",
    }
)
BY_CAMERA = frozenset({"events", "reviews", "tracked_object_update", "triggers"})


@router.websocket("/ws")
async def websocket(socket: WebSocket, caller: TheCaller, services: TheServices) -> None:
    """Send what is published, as far as the caller may see it, and obey the caller's messages."""
    await socket.accept()
    with services.broadcast.subscribe() as subscription:
        out = asyncio.create_task(_send(socket, subscription, services, caller))
        try:
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    break
                text = message.get("text") or ""
                if len(text) <= MAX_MESSAGE:
                    await _obey(text, services, caller, subscription)
        except WebSocketDisconnect:
            pass
        finally:
            out.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await out


async def _send(socket: WebSocket, subscription: Subscription, services: Services, caller: Caller) -> None:
    try:
        async for publication in subscription:
            seen = for_caller(publication, caller, list(services.config.cameras))
            if seen is not None and not isinstance(seen.payload, bytes):
                text = json.dumps({"topic": seen.topic, "payload": seen.encoded()})
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    await socket.send_text(text)
    except TimeoutError:
        await socket.close(1013)
    except (WebSocketDisconnect, RuntimeError):
        return  # the client has gone; the reading side notices too


async def _obey(text: str, services: Services, caller: Caller, subscription: Subscription) -> None:
    """Do what a client's message says, or drop it silently."""
    try:
        message = json.loads(text)
        topic, payload = message["topic"], message.get("payload", message.get("message"))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return
    if not isinstance(topic, str):
        return
    if topic in STATES:
        await _tell_states(services, subscription)
    elif topic == "restart" and caller.is_admin:
        services.restart()
    elif topic.endswith(("/set", "/suspend")) and caller.is_admin:
        await run_in_threadpool(services.switches.command, topic, payload)


async def _tell_states(services: Services, subscription: Subscription) -> None:
    """Answer a client that has just connected, and only this one: asking must not fill the queues of others."""
    activity = await run_in_threadpool(services.activity.snapshot)
    subscription.offer(Publication("camera_activity", activity))
    subscription.offer(Publication("model_state", {}))


def for_caller(publication: Publication, caller: Caller, cameras: Sequence[str]) -> Publication | None:
    """Return what `caller` may see of a publication; None if nothing."""
    topic, payload = publication.topic, publication.payload
    if topic == "stats" and isinstance(payload, dict):
        return Publication(topic, visible(payload, caller))
    if caller.cameras is None:
        return publication
    if topic == "camera_activity" and isinstance(payload, dict):
        return Publication(topic, {name: seen for name, seen in payload.items() if caller.may_see(name)})
    if topic == "model_state":
        return publication
    camera = _camera_of(payload) if topic in BY_CAMERA else topic.partition("/")[0]
    return publication if camera in cameras and caller.may_see(str(camera)) else None


def _camera_of(payload: Any) -> object:
    if not isinstance(payload, dict):
        return None
    after = payload.get("after")
    return after.get("camera") if isinstance(after, dict) else payload.get("camera")
