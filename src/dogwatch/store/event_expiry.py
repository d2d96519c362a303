"""Finds events and review items whose footage or snapshot has gone or expired.

A reader looks for what has lost its footage, and the writer looks again: rows of segments may have waited before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, exists, select, update

from dogwatch.model import LONGEST_SEGMENT_S
from dogwatch.store.event_groups import settle
from dogwatch.store.tables import events, reviews, segments

SETTLED_S = 300.0  # rows of segments come seconds after their footage, so younger events are not judged


def lost_clips(connection: Connection, now: float) -> list[str]:
    """Return ids of ended events with `has_clip` that have no footage any more."""
    mine = and_(events.c.has_clip.is_(True), events.c.end_time.is_not(None), events.c.end_time < now - SETTLED_S)
    return list(connection.execute(select(events.c.id).where(mine, _clip_lost())).scalars())


def forget_clips(connection: Connection, ids: Sequence[str]) -> int:
    """Turn `has_clip` off where there is still no footage; return how often that was so."""
    done = connection.execute(update(events).where(events.c.id.in_(ids), _clip_lost()).values(has_clip=False))
    settle(connection, ids)
    return done.rowcount


def lost_reviews(connection: Connection, now: float) -> list[tuple[str, str]]:
    """Return `(id, camera)` of ended review items that have no footage any more."""
    settled = and_(reviews.c.end_time.is_not(None), reviews.c.end_time < now - SETTLED_S)
    query = select(reviews.c.id, reviews.c.camera).where(settled, _item_lost())
    return [(review_id, camera) for review_id, camera in connection.execute(query)]


def still_lost(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Return which of some review items (a few hundred) still have no footage."""
    return list(connection.scalars(select(reviews.c.id).where(reviews.c.id.in_(ids), _item_lost())))


def snapshot_groups(connection: Connection) -> list[tuple[str, str]]:
    """Return the (camera, label) pairs that have unprotected snapshots."""
    query = select(events.c.camera, events.c.label).where(*_unprotected()).distinct()
    return [(camera, label) for camera, label in connection.execute(query)]


def old_snapshots(connection: Connection, camera: str, label: str, before: float) -> list[str]:
    """Return ids of ended, unprotected events with a snapshot that began before `before` (epoch s)."""
    mine = (events.c.camera == camera, events.c.label == label, events.c.start_time < before)
    query = select(events.c.id).where(*_unprotected(), *mine, events.c.end_time.is_not(None))
    return list(connection.execute(query).scalars())


def forget_snapshots(connection: Connection, ids: Sequence[str]) -> None:
    """Turn `has_snapshot` off."""
    connection.execute(update(events).where(events.c.id.in_(ids)).values(has_snapshot=False))
    settle(connection, ids)


def empty_events(connection: Connection, now: float) -> list[tuple[str, str]]:
    """Return `(id, camera)` of ended, unprotected events that have neither clip nor snapshot left."""
    query = select(events.c.id, events.c.camera).where(
        events.c.has_clip.is_(False),
        events.c.has_snapshot.is_(False),
        events.c.retain_indefinitely.is_(False),
        events.c.end_time < now - SETTLED_S,
    )
    return [(event_id, camera) for event_id, camera in connection.execute(query)]


def _unprotected() -> tuple[ColumnElement[bool], ...]:
    return (events.c.has_snapshot.is_(True), events.c.retain_indefinitely.is_(False))


def _clip_lost() -> ColumnElement[bool]:
    return ~_footage(events.c.camera, events.c.start_time, events.c.end_time)


def _item_lost() -> ColumnElement[bool]:
    return ~_footage(reviews.c.camera, reviews.c.start_time, reviews.c.end_time)


def _footage(camera: ColumnElement[str], start: ColumnElement[float], end: ColumnElement[float]) -> ColumnElement[bool]:
    return exists().where(
        segments.c.camera == camera,
        segments.c.start_time < end,
        segments.c.start_time > start - LONGEST_SEGMENT_S,
        segments.c.end_time > start,
        ~segments.c.deleting,
    )
