"""`/api/review`: review items, who has seen them, and how much was going on (docs/api/review.md)."""

from __future__ import annotations

import time
from functools import partial
from typing import Annotated, Any, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, field_validator
from starlette.responses import JSONResponse, Response

from dogwatch.api import filters
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Limit, Time
from dogwatch.api.services import TheCaller, TheServices
from dogwatch.events import review_edits
from dogwatch.recordings import removal
from dogwatch.store import reviews
from dogwatch.store.reviews import ReviewFilter

router = APIRouter(route_class=LateRoute)

Scale = Annotated[int, Query(ge=1, le=86_400)]
DAY_S = 86_400
HOUR_S = 3600


class Series(NamedTuple):
    """What the activity routes ask for: cameras (None: all), a span of time, and seconds that make one value."""

    cameras: tuple[str, ...] | None
    start: float
    end: float
    scale: int


async def series(
    caller: TheCaller,
    cameras: str = filters.ALL,
    after: Time | None = None,
    before: Time | None = None,
    scale: Scale = 30,
) -> Series:
    """Read the query of the activity routes; a FastAPI dependency."""
    return Series(filters.visible(caller, filters.listed(cameras)), *_span(after, before), scale)


TheSeries = Annotated[Series, Depends(series)]


class ReviewIds(BaseModel):
    """The body that names review items; a comma list is taken too."""

    ids: Annotated[list[str], Field(min_length=1)]

    @field_validator("ids", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [part for part in value.split(",") if part] if isinstance(value, str) else value


class Viewed(ReviewIds):
    """The body that marks items as seen or not."""

    reviewed: bool = True


@router.get("/api/review")
def list_reviews(
    services: TheServices,
    caller: TheCaller,
    cameras: str = filters.ALL,
    labels: str = filters.ALL,
    zones: str = filters.ALL,
    after: Time | None = None,
    before: Time | None = None,
    reviewed: bool | None = None,
    severity: str | None = None,
    limit: Limit | None = None,
) -> Response:
    """Return review items, newest first."""
    now = time.time()
    wanted = ReviewFilter(
        cameras=filters.visible(caller, filters.listed(cameras)),
        labels=filters.listed(labels),
        zones=filters.listed(zones),
        after=now - DAY_S if after is None else after,
        before=now if before is None else before,
        severity=severity,
        reviewed=reviewed,
        limit=limit,
    )
    with services.db.read() as connection:
        return Response(reviews.listed_json(connection, wanted, caller.username), media_type="application/json")


@router.get("/api/review/summary")
def summary(
    services: TheServices,
    caller: TheCaller,
    cameras: str = filters.ALL,
    labels: str = filters.ALL,
    zones: str = filters.ALL,
    timezone: str = "utc",
) -> JSONResponse:
    """Return how many items there were by day, and how many of them the caller has seen."""
    visible = filters.visible(caller, filters.listed(cameras))
    if visible is not None and not visible:
        return JSONResponse({})
    wanted = ReviewFilter(visible, filters.listed(labels), filters.listed(zones))
    zone = filters.timezone(timezone)
    with services.db.read(once=True) as connection:
        return JSONResponse(reviews.summary(connection, wanted, caller.username, zone, time.time()))


@router.get("/api/review_ids")
def by_ids(services: TheServices, caller: TheCaller, ids: str) -> JSONResponse:
    """Return the items with these ids; 404 if one of them is unknown."""
    wanted = list(dict.fromkeys(review_id for review_id in ids.split(",") if review_id))
    if not wanted:
        raise ApiError(400, "Valid list of ids must be sent")
    with services.db.read() as connection:
        rows = reviews.many(connection, wanted, caller.username)
    rows = [row for row in rows if caller.may_see(row["camera"])]
    if len(rows) < len(wanted):
        raise ApiError(404, "Review item not found")
    return JSONResponse(rows)


@router.get("/api/review/activity/motion")
@router.get("/review/activity/motion")
def motion_activity(services: TheServices, wanted: TheSeries) -> Response:
    """Return how much motion there was."""
    from dogwatch.store import activity  # loads NumPy

    with services.db.read() as connection:
        return _json(activity.motion(connection, *wanted))


@router.get("/api/review/activity/audio")
@router.get("/review/activity/audio")
def audio_activity(services: TheServices, wanted: TheSeries) -> Response:
    """Return how loud it was."""
    from dogwatch.store import activity  # loads NumPy

    with services.db.read() as connection:
        return _json(activity.audio(connection, *wanted))


@router.get("/api/review/event/{event_id}")
def of_event(services: TheServices, caller: TheCaller, event_id: str) -> JSONResponse:
    """Return the item that lists the event."""
    with services.db.read(once=True) as connection:
        row = reviews.of_event(connection, event_id, caller.username)
    if row is None or not caller.may_see(row["camera"]):
        raise ApiError(404, "Review item not found")
    return JSONResponse(row)


@router.get("/api/review/{review_id}")
def one(services: TheServices, caller: TheCaller, review_id: str) -> JSONResponse:
    """Return one item."""
    with services.db.read() as connection:
        rows = reviews.many(connection, [review_id], caller.username)
    if not rows:
        raise ApiError(404, "Review item not found")
    return JSONResponse(rows[0])


@router.delete("/api/review/{review_id}/viewed")
def unview(services: TheServices, caller: TheCaller, review_id: str) -> dict[str, Any]:
    """Mark an item as not seen by the caller."""
    review_edits.mark_viewed(services.events, review_id, caller.username, viewed=False)
    return ok(f"Set Review {review_id} as not viewed")


@router.post("/api/reviews/viewed")
def view(services: TheServices, caller: TheCaller, body: Viewed) -> dict[str, Any]:
    """Mark items as seen by the caller or not; unknown ones are ignored."""
    review_edits.mark_all_viewed(services.events, body.ids, caller.username, caller.may_see, viewed=body.reviewed)
    return ok(f"Marked multiple items as {'reviewed' if body.reviewed else 'unreviewed'}")


@router.post("/api/reviews/delete")
def delete(services: TheServices, body: ReviewIds) -> dict[str, Any]:
    """Delete items, their thumbnails, and the recordings that overlap them."""
    remove_footage = partial(removal.remove_range, services.db, services.paths.media)
    review_edits.delete(services.events, body.ids, remove_footage)
    return ok("Deleted review items.")


def _json(found: list[dict[str, Any]]) -> Response:
    return Response(msgspec.json.encode(found), media_type="application/json")


def _span(after: float | None, before: float | None) -> tuple[float, float]:
    now = time.time()
    return (now - HOUR_S if after is None else after), (now if before is None else before)
