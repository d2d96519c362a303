"""Which labels, sub-labels and plates there are (docs/api/timeline.md)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from dogwatch.api import filters
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheCaller, TheServices
from dogwatch.store import event_sums, events

router = APIRouter(route_class=LateRoute)


@router.get("/api/labels")
def labels(services: TheServices, caller: TheCaller, camera: str = "") -> JSONResponse:
    """Return the labels that have events, of one camera or of all."""
    wanted = None if camera in ("", filters.ALL) else (camera,)
    with services.db.read(once=True) as connection:
        return JSONResponse(event_sums.labels(connection, filters.visible(caller, wanted)))


@router.get("/api/sub_labels")
def sub_labels(services: TheServices, caller: TheCaller, split_joined: bool = False) -> JSONResponse:
    """Return the sub-labels."""
    with services.db.read(once=True) as connection:
        return JSONResponse(event_sums.sub_labels(connection, filters.visible(caller, None), split=split_joined))


@router.get("/api/recognized_license_plates")
def plates(services: TheServices, caller: TheCaller, split_joined: bool = False) -> JSONResponse:
    """Return the recognised licence plates."""
    with services.db.read(once=True) as connection:
        return JSONResponse(events.plates(connection, filters.visible(caller, None), split=split_joined))
