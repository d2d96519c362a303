"""Rows of user accounts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dogwatch.errors import ConflictError
from dogwatch.store.tables import push_devices, ui_choices, users


@dataclass(frozen=True, slots=True)
class User:
    """One account; `password_changed_at` is in epoch seconds.

    `issuer` is the provider at which the user logs in, and `subject` the user's id there; None with a password.
    """

    username: str
    role: str
    password_hash: str
    password_changed_at: float
    issuer: str | None = None
    subject: str | None = None


_COLUMNS = tuple(users.c[name] for name in User.__slots__)


def everyone(connection: Connection) -> list[User]:
    """Return all accounts by name."""
    return [User(*row) for row in connection.execute(select(*_COLUMNS).order_by(users.c.username))]


def count(connection: Connection) -> int:
    """Return how many accounts there are."""
    return connection.execute(select(func.count()).select_from(users)).scalar_one()


def find(connection: Connection, username: str) -> User | None:
    """Return the account `username`, or None."""
    row = connection.execute(select(*_COLUMNS).where(users.c.username == username)).first()
    return User(*row) if row else None


def of_provider(connection: Connection, issuer: str, subject: str) -> User | None:
    """Return the account of whom the provider `issuer` calls `subject`, or None."""
    query = select(*_COLUMNS).where(users.c.issuer == issuer, users.c.subject == subject)
    row = connection.execute(query).first()
    return User(*row) if row else None


def add(connection: Connection, user: User) -> None:
    """Add an account.

    Raises:
        ConflictError: There is an account with that name.
    """
    values = {column.name: getattr(user, column.name) for column in _COLUMNS}
    try:
        connection.execute(insert(users).values(**values, notification_tokens=[]))
    except IntegrityError as error:
        raise ConflictError(f"the user {user.username} already exists") from error


def remove(connection: Connection, username: str) -> bool:
    """Delete an account with its devices and choices; False if there was none."""
    for table in (push_devices, ui_choices):
        connection.execute(delete(table).where(table.c.owner == username, table.c.owner_kind == "account"))
    return connection.execute(delete(users).where(users.c.username == username)).rowcount > 0


def set_password(connection: Connection, username: str, password_hash: str, now: float) -> bool:
    """Store a new password hash; False if there is no such account."""
    values = {"password_hash": password_hash, "password_changed_at": now}
    return connection.execute(update(users).where(users.c.username == username).values(values)).rowcount > 0


def rehash(connection: Connection, username: str, before: str, after: str) -> None:
    """Store the same password in another form, unless it has been changed meanwhile."""
    same = (users.c.username == username, users.c.password_hash == before)
    connection.execute(update(users).where(*same).values(password_hash=after))


def set_role(connection: Connection, username: str, role: str) -> bool:
    """Store a new role; False if there is no such account."""
    return connection.execute(update(users).where(users.c.username == username).values(role=role)).rowcount > 0
