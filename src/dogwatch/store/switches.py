"""Run-time switches that outlive a restart."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select

from dogwatch.store.tables import switches

Value = bool | int | str
EVERY_CAMERA = "*"
"""What stands in place of a camera's name in what is switched of all of them; no camera can have that name."""


def load(connection: Connection) -> dict[tuple[str, str], Value]:
    """Return every stored value of a camera by `(camera, name)`."""
    query = select(switches.c.camera, switches.c.name, switches.c.value).where(switches.c.camera != EVERY_CAMERA)
    rows = connection.execute(query)
    return {(camera, name): value for camera, name, value in rows}


def save(connection: Connection, camera: str, name: str, value: Value) -> None:
    """Store one value in place of an earlier one."""
    put(connection, camera, name, value)


def put(connection: Connection, camera: str, name: str, value: Any) -> None:
    """Store anything that is JSON in place of what was there."""
    forget(connection, camera, name)
    connection.execute(insert(switches).values(camera=camera, name=name, value=value))


def forget(connection: Connection, camera: str, name: str) -> None:
    """Drop one value, so that the file's counts again."""
    connection.execute(delete(switches).where(and_(switches.c.camera == camera, switches.c.name == name)))
