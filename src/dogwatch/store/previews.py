"""Rows of previews: a small video of one camera and hour each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, select

from dogwatch.model import LONGEST_SEGMENT_S
from dogwatch.store.tables import previews, segments

LONGEST_S = 3600.0
BATCH = 500  # rows named in one statement


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview; `path` is relative to the media root, times are epoch seconds."""

    id: str
    camera: str
    path: str
    start_time: float
    end_time: float


def put(connection: Connection, preview: Preview) -> None:
    """Add a preview, or replace the one with its id."""
    values = {name: getattr(preview, name) for name in ("id", "camera", "path", "start_time", "end_time")}
    connection.execute(previews.delete().where(previews.c.id == preview.id))
    connection.execute(previews.insert().values(values))


def overlapping(
    connection: Connection, cameras: Collection[str], start: float, end: float, limit: int | None = None
) -> list[Preview]:
    """Return the previews of `cameras` that overlap `start` to `end`, oldest first; the newest `limit` if given."""
    query = (
        select(previews)
        .where(
            previews.c.camera.in_(list(cameras)),
            previews.c.start_time > start - LONGEST_S,
            previews.c.start_time < end,
            previews.c.end_time > start,
        )
        .order_by(previews.c.start_time.desc(), previews.c.id.desc())
        .limit(limit)
    )
    return _found(connection, query)[::-1]


def newest(connection: Connection, camera: str) -> Preview | None:
    """Return the newest preview of a camera."""
    query = select(previews).where(previews.c.camera == camera).order_by(previews.c.start_time.desc()).limit(1)
    return next(iter(_found(connection, query)), None)


def without_footage(connection: Connection) -> list[Preview]:
    """Return the previews that no recording overlaps."""
    footage = exists().where(
        segments.c.camera == previews.c.camera,
        segments.c.start_time > previews.c.start_time - LONGEST_SEGMENT_S,
        segments.c.start_time < previews.c.end_time,
        segments.c.end_time > previews.c.start_time,
        ~segments.c.deleting,
    )
    return _found(connection, select(previews).where(~footage))


def every(connection: Connection) -> list[Preview]:
    """Return all previews."""
    return _found(connection, select(previews))


def one(connection: Connection, preview_id: str) -> Preview | None:
    """Return a preview by its id."""
    return next(iter(_found(connection, select(previews).where(previews.c.id == preview_id))), None)


def drop(connection: Connection, ids: Iterable[str]) -> None:
    """Delete rows."""
    every_id = list(ids)
    for n in range(0, len(every_id), BATCH):
        connection.execute(previews.delete().where(previews.c.id.in_(every_id[n : n + BATCH])))


def _found(connection: Connection, query: Select[Any]) -> list[Preview]:
    return [_preview(row) for row in connection.execute(query)]


def _preview(row: Row[Any]) -> Preview:
    return Preview(row.id, row.camera, row.path, row.start_time, row.end_time)
