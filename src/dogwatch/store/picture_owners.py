"""Tells which pictures belong to a row."""

from __future__ import annotations

from sqlalchemy import Connection, select

from dogwatch.store.tables import events, reviews


def events_among(connection: Connection, ids: list[str]) -> set[str]:
    """Return those of `ids`, a few hundred at most, that are events."""
    return set(connection.scalars(select(events.c.id).where(events.c.id.in_(ids))))


def reviews_among(connection: Connection, ids: list[str]) -> set[str]:
    """Return those of `ids`, a few hundred at most, that are review items."""
    return set(connection.scalars(select(reviews.c.id).where(reviews.c.id.in_(ids))))
