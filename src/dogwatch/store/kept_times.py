"""Times that outlive a restart, by name."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from dogwatch.store.tables import kept_times


def load(connection: Connection, name: str) -> float | None:
    """Return the time (epoch s) that was stored as `name`, None if none was."""
    time: float | None = connection.scalar(select(kept_times.c.time).where(kept_times.c.name == name))
    return time


def save(connection: Connection, name: str, time: float) -> None:
    """Store `time` as `name`, in place of an earlier one."""
    connection.execute(delete(kept_times).where(kept_times.c.name == name))
    connection.execute(insert(kept_times).values(name=name, time=time))
