"""Login sessions: rows that a login makes and every request needs, and that can be ended at once."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from dogwatch.auth.row_cache import RowCache
from dogwatch.store import sessions, users
from dogwatch.store.sessions import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dogwatch.store.database import Database
    from dogwatch.store.users import User

MAX_SESSIONS = 50  # for one user; programs that log in at each start would add ever more rows
USE_S = 300.0  # the accuracy of the last use: a row is not written for every request
AGENT_LENGTH = 100


class Sessions:
    """The sessions in the database. Safe to use from any thread."""

    def __init__(self, db: Database, clock: Callable[[], float] = time.time) -> None:
        """Keep sessions in `db`; `clock` gives epoch seconds."""
        self._db, self._clock = db, clock
        self._recent = RowCache(self._read)
        self._listeners: list[Callable[[str | None], None]] = []

    def on_end(self, listener: Callable[[str | None], None]) -> None:
        """Call `listener`, in any thread, with the user whose sessions or account have changed (None: all)."""
        self._listeners.append(listener)

    def open(self, user: User, lifetime_s: float, address: str = "", agent: str = "") -> Session | None:
        """Make a session of `user`; None if the account is gone or its password has changed since `user` was read.

        So an old password cannot open a session once it was changed.
        """
        now = self._clock()
        session = Session(
            secrets.token_urlsafe(16), user.username, now, now + lifetime_s, now, address, agent[:AGENT_LENGTH]
        )

        def write(connection: Connection) -> list[str] | None:
            present = users.find(connection, user.username)
            if present is None or present.password_changed_at != user.password_changed_at:
                return None
            sessions.prune(connection, now)
            return sessions.add(connection, session, MAX_SESSIONS)

        pushed_out = self._db.write(write)
        if pushed_out is None:
            return None
        if pushed_out:
            self.changed(user.username)
        return session

    def recall(self, session_id: str) -> tuple[bool, Session | None]:
        """Return whether the session is in the cache, and the session; never waits."""
        return self._recent.recall(session_id)

    def find(self, session_id: str) -> Session | None:
        """Return a session that was not ended; it may have expired."""
        return self._recent.find(session_id)

    def used(self, session: Session, expires_at: float | None = None) -> None:
        """Store that `session` is used now, and its new `expires_at` if given; never waits."""
        now = self._clock()
        if expires_at is None and abs(now - session.used_at) < USE_S:
            return
        used = replace(session, used_at=now, expires_at=session.expires_at if expires_at is None else expires_at)
        self._recent.replace(session.id, session, used)
        self._db.submit(lambda connection: sessions.use(connection, used))

    def of_user(self, username: str) -> list[Session]:
        """Return the sessions of `username`, the one used last first."""
        with self._db.read(once=True) as connection:
            return sessions.of_user(connection, username)

    def end(self, session: Session) -> None:
        """End a session at once."""
        self._db.write(lambda connection: sessions.end(connection, session.id))
        self.changed(session.username)

    def end_all(self, username: str, *, but: str = "") -> int:
        """End all sessions of `username` at once, but for the one with the id `but`; return how many there were."""
        ended = self._db.write(lambda connection: sessions.end_all(connection, username, but=but))
        self.changed(username)
        return ended

    def changed(self, username: str | None) -> None:
        """Clear the cache, and tell the listeners that `username` (None: anybody) or its sessions have changed."""
        self._recent.forget()
        for listener in self._listeners:
            listener(username)

    def _read(self, session_id: str) -> Session | None:
        with self._db.read(once=True) as connection:
            return sessions.find(connection, session_id)
