"""Reads how much each camera has recorded, from a database that may be in use, without changing it."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

DAYS = 7
DAY_S = 86400.0
LEAST_S = 600.0
"""With less footage than this, nothing is estimated."""

RECORDED = """
SELECT camera, sum(size_bytes), sum(end_time - start_time),
  sum(CASE WHEN motion IS NULL OR motion > 0 OR dbfs > ? THEN end_time - start_time ELSE 0 END)
FROM segments WHERE start_time >= ? GROUP BY camera || ''
"""
ITEMS = """
SELECT camera, severity, sum(coalesce(end_time, ?) - start_time + 10)
FROM reviews WHERE start_time >= ? GROUP BY camera, severity
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of the last days of a camera; shares are parts of the recorded time, from 0 to 1.

    `motion` counts footage with motion or sound, and footage that was not analysed.
    """

    bytes_per_second: float
    motion: float
    alerts: float
    detections: float


def measured(file: Path, now: float, sound_dbfs: float) -> tuple[dict[str, Measured], int]:
    """Return the figures of each camera, and the bytes of all recordings; nothing without a database."""
    address = f"{file.absolute().as_uri()}?mode=ro"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=2)) as connection:
            return _cameras(connection, now - DAYS * DAY_S, now, sound_dbfs), _used(connection)
    except sqlite3.Error:  # there is no database yet, or it has another version: then nothing is known
        return {}, 0


def _used(connection: sqlite3.Connection) -> int:
    (used,) = connection.execute("SELECT coalesce(sum(size_bytes), 0) FROM quarters").fetchone()
    return int(used)


def _cameras(connection: sqlite3.Connection, since: float, now: float, sound_dbfs: float) -> dict[str, Measured]:
    rows = connection.execute(RECORDED, (sound_dbfs, since)).fetchall()
    items = connection.execute(ITEMS, (now, since))
    lengths = {(camera, severity): float(length) for camera, severity, length in items}
    return {
        camera: Measured(
            size / length,
            moved / length,
            min(1.0, lengths.get((camera, "alert"), 0.0) / length),
            min(1.0, lengths.get((camera, "detection"), 0.0) / length),
        )
        for camera, size, length, moved in rows
        if length and length >= LEAST_S
    }
