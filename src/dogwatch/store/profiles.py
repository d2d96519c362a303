"""The active profile, and when each was activated last: a row of the table of switches that is of every camera."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from dogwatch.store import switches as rows
from dogwatch.store.tables import switches

NAME = "profile"


def load(connection: Connection) -> tuple[str | None, dict[str, float]]:
    """Return the active profile, None without one, and the time (epoch s) of each one's last activation."""
    found: Any = connection.scalar(
        select(switches.c.value).where(switches.c.camera == rows.EVERY_CAMERA, switches.c.name == NAME)
    )
    return (found["active"], found["last_activated"]) if found else (None, {})


def save(connection: Connection, active: str | None, last_activated: dict[str, float]) -> None:
    """Store both in place of what was stored before."""
    rows.put(connection, rows.EVERY_CAMERA, NAME, {"active": active, "last_activated": last_activated})
