"""Deletes rows of segments: first marks them, so that other queries no longer return them, then drops them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, select, update

from dogwatch.store.quarters import places, recount
from dogwatch.store.segments import ROW_COLUMNS, SegmentRow
from dogwatch.store.tables import init_sections, segments

BATCH = 500  # rows named in one statement; SQLite takes 32766 values


def mark(connection: Connection, ids: Sequence[str], reason: str = "retention") -> None:
    """Mark segments as being deleted for `reason`; other queries no longer return them."""
    for some in _batches(ids):
        mine = segments.c.id.in_(some)
        connection.execute(update(segments).where(mine).values(deleting=True, deleting_for=reason))
        recount(connection, places(connection, mine))


def marked(connection: Connection) -> dict[str, list[SegmentRow]]:
    """Return the segments whose deletion has begun but not ended, by its reason."""
    found: dict[str, list[SegmentRow]] = {}
    for *row, reason in connection.execute(select(*ROW_COLUMNS, segments.c.deleting_for).where(segments.c.deleting)):
        found.setdefault(reason or "retention", []).append(SegmentRow._make(row))
    return found


def unmarked(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Return those of `ids` that have a row whose deletion has not begun."""
    found: set[str] = set()
    for some in _batches(ids):
        found.update(connection.scalars(select(segments.c.id).where(segments.c.id.in_(some), ~segments.c.deleting)))
    return found


def present(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Return those of `ids` that have a row, whether or not its deletion has begun."""
    return {
        found
        for some in _batches(ids)
        for found in connection.scalars(select(segments.c.id).where(segments.c.id.in_(some)))
    }


def drop(connection: Connection, ids: Sequence[str]) -> None:
    """Delete rows."""
    for some in _batches(ids):
        before = places(connection, segments.c.id.in_(some))
        connection.execute(delete(segments).where(segments.c.id.in_(some)))
        recount(connection, before)


def drop_paths(connection: Connection, paths: Sequence[str]) -> None:
    """Delete the rows of these files."""
    for some in _batches(paths):
        before = places(connection, segments.c.path.in_(some))
        connection.execute(delete(segments).where(segments.c.path.in_(some)))
        recount(connection, before)


def drop_unused_inits(connection: Connection) -> None:
    """Delete init sections that no segment uses."""
    used = select(segments.c.init_id).distinct()
    connection.execute(delete(init_sections).where(init_sections.c.id.not_in(used)))


def _batches(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[n : n + BATCH] for n in range(0, len(ids), BATCH))
