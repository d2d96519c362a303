"""Rows of one camera, for its removal."""

from __future__ import annotations

from sqlalchemy import Connection, delete, exists, select

from dogwatch.store import event_groups as groups
from dogwatch.store.tables import (
    event_days,
    event_groups,
    events,
    false_place_maps,
    false_places,
    ongoing,
    previews,
    region_grids,
    region_sizes,
    reviews,
    segments,
    shares,
    switches,
    timeline,
)

_LEARNT = (region_sizes, region_grids, false_places, false_place_maps)
_OTHERS = (timeline, ongoing, switches, previews, shares, *_LEARNT)


def exist(connection: Connection, camera: str) -> bool:
    """Whether anything of `camera` is stored that its removal would delete."""
    tables = (segments, events, reviews, *_OTHERS)
    return any(
        connection.execute(select(one.c.camera).where(one.c.camera == camera).limit(1)).first() for one in tables
    )


def event_ids(connection: Connection, camera: str, limit: int) -> list[str]:
    """Return up to `limit` ids of events of `camera`."""
    return list(connection.scalars(select(events.c.id).where(events.c.camera == camera).limit(limit)))


def review_ids(connection: Connection, camera: str, limit: int) -> list[str]:
    """Return up to `limit` ids of review items of `camera`."""
    return list(connection.scalars(select(reviews.c.id).where(reviews.c.camera == camera).limit(limit)))


def forget(connection: Connection, camera: str) -> None:
    """Delete what else there is of `camera`, but for the notes of deleted footage."""
    for table in _OTHERS:
        connection.execute(delete(table).where(table.c.camera == camera))
    groups.forget_empty(connection)  # a day must be listed while a group of it has a count
    counted = exists().where(event_groups.c.camera == camera)
    connection.execute(delete(event_days).where(event_days.c.camera == camera, ~counted))
