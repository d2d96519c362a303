"""Rows of what each user has chosen in the page, so that phone and desktop agree."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from dogwatch.store.shares import OwnerKind
from dogwatch.store.tables import ui_choices

MOST_OWNERS = 1000
"""A proxy may name any number of users: of more than these, those who have written least recently are forgotten."""


@dataclass(frozen=True, slots=True)
class UiChoices:
    """What a user has chosen: a JSON object as text, how often it was written, and when last (epoch s)."""

    settings: str = "{}"
    version: int = 0
    updated_at: float | None = None


def find(connection: Connection, owner: str, kind: OwnerKind) -> UiChoices:
    """Return what a user has chosen; nothing at first."""
    c = ui_choices.c
    query = select(c.settings, c.version, c.updated_at).where(c.owner == owner, c.owner_kind == kind)
    row = connection.execute(query).one_or_none()
    return UiChoices() if row is None else UiChoices(*row)


def put(
    connection: Connection, owner: str, kind: OwnerKind, settings: str, now: float, read: int | None = None
) -> UiChoices | None:
    """Store what a user has chosen, and return it with its version.

    Args:
        connection: A writing one.
        owner: The user's name.
        kind: How the user was identified.
        settings: A JSON object.
        now: The time (epoch s).
        read: The version that the writer has read, if that is to be the newest one.

    Returns:
        None if another version is there, and nothing was written.
    """
    before = find(connection, owner, kind)
    if read is not None and read != before.version:
        return None
    c = ui_choices.c
    connection.execute(delete(ui_choices).where(c.owner == owner, c.owner_kind == kind))
    fresh = UiChoices(settings, before.version + 1, now)
    values = {"settings": fresh.settings, "version": fresh.version, "updated_at": fresh.updated_at}
    connection.execute(insert(ui_choices).values(owner=owner, owner_kind=kind, **values))
    _forget_oldest(connection)
    return fresh


def _forget_oldest(connection: Connection) -> None:
    c = ui_choices.c
    newest = select(c.updated_at).order_by(c.updated_at.desc()).offset(MOST_OWNERS - 1).limit(1)
    oldest = connection.execute(newest).scalar_one_or_none()
    if oldest is not None:
        connection.execute(delete(ui_choices).where(c.updated_at < oldest))
