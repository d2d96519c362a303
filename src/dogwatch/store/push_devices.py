"""Rows of browsers that get notifications."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, func, insert, select, update

from dogwatch.store.shares import OwnerKind
from dogwatch.store.tables import push_devices


@dataclass(frozen=True, slots=True)
class PushDevice:
    """A browser; see the table's comments. Times are epoch seconds. No `repr` shows its keys."""

    id: str
    owner: str
    owner_kind: OwnerKind
    owner_role: str
    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)
    name: str
    page: str
    created_at: float
    delivered_at: float | None = None
    failed_at: float | None = None
    error: str = ""


_COLUMNS = tuple(push_devices.c[name] for name in PushDevice.__slots__)


def everything(connection: Connection) -> list[PushDevice]:
    """Return all devices, oldest first."""
    query = select(*_COLUMNS).order_by(push_devices.c.created_at, push_devices.c.id)
    return [PushDevice(*row) for row in connection.execute(query)]


def put(connection: Connection, device: PushDevice, most: int, most_together: int) -> bool:
    """Store a device in place of one with the same endpoint, and drop the owner's oldest beyond `most`.

    Returns:
        Whether it is stored; not if there are `most_together` of all owners.
    """
    remove(connection, device.id)
    mine = (push_devices.c.owner == device.owner, push_devices.c.owner_kind == device.owner_kind)
    own = select(push_devices.c.id).where(*mine).order_by(push_devices.c.created_at.desc(), push_devices.c.id)
    for key in connection.scalars(own).all()[most - 1 :]:
        remove(connection, key)
    if connection.execute(select(func.count()).select_from(push_devices)).scalar_one() >= most_together:
        return False
    connection.execute(insert(push_devices).values({name: getattr(device, name) for name in PushDevice.__slots__}))
    return True


def remove(connection: Connection, device_id: str) -> bool:
    """Delete a device; False if there was none."""
    return connection.execute(delete(push_devices).where(push_devices.c.id == device_id)).rowcount > 0


def note_delivery(connection: Connection, device_id: str, at: float) -> None:
    """Note that a message was delivered."""
    values = {"delivered_at": at, "failed_at": None, "error": ""}
    connection.execute(update(push_devices).where(push_devices.c.id == device_id).values(values))


def note_failure(connection: Connection, device_id: str, at: float, error: str) -> None:
    """Note why a message was not delivered."""
    values = {"failed_at": at, "error": error[:300]}
    connection.execute(update(push_devices).where(push_devices.c.id == device_id).values(values))
