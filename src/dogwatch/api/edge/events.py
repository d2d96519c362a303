"""The event stream of the edge API (docs/api/edge/events.md)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from dogwatch.api import answers
from dogwatch.api.edge.access import TOKEN_KEY
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute
from dogwatch.edge.camera import EdgeCamera
from dogwatch.edge.news import MOST_READERS
from dogwatch.errors import EdgeError

router = APIRouter(route_class=LateRoute)

SILENCE_S = 15.0
RETRY = b"retry: 3000\n\n"
HEARTBEAT = b": heartbeat\n\n"
KIND = "text/event-stream"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
LONGEST_ID = 18


@router.get("/events", responses=answers.body(KIND))
async def events(edge: TheEdge, request: Request) -> Response:
    """Tell of everything that happens, as long as the client stays."""
    if request.method == "HEAD":
        return Response(media_type=KIND, headers=HEADERS)
    if edge.news.readers >= MOST_READERS:
        raise EdgeError(503, "unavailable", "There are too many event streams")
    said = request.headers.get("last-event-id", "")
    last = int(said) if said.isascii() and said.isdecimal() and len(said) <= LONGEST_ID else None
    return StreamingResponse(_frames(edge, request.scope[TOKEN_KEY], last), media_type=KIND, headers=HEADERS)


async def _frames(edge: EdgeCamera, token: str | None, last: int | None) -> AsyncIterator[bytes]:
    with edge.news.joined(token, last) as joined:
        reader = joined.reader
        yield RETRY + HEARTBEAT
        first = await asyncio.to_thread(edge.news.first, joined.first_ids)
        yield b"".join(item.frame() for item in (*joined.missed, *first))
        await asyncio.to_thread(edge.presence.poll_soon)
        while not reader.closed:
            if reader.queue:
                waiting = [reader.queue.popleft() for _ in range(len(reader.queue))]
                yield b"".join(item.frame() for item in waiting)
                continue
            await reader.wait(SILENCE_S)
            if not reader.queue and not reader.closed:
                yield HEARTBEAT
