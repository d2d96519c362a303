"""Reads how much each camera has recorded, from a database that may be in use, without changing it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, case, create_engine, func, make_url, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from dogwatch.errors import StoreError
from dogwatch.store import postgres, segments
from dogwatch.store.connections import uri
from dogwatch.store.tables import reviews
from dogwatch.store.tables import segments as rows

DAYS = 7
DAY_S = 86400.0
LEAST_S = 600.0
"""With less footage than this, nothing is estimated."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of the last days of a camera; shares are parts of the recorded time, from 0 to 1.

    `motion` counts footage with motion or sound, and footage that was not analysed.
    """

    bytes_per_second: float
    motion: float
    alerts: float
    detections: float


def measured(url: str, now: float, sound_dbfs: float) -> tuple[dict[str, Measured], int]:
    """Return the figures of each camera, and the bytes of all recordings; nothing without a database."""
    try:
        engine = _engine(make_url(url))
        with engine.connect() as connection:
            return measured_in(connection, now, sound_dbfs)
    except (SQLAlchemyError, StoreError, ValueError):  # there is none yet, or it has another version
        return {}, 0


def measured_in(connection: Connection, now: float, sound_dbfs: float) -> tuple[dict[str, Measured], int]:
    """Return the figures of each camera, and the bytes of all recordings."""
    return _cameras(connection, now - DAYS * DAY_S, now, sound_dbfs), sum(segments.usage(connection).values())


def _engine(url: URL) -> Engine:
    if postgres.is_server(url):
        return postgres.readers(url)
    file = Path(url.database or "").absolute()

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri(file, "mode=ro"), uri=True, timeout=2)

    return create_engine("sqlite://", creator=connect, poolclass=NullPool)


def _cameras(connection: Connection, since: float, now: float, sound_dbfs: float) -> dict[str, Measured]:
    c = rows.c
    length = c.end_time - c.start_time
    moving = or_(c.motion.is_(None), c.motion > 0, c.dbfs > sound_dbfs)
    camera = c.camera.concat("")  # not the plain column: SQLite would walk the camera's index from its start
    sums = (func.sum(c.size_bytes), func.sum(length), func.sum(case((moving, length), else_=0)))
    recorded = connection.execute(select(camera, *sums).where(c.start_time >= since).group_by(camera)).all()
    lasts = func.sum(func.coalesce(reviews.c.end_time, now) - reviews.c.start_time + 10)
    kinds = (reviews.c.camera, reviews.c.severity)
    items = connection.execute(select(*kinds, lasts).where(reviews.c.start_time >= since).group_by(*kinds))
    lengths = {(camera, severity): float(length) for camera, severity, length in items}
    return {
        camera: Measured(
            float(size) / length,
            moved / length,
            min(1.0, lengths.get((camera, "alert"), 0.0) / length),
            min(1.0, lengths.get((camera, "detection"), 0.0) / length),
        )
        for camera, size, length, moved in recorded
        if length and length >= LEAST_S
    }
