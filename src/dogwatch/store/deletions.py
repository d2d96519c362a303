"""Rows of deleted or lost footage, with the reason. Every deletion of footage has a row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from dogwatch.store.tables import deletions


@dataclass(frozen=True, slots=True)
class Deletion:
    """A range of a camera's footage that was deleted, or lost before it was written.

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


@dataclass(frozen=True, slots=True)
class DeletionFilter:
    """Which deletions are wanted: None means all; those whose number is below `before`."""

    cameras: tuple[str, ...] | None = None
    reasons: tuple[str, ...] | None = None
    before: int | None = None


def page(connection: Connection, wanted: DeletionFilter, limit: int) -> list[tuple[int, Deletion]]:
    """Return the deletions that were noted last, with their numbers, the last one first."""
    c = deletions.c
    columns = [c[name] for name in Deletion.__dataclass_fields__]
    query = select(c.id, *columns).order_by(c.id.desc()).limit(limit)
    if wanted.before is not None:
        query = query.where(c.id < wanted.before)
    if wanted.cameras is not None:
        query = query.where(c.camera.in_(wanted.cameras))
    if wanted.reasons is not None:
        query = query.where(c.reason.in_(wanted.reasons))
    return [(number, Deletion(*row)) for number, *row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class LossesOfCamera:
    """What happened to footage of one camera for one reason: how often, from when on, and seconds and files of it."""

    camera: str
    reason: str
    first: float
    seconds: float
    segments: int


def losses(connection: Connection, since: float, reasons: Collection[str]) -> list[LossesOfCamera]:
    """Return what was lost for `reasons` since a time (epoch s), by camera and reason."""
    c = deletions.c
    sums = (func.min(c.time), func.sum(c.end_time - c.start_time), func.sum(c.segments))
    query = select(c.camera, c.reason, *sums).where(c.time >= since, c.reason.in_(reasons)).group_by(c.camera, c.reason)
    return [LossesOfCamera(*row) for row in connection.execute(query.order_by(c.camera, c.reason))]


def expire(connection: Connection, before: float) -> None:
    """Delete rows older than `before`."""
    connection.execute(delete(deletions).where(deletions.c.time < before))
