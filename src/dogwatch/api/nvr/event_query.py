"""The query parameters that choose events (docs/api/events.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Depends

from dogwatch.api import filters
from dogwatch.api.numbers import Limit, Real, Time
from dogwatch.api.services import TheCaller
from dogwatch.store.event_filter import EventFilter

Flag = bool | None
MOST_EVENTS = 10_000  # as many as the largest request of a known client names


def choice(
    caller: TheCaller,
    camera: str = filters.ALL,
    cameras: str = filters.ALL,
    label: str = filters.ALL,
    labels: str = filters.ALL,
    sub_label: str = filters.ALL,
    sub_labels: str = filters.ALL,
    attributes: str = filters.ALL,
    zone: str = filters.ALL,
    zones: str = filters.ALL,
    recognized_license_plate: str = filters.ALL,
    after: Time | None = None,
    before: Time | None = None,
    time_range: str = "00:00,24:00",
    timezone: str = "utc",
    has_clip: Flag = None,
    has_snapshot: Flag = None,
    in_progress: Flag = None,
    favorites: Flag = None,
    min_score: Real | None = None,
    max_score: Real | None = None,
    min_speed: Real | None = None,
    max_speed: Real | None = None,
    is_submitted: Flag = None,
    min_length: Real | None = None,
    max_length: Real | None = None,
) -> EventFilter:
    """Read what lists and searches have in common; a FastAPI dependency."""
    return EventFilter(
        cameras=filters.visible(caller, filters.either(cameras, camera)),
        labels=filters.either(labels, label),
        sub_labels=filters.either(sub_labels, sub_label),
        attributes=filters.listed(attributes),
        zones=filters.either(zones, zone),
        plates=filters.listed(recognized_license_plate),
        after=after,
        before=before,
        time_range=filters.time_range(time_range),
        zone=filters.timezone(timezone),
        has_clip=has_clip,
        has_snapshot=has_snapshot,
        in_progress=in_progress,
        favorites=favorites,
        is_submitted=is_submitted,
        min_score=min_score,
        max_score=max_score,
        min_speed=min_speed,
        max_speed=max_speed,
        min_length=min_length,
        max_length=max_length,
    )


TheChoice = Annotated[EventFilter, Depends(choice)]


def event_filter(
    chosen: TheChoice, limit: Limit = 100, event_id: str | None = None, sort: str = "date_desc"
) -> EventFilter:
    """Read the query of a list; a FastAPI dependency."""
    return replace(chosen, event_id=event_id, sort=sort, limit=min(limit, MOST_EVENTS))


TheFilter = Annotated[EventFilter, Depends(event_filter)]
