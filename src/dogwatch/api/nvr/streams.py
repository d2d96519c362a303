"""What streams there are, who plays them, and changing them at run time (docs/api/live.md)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.auth.caller import Caller
from dogwatch.config.inputs import redacted_source

router = APIRouter(route_class=LateRoute)


@router.get("/api/go2rtc/streams")
async def streams(caller: TheCaller, services: TheServices) -> JSONResponse:
    """List the streams that can be played."""
    return JSONResponse({name: _entry(services, name, caller) for name in services.streams.names(caller)})


@router.get("/api/go2rtc/streams/{stream}")
async def stream_entry(stream: str, caller: TheCaller, services: TheServices) -> JSONResponse:
    """Describe one stream."""
    return await _one(services, stream, caller)


@router.get("/api/go2rtc/api/streams")
async def stream_entry_alias(src: str, caller: TheCaller, services: TheServices) -> JSONResponse:
    """Do as `/api/go2rtc/streams/{stream}`."""
    return await _one(services, src, caller)


@router.put("/api/go2rtc/streams/{stream}")
async def put_stream(
    stream: str, services: TheServices, src: Annotated[list[str] | None, Query()] = None
) -> dict[str, Any]:
    """Add a stream, or give it other sources, until the next start."""
    services.runtime_streams.put(stream, src or [])
    return ok(f"Stream {stream} can be played until the next start.")


@router.delete("/api/go2rtc/streams/{stream}")
async def delete_stream(stream: str, services: TheServices) -> dict[str, Any]:
    """Remove a stream; one of the configuration is back after the next start."""
    services.runtime_streams.remove(stream)
    return ok(f"Stream {stream} is removed until the next start.")


async def _one(services: Services, name: str, caller: Caller) -> JSONResponse:
    """Describe a stream. Who may talk is told what sound its sources take, which are asked unless that is known."""
    found = services.streams.find(name, caller)
    if found is None:
        raise ApiError(404, "There is no such stream")
    taken = await services.talks.medias(*found) if services.talks.may(found[0], caller) else []
    entry = _entry(services, name, caller)
    for producer, medias in zip(entry["producers"], taken, strict=False):  # what is encoded has no source here
        producer["medias"] += medias
    return JSONResponse(entry)


def _entry(services: Services, name: str, caller: Caller) -> dict[str, Any]:
    found = services.streams.find(name, caller)
    if found is None:
        return {"producers": [], "consumers": []}
    known = services.streams.producers(*found)
    producers = [{"url": redacted_source(address), "medias": medias} for address, medias in known]
    return {"producers": producers, "consumers": _consumers(services, found, caller)}


def _consumers(services: Services, found: tuple[str, int], caller: Caller) -> list[dict[str, Any]]:
    """Return who plays an input; who that is and from where, only administrators are told."""
    return [
        {
            "format_name": one.protocol,
            "since": round(one.since, 3),
            "skipped": one.skipped,
            **({"user": one.user} if caller.is_admin else {}),
        }
        for one in services.streams.consumers(*found)
    ]
