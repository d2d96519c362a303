"""Run-time switches that outlive a restart."""

from __future__ import annotations

from sqlalchemy import Connection, and_, delete, insert, select

from dogwatch.store.tables import switches

Value = bool | int | str


def load(connection: Connection) -> dict[tuple[str, str], Value]:
    """Return every stored value by `(camera, name)`."""
    rows = connection.execute(select(switches.c.camera, switches.c.name, switches.c.value))
    return {(camera, name): value for camera, name, value in rows}


def save(connection: Connection, camera: str, name: str, value: Value) -> None:
    """Store one value in place of an earlier one."""
    forget(connection, camera, name)
    connection.execute(insert(switches).values(camera=camera, name=name, value=value))


def forget(connection: Connection, camera: str, name: str) -> None:
    """Drop one value, so that the file's counts again."""
    connection.execute(delete(switches).where(and_(switches.c.camera == camera, switches.c.name == name)))
