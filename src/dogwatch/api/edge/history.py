"""What has happened: samples of the computer's health, and events (docs/api/edge/history.md)."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from dogwatch.api import answers
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute

router = APIRouter(route_class=LateRoute)

CSV = "text/csv"
COLUMNS = ("timestamp", "type", "severity", "detail")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
HealthHours = Annotated[float, Query(gt=0, le=72, allow_inf_nan=False)]
EventHours = Annotated[float, Query(gt=0, le=4380, allow_inf_nan=False)]


@router.get("/health_history")
def health_history(edge: TheEdge, hours: HealthHours = 24) -> list[dict[str, Any]]:
    """Return the samples of the last hours, oldest first."""
    return edge.health.history(hours)


@router.get("/event_history")
def event_history(edge: TheEdge, hours: EventHours = 168) -> list[dict[str, str]]:
    """Return the events of the last hours, oldest first."""
    return [one.body() for one in edge.event_log.since(hours)]


@router.get("/event_history/csv", responses=answers.body(CSV))
def event_table(edge: TheEdge, hours: EventHours = 168) -> Response:
    """Return the same as a table."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for one in edge.event_log.since(hours):
        body = one.body()
        detail = body.get("detail", "")
        # A program for tables would take it for a formula.
        shown = f"'{detail}" if detail.startswith(FORMULA) else detail
        table.writerow((body["ts"], body["type"], body["severity"], shown))
    headers = {"Content-Disposition": "attachment; filename=events.csv"}
    return Response(out.getvalue(), media_type=CSV, headers=headers)
