"""Rows of login sessions."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, insert, select, update

from dogwatch.store.tables import sessions


@dataclass(frozen=True, slots=True)
class Session:
    """One login; times are epoch seconds, `used_at` to within some minutes."""

    id: str
    username: str
    created_at: float
    expires_at: float
    used_at: float
    address: str
    agent: str


_COLUMNS = tuple(sessions.c[name] for name in Session.__slots__)


def find(connection: Connection, session_id: str) -> Session | None:
    """Return the session `session_id`, or None."""
    row = connection.execute(select(*_COLUMNS).where(sessions.c.id == session_id)).first()
    return Session(*row) if row else None


def of_user(connection: Connection, username: str) -> list[Session]:
    """Return the sessions of `username`, the one used last first."""
    query = select(*_COLUMNS).where(sessions.c.username == username).order_by(sessions.c.used_at.desc())
    return [Session(*row) for row in connection.execute(query)]


def add(connection: Connection, session: Session, limit: int) -> list[str]:
    """Add a session; if its user has `limit` sessions already, remove those used longest ago.

    Returns:
        The ids of the removed sessions.
    """
    others = of_user(connection, session.username)
    gone = [one.id for one in others[limit - 1 :]]
    connection.execute(delete(sessions).where(sessions.c.id.in_(gone)))
    connection.execute(insert(sessions).values(**asdict(session)))
    return gone


def use(connection: Connection, session: Session) -> None:
    """Store when a session was used and when it expires; an ended session stays ended."""
    values = {"used_at": session.used_at, "expires_at": session.expires_at}
    connection.execute(update(sessions).where(sessions.c.id == session.id).values(values))


def end(connection: Connection, session_id: str) -> None:
    """Remove a session."""
    connection.execute(delete(sessions).where(sessions.c.id == session_id))


def end_all(connection: Connection, username: str, *, but: str = "") -> int:
    """Remove all sessions of `username`, but for the one with the id `but`; return how many there were."""
    ended = delete(sessions).where(sessions.c.username == username, sessions.c.id != but)
    return connection.execute(ended).rowcount


def prune(connection: Connection, now: float) -> None:
    """Remove the sessions that have expired."""
    connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
