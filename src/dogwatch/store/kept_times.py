"""Times that outlive a restart, by name."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from dogwatch.store.tables import marks


def load(connection: Connection, name: str) -> float | None:
    """Return the time (epoch s) that was stored as `name`, None if none was."""
    time: float | None = connection.scalar(select(marks.c.time).where(marks.c.name == name))
    return time


def save(connection: Connection, name: str, time: float) -> None:
    """Store `time` as `name`, in place of an earlier one."""
    connection.execute(delete(marks).where(marks.c.name == name))
    connection.execute(insert(marks).values(name=name, time=time))
