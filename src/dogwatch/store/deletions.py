"""What is no longer there, and why. Nothing recorded goes without a row here."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, insert, select, update

from dogwatch.store.segments import LONGEST_S
from dogwatch.store.tables import deletions, events, reviews, segments


@dataclass(frozen=True, slots=True)
class Deletion:
    """One stretch of a camera's footage that was deleted, or lost before it was written.

    `reason` is one of retention, budget, free_space, api, missing, broken, lost; `detail` is for people.
    """

    time: float
    camera: str
    start_time: float
    end_time: float
    segments: int
    size_bytes: int
    reason: str
    detail: str = ""


def add(connection: Connection, deletion: Deletion) -> None:
    """Insert a deletion."""
    connection.execute(
        insert(deletions).values({name: getattr(deletion, name) for name in Deletion.__dataclass_fields__})
    )


def latest(connection: Connection, limit: int = 100, camera: str | None = None) -> list[Deletion]:
    """Return the newest deletions, newest first."""
    columns = [deletions.c[name] for name in Deletion.__dataclass_fields__]
    query = select(*columns).order_by(deletions.c.time.desc(), deletions.c.id.desc()).limit(limit)
    if camera is not None:
        query = query.where(deletions.c.camera == camera)
    return [Deletion(*row) for row in connection.execute(query)]


def expire(connection: Connection, before: float) -> None:
    """Forget deletions older than `before`."""
    connection.execute(delete(deletions).where(deletions.c.time < before))


def forget_clips(connection: Connection, camera: str, start: float, end: float) -> None:
    """Turn `has_clip` off for ended events between `start` and `end` that have no footage left."""
    mine = (
        events.c.camera == camera,
        events.c.has_clip,
        events.c.end_time.is_not(None),
        events.c.start_time < end,
        events.c.end_time > start,
    )
    left = exists().where(
        segments.c.camera == camera,
        segments.c.start_time < events.c.end_time,
        segments.c.start_time > events.c.start_time - LONGEST_S,
        segments.c.end_time > events.c.start_time,
        ~segments.c.deleting,
    )
    connection.execute(update(events).where(*mine, ~left).values(has_clip=False))


def drop_reviews(connection: Connection, camera: str, start: float, end: float) -> list[str]:
    """Delete ended review items between `start` and `end` that have no footage left; return their thumbnails' paths."""
    left = exists().where(
        segments.c.camera == camera,
        segments.c.start_time < reviews.c.end_time,
        segments.c.start_time > reviews.c.start_time - LONGEST_S,
        segments.c.end_time > reviews.c.start_time,
        ~segments.c.deleting,
    )
    gone = select(reviews.c.id, reviews.c.thumb_path).where(
        reviews.c.camera == camera,
        reviews.c.end_time.is_not(None),
        reviews.c.start_time < end,
        reviews.c.end_time > start,
        ~left,
    )
    rows = connection.execute(gone).all()
    for row in rows:
        connection.execute(delete(reviews).where(reviews.c.id == row.id))
    return [row.thumb_path for row in rows]
