"""`/api/share`: links that need no login (docs/api/share.md)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from dogwatch.api import answers
from dogwatch.api.arrivals import arrival, base_path
from dogwatch.api.errors import AccessError, ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Time
from dogwatch.api.services import TheCaller, TheServices
from dogwatch.config import polygons
from dogwatch.errors import ForbiddenError
from dogwatch.polygon import Polygon
from dogwatch.sharing.requests import ShareRequest
from dogwatch.store.shares import Share, Use

router = APIRouter(route_class=LateRoute)

NO_STORE = {"Cache-Control": "no-store"}
PREFIX = "/share/"


class ShareBody(BaseModel):
    """What is shared: either `camera` with its range, or `event_id`, or `export_id`."""

    camera: Annotated[str, Field(max_length=100)] | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    event_id: Annotated[str, Field(max_length=100)] | None = None
    export_id: Annotated[str, Field(max_length=200)] | None = None
    hours: Annotated[float, Field(gt=0, le=8760)] | None = None
    title: Annotated[str, Field(max_length=200)] | None = None
    blur_faces: bool = False
    privacy_masks: bool = False
    polygons: Annotated[list[Annotated[str, Field(max_length=2000)]], Field(max_length=20)] = []


@router.post("/api/share", status_code=201, responses=answers.refusals(409))
def make_share(request: Request, services: TheServices, caller: TheCaller, body: ShareBody) -> JSONResponse:
    """Make a link."""
    came = arrival(request)
    try:
        share, token = services.shares.begin(caller, _wanted(body), services.authority.address_of(came))
    except ForbiddenError as error:
        raise AccessError(403, str(error)) from None
    prefix = base_path(request.scope)
    own = services.authority.own_url(came, prefix)
    path = f"{PREFIX}{token}"
    more = {"share": row(share), "path": f"{prefix}{path}", "url": f"{own}{path}" if own else None}
    return JSONResponse(ok("The link works.", **more), 201, NO_STORE)


@router.get("/api/share")
def list_shares(services: TheServices, caller: TheCaller) -> JSONResponse:
    """Return the caller's links, or for an administrator those of all, newest first."""
    return JSONResponse([row(one) for one in services.shares.listed(caller)], headers=NO_STORE)


@router.get("/api/share/{share_id}")
def one_share(services: TheServices, caller: TheCaller, share_id: str) -> JSONResponse:
    """Return a link with its latest uses."""
    share = services.shares.one(caller, share_id)
    uses = [_use(one) for one in services.shares.uses(share)]
    return JSONResponse({**row(share), "latest_uses": uses}, headers=NO_STORE)


@router.delete("/api/share/{share_id}")
def revoke_share(services: TheServices, caller: TheCaller, share_id: str) -> dict[str, Any]:
    """End a link."""
    services.shares.revoke(caller, share_id)
    return ok("The link does not work any more.")


def row(share: Share) -> dict[str, Any]:
    """Return a link as clients know it (docs/api/share.md)."""
    cover = share.cover or {}
    return {
        "id": share.id,
        "kind": share.kind,
        "camera": share.camera,
        "event_id": share.target if share.kind == "event" else None,
        "export_id": share.target if share.kind == "export" else None,
        "start_time": share.start_time,
        "end_time": share.end_time,
        "title": share.title,
        "blur_faces": bool(cover.get("faces")),
        "masks": len(cover.get("polygons", ())),
        "made_by": share.owner,
        "made_from": share.address,
        "created_at": share.created_at,
        "expires_at": share.expires_at,
        "state": share.state,
        "ended_at": share.ended_at,
        "reason": share.reason or None,
        "uses": share.uses,
        "used_at": share.used_at,
    }


def _use(use: Use) -> dict[str, Any]:
    return {"time": use.used_at, "address": use.address, "what": use.what, "agent": use.agent}


def _wanted(body: ShareBody) -> ShareRequest:
    ranged = body.camera is not None and body.start_time is not None and body.end_time is not None
    some = body.camera, body.start_time, body.end_time
    if [body.event_id is not None, body.export_id is not None, any(one is not None for one in some)].count(True) != 1:
        raise ApiError(400, "Give either camera, start_time and end_time, or event_id, or export_id")
    common: dict[str, Any] = {
        "hours": body.hours,
        "title": body.title or None,
        "faces": body.blur_faces,
        "masks": body.privacy_masks,
        "polygons": tuple(_polygon(text) for text in body.polygons),
    }
    if body.event_id is not None:
        return ShareRequest("event", target=body.event_id, **common)
    if body.export_id is not None:
        return ShareRequest("export", target=body.export_id, **common)
    if not ranged:
        raise ApiError(400, "A clip needs camera, start_time and end_time")
    return ShareRequest("clip", body.camera or "", start=body.start_time or 0.0, end=body.end_time or 0.0, **common)


def _polygon(text: str) -> Polygon:
    try:
        points = polygons.points(text)
    except ValueError as error:
        raise ApiError(400, f"A polygon is not as it should be: {error}") from None
    if not all(0 <= number <= 1 for point in points for number in point):
        raise ApiError(400, "A polygon's numbers are fractions of the picture, from 0 to 1")
    return points
