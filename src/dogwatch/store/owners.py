"""Looks up the camera of a row, which decides whether a caller may see it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from dogwatch.store.tables import events, exports, reviews


def camera_of_event(connection: Connection, event_id: str) -> str | None:
    """Return the camera of an event, or None if there is no such event."""
    return connection.execute(select(events.c.camera).where(events.c.id == event_id)).scalar()


def camera_of_review(connection: Connection, review_id: str) -> str | None:
    """Return the camera of a review item, or None if there is no such item."""
    return connection.execute(select(reviews.c.camera).where(reviews.c.id == review_id)).scalar()


def camera_of_export(connection: Connection, export_id: str) -> str | None:
    """Return the camera of an export, or None if there is no such export."""
    return connection.execute(select(exports.c.camera).where(exports.c.id == export_id)).scalar()


def camera_of_export_file(connection: Connection, file: str) -> str | None:
    """Return the camera of the export that lies in `file` below `exports/`, or None if there is no such export."""
    return connection.execute(select(exports.c.camera).where(exports.c.file == file)).scalar()
