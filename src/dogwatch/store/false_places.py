"""Rows of the tables `false_places` and `false_place_maps`: where detections of a camera were often false."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, delete, select

from dogwatch.store.tables import false_place_maps, false_places

VERSIONS = 48
"""How many maps of a camera are kept, for replays of older footage."""


def learnt(connection: Connection) -> dict[str, dict[str, Any]]:
    """Return what has been learnt of each camera, by label."""
    found: dict[str, dict[str, Any]] = {}
    query = select(false_places.c.camera, false_places.c.label, false_places.c.places)
    for camera, label, places in connection.execute(query):
        found.setdefault(camera, {})[label] = places
    return found


def cameras(connection: Connection) -> frozenset[str]:
    """Return the cameras of which anything is stored."""
    tables = (false_places, false_place_maps)
    return frozenset(name for table in tables for name in connection.scalars(select(table.c.camera).distinct()))


def put_learnt(connection: Connection, camera: str, places: Mapping[str, list[list[float]]]) -> None:
    """Store what has been learnt of a camera, by label, in place of what was stored before."""
    connection.execute(delete(false_places).where(false_places.c.camera == camera))
    rows = [{"camera": camera, "label": label, "places": each} for label, each in places.items()]
    if rows:
        connection.execute(false_places.insert(), rows)


def versions(connection: Connection, cameras: Collection[str] | None = None) -> dict[str, list[tuple[float, Any]]]:
    """Return the maps of each camera, or of `cameras`: since when (epoch s) they hold, and their places."""
    table = false_place_maps
    query = select(table.c.camera, table.c.since, table.c.places).order_by(table.c.since)
    if cameras is not None:
        query = query.where(table.c.camera.in_(cameras))
    found: dict[str, list[tuple[float, Any]]] = {}
    for camera, since, places in connection.execute(query):
        found.setdefault(camera, []).append((since, places))
    return found


def add_version(connection: Connection, camera: str, since: float, places: Any) -> None:
    """Store a map that holds from `since` on, and forget the oldest ones; a newer one holds no more."""
    table = false_place_maps
    mine = table.c.camera == camera
    connection.execute(delete(table).where(mine, table.c.since >= since))
    connection.execute(table.insert().values(camera=camera, since=since, places=places))
    kept = select(table.c.since).where(mine).order_by(table.c.since.desc()).limit(VERSIONS)
    oldest = min(connection.scalars(kept))
    connection.execute(delete(table).where(mine, table.c.since < oldest))
