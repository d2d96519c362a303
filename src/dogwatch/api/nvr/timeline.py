"""`/api/timeline`: timeline entries, the moments of objects' lives (docs/api/timeline.md)."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from dogwatch.api import filters
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Limit, Time
from dogwatch.api.services import TheCaller, TheServices
from dogwatch.store import timeline
from dogwatch.store.localtime import QUARTER_S

router = APIRouter(route_class=LateRoute)

JSON = "application/json"


@router.get("/api/timeline")
def list_timeline(
    services: TheServices,
    caller: TheCaller,
    camera: str = filters.ALL,
    source_id: str | None = None,
    limit: Limit = 100,
) -> Response:
    """Return timeline entries, oldest first."""
    ids = filters.listed(filters.ALL if source_id is None else source_id)
    visible = filters.visible(caller, filters.listed(camera))
    with services.db.read(once=True) as connection:
        rows = timeline.find(connection, cameras=visible, source_ids=ids, limit=limit)
    return Response(b"[%b]" % b",".join([text for _, text in rows]), media_type=JSON)


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
) -> Response:
    """Return the newest timeline entries by hour; hours and their entries are sorted, oldest first."""
    zone = filters.timezone(timezone)
    with services.db.read(once=True) as connection:
        rows = timeline.find(
            connection,
            cameras=filters.visible(caller, filters.listed(cameras)),
            labels=filters.listed(labels),
            after=after,
            before=before,
            limit=limit,
            newest=True,
        )
    hours: dict[int, list[bytes]] = {}
    quarters: dict[float, int] = {}  # of which the hours of every timezone consist
    for time, text in rows:
        if (quarter := time // QUARTER_S) not in quarters:
            began = datetime.fromtimestamp(time, zone).replace(minute=0, second=0, microsecond=0)
            quarters[quarter] = int(began.timestamp())
        hours.setdefault(quarters[quarter], []).append(text)
    start, end = (rows[0][0], rows[-1][0]) if rows else (after or 0, before or 0)
    listed = b",".join([b'"%d":[%b]' % (hour, b",".join(texts)) for hour, texts in hours.items()])
    head = f'{{"start":{start},"end":{end},"count":{len(rows)},"hours":'.encode()
    return Response(b"%b{%b}}" % (head, listed), media_type=JSON)
