"""`/api/timeline`: timeline entries, the moments of objects' lives (docs/api/timeline.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from dogwatch.api import filters
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Limit, Time
from dogwatch.api.services import TheCaller, TheServices
from dogwatch.store import timeline

router = APIRouter(route_class=LateRoute)


@router.get("/api/timeline")
def list_timeline(
    services: TheServices,
    caller: TheCaller,
    camera: str = filters.ALL,
    source_id: str | None = None,
    limit: Limit = 100,
) -> JSONResponse:
    """Return timeline entries, oldest first."""
    ids = filters.listed(filters.ALL if source_id is None else source_id)
    visible = filters.visible(caller, filters.listed(camera))
    with services.db.read() as connection:
        return JSONResponse(timeline.find(connection, cameras=visible, source_ids=ids, limit=limit))


@router.get("/api/timeline/hourly")
def hourly(
    services: TheServices,
    caller: TheCaller,
    cameras: str = filters.ALL,
    labels: str = filters.ALL,
    after: Time | None = None,
    before: Time | None = None,
    limit: Limit = 200,
    timezone: str = "utc",
) -> JSONResponse:
    """Return the newest timeline entries by hour; hours and their entries are sorted, oldest first."""
    zone = filters.timezone(timezone)
    with services.db.read() as connection:
        rows = timeline.find(
            connection,
            cameras=filters.visible(caller, filters.listed(cameras)),
            labels=filters.listed(labels),
            after=after,
            before=before,
            limit=limit,
            newest=True,
        )
    hours: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        began = datetime.fromtimestamp(row["timestamp"], zone).replace(minute=0, second=0, microsecond=0)
        hours.setdefault(str(int(began.timestamp())), []).append(row)
    span = (rows[0]["timestamp"], rows[-1]["timestamp"]) if rows else (after or 0, before or 0)
    return JSONResponse({"start": span[0], "end": span[1], "count": len(rows), "hours": hours})
