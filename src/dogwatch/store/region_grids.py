"""Rows of the tables `region_sizes` and `region_grids`: how large objects look in each part of a camera's frame."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, delete, select

from dogwatch.store.tables import region_grids, region_sizes

VERSIONS = 48
"""How many grids of a camera are kept, for replays of older footage."""


def learnt(connection: Connection) -> dict[str, list[list[float]]]:
    """Return what has been learnt of each camera."""
    rows = connection.execute(select(region_sizes.c.camera, region_sizes.c.cells))
    return {row.camera: row.cells for row in rows}


def put_learnt(connection: Connection, camera: str, cells: list[list[float]]) -> None:
    """Store what has been learnt of a camera, in place of what was stored before."""
    connection.execute(delete(region_sizes).where(region_sizes.c.camera == camera))
    connection.execute(region_sizes.insert().values(camera=camera, cells=cells))


def versions(connection: Connection, cameras: Collection[str] | None = None) -> dict[str, list[tuple[float, Any]]]:
    """Return the grids of each camera, or of `cameras`: since when (epoch s) they hold, and their cells."""
    query = select(region_grids.c.camera, region_grids.c.since, region_grids.c.cells).order_by(region_grids.c.since)
    if cameras is not None:
        query = query.where(region_grids.c.camera.in_(cameras))
    found: dict[str, list[tuple[float, Any]]] = {}
    for camera, since, cells in connection.execute(query):
        found.setdefault(camera, []).append((since, cells))
    return found


def add_version(connection: Connection, camera: str, since: float, cells: Any) -> None:
    """Store a grid that holds from `since` on, and forget the oldest ones; a newer one holds no more."""
    mine = region_grids.c.camera == camera
    connection.execute(delete(region_grids).where(mine, region_grids.c.since >= since))
    connection.execute(region_grids.insert().values(camera=camera, since=since, cells=cells))
    kept = select(region_grids.c.since).where(mine).order_by(region_grids.c.since.desc()).limit(VERSIONS)
    oldest = min(connection.scalars(kept))
    connection.execute(delete(region_grids).where(mine, region_grids.c.since < oldest))
