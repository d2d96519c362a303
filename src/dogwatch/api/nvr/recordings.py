"""`/api/.../recordings`: what has been recorded, when, and in how much space (docs/api/recordings.md)."""

from __future__ import annotations

import math
import time
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from dogwatch.api import filters
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Time
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.auth.caller import Caller
from dogwatch.recordings import growth, range_deletion
from dogwatch.store import segments, summaries

router = APIRouter(route_class=LateRoute)

HOUR_S = 3600
DAY_S = 86400
MEGABYTE = 1 << 20
LONGEST_S = 31 * DAY_S


@router.get("/api/{camera}/recordings")
def list_segments(
    services: TheServices, camera: str, after: Time | None = None, before: Time | None = None
) -> Response:
    """Return the segments that overlap a range, oldest first; the last hour if none is given."""
    from dogwatch.api.listed_segments import as_json  # which loads NumPy

    start, end = _range(after, before)
    return Response(as_json(services.catalogue.listed(camera, start, end)), media_type="application/json")


@router.get("/api/{camera}/recordings/summary")
def summary(services: TheServices, camera: str, timezone: str = "utc") -> Response:
    """Return days and hours with recordings, newest first."""
    with services.db.read() as connection:
        days = summaries.by_day(connection, camera, filters.timezone(timezone))
    return Response(msgspec.json.encode(days), media_type="application/json")


@router.get("/api/recordings/summary")
def days_summary(
    services: TheServices, caller: TheCaller, timezone: str = "utc", cameras: str = filters.ALL
) -> JSONResponse:
    """Return the days on which any of the cameras was recorded."""
    with services.db.read() as connection:
        days = summaries.days(connection, _cameras(services, caller, cameras), filters.timezone(timezone))
    return JSONResponse(dict.fromkeys(days, True))


@router.get("/api/recordings/unavailable")
def unavailable(
    services: TheServices,
    caller: TheCaller,
    cameras: str = filters.ALL,
    after: Time | None = None,
    before: Time | None = None,
    scale: Annotated[int, Query(ge=1, le=LONGEST_S)] = 30,
) -> JSONResponse:
    """Return the stretches of at least `scale` seconds in which none of the cameras was recorded."""
    from dogwatch.recordings import gaps  # which loads NumPy

    start, end = _range(after, before)
    chosen = _cameras(services, caller, cameras)
    holes = gaps.unavailable(services.catalogue, chosen, start, end, scale)
    return JSONResponse([{"start_time": int(first), "end_time": math.ceil(last)} for first, last in holes])


@router.delete("/api/recordings/start/{start}/end/{end}")
def delete(services: TheServices, start: Time, end: Time, keep: str = "", cameras: str = filters.ALL) -> dict[str, Any]:
    """Delete the recordings of a range, but for those that hold what is to be kept."""
    if not start < end or end - start > LONGEST_S:
        raise ApiError(400, "The end must be after the start, by at most 31 days.")
    kinds = [name for name in keep.split(",") if name]
    kept = [kind for kind in range_deletion.KINDS if kind in kinds]
    if set(kinds) - set(kept):
        raise ApiError(400, f"keep takes {', '.join(range_deletion.KINDS)}.")
    with services.db.read(once=True) as connection:
        known = {*services.config.cameras, *segments.usage(connection)}
    wanted = filters.listed(cameras)
    if wanted is not None and set(wanted) - known:
        raise ApiError(404, "Camera not found")
    chosen = sorted(known if wanted is None else set(wanted))
    done = range_deletion.delete_range(services.db, services.paths.media, chosen, start, end, kept)
    message = f"Deleted {done.deleted} recordings, {done.size_bytes / MEGABYTE:.1f} MB. {done.kept} are kept."
    return ok(message, deleted=done.deleted, kept=done.kept)


@router.get("/api/recordings/storage")
def storage(services: TheServices) -> JSONResponse:
    """Return the space that each camera's recordings take."""
    space = services.space
    found = growth.storage(services.db, services.paths.media, space.free_now(), space.floor, time.time())
    disk = {
        "growth_per_day": _megabytes(found.full.bytes_per_day),
        "full_in_days": None if found.full.days is None else round(found.full.days, 2),
    }
    rows = {
        camera: {
            "usage": _megabytes(one.bytes),
            "bandwidth": _megabytes(one.bytes_per_hour),
            "usage_percent": round(one.bytes / found.total * 100, 2),
            "disk": disk,
        }
        for camera, one in found.cameras.items()
    }
    return JSONResponse(rows)


def _megabytes(size: float | None) -> float | None:
    return None if size is None else round(size / MEGABYTE, 2)


def _range(after: float | None, before: float | None) -> tuple[float, float]:
    now = time.time()
    start = now - HOUR_S if after is None else after
    end = now if before is None else before
    if end - start > LONGEST_S:
        raise ApiError(400, "A range of at most 31 days can be listed at once.")
    return start, end


def _cameras(services: Services, caller: Caller, cameras: str) -> list[str]:
    wanted = filters.listed(cameras)
    return caller.only(name for name in services.config.cameras if wanted is None or name in wanted)
