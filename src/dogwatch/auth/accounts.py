"""Adds, changes and removes users, for the API and for the command line."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from dogwatch.auth import passwords
from dogwatch.auth.caller import ADMIN, VIEWER
from dogwatch.auth.row_cache import RowCache
from dogwatch.auth.sessions import Sessions
from dogwatch.errors import ConflictError, DogwatchError, ForbiddenError, NotFoundError
from dogwatch.store import sessions, shares, users
from dogwatch.store.users import User

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dogwatch.store.database import Database

log = logging.getLogger(__name__)

USERNAME = re.compile(r"[A-Za-z0-9._]{1,100}")
BUILT_IN = "admin"
MOST_ACCOUNTS = 10_000  # a provider may be open to everybody
T = TypeVar("T")


class AccountError(DogwatchError):
    """A name, role or password that an account cannot have."""

    status = 400


class Accounts:
    """The accounts in the database. Safe to use from any thread; whatever hashes a password takes half a second."""

    def __init__(self, db: Database, *, roles: Collection[str] = (), iterations: int = 600_000) -> None:
        """Keep accounts in `db`; `roles` are those of the configuration beside `admin` and `viewer`."""
        self._db = db
        self._recent = RowCache(self._read)
        self.sessions = Sessions(db)
        self.configure(roles, iterations)

    def configure(self, roles: Collection[str], iterations: int) -> None:
        """Use these roles beside `admin` and `viewer`, and this number of hash iterations, from now on."""
        self.roles = (ADMIN, VIEWER, *(role for role in roles if role not in (ADMIN, VIEWER)))
        self._iterations = iterations
        # The hash of an unknown user, so that a wrong name takes as long as a wrong password.
        self._nobody = f"pbkdf2_sha256${iterations}${'0' * 32}$"

    def everyone(self) -> list[User]:
        """Return all accounts by name."""
        with self._db.read(once=True) as connection:
            return users.everyone(connection)

    def recall(self, username: str) -> tuple[bool, User | None]:
        """Return whether the account is in the cache, and the account; never waits."""
        return self._recent.recall(username)

    def find(self, username: str) -> User | None:
        """Return the account `username`; a change by another process may show some seconds later."""
        return self._recent.find(username)

    def verify(self, username: str, password: str) -> User | None:
        """Return the account if the password is right; unknown names take the same time."""
        user = self._read(username)
        right = passwords.verify_password(password, (user and user.password_hash) or self._nobody)
        if user is None or not right:
            return None
        if passwords.is_outdated(user.password_hash, self._iterations):
            self._rehash(user, password)
        return user

    def add(self, username: str, password: str, role: str = VIEWER) -> None:
        """Add an account.

        Raises:
            AccountError: The name, password or role is not allowed.
            ConflictError: The name is taken.
        """
        if not USERNAME.fullmatch(username):
            raise AccountError("Invalid username")
        self._check_role(role)
        self._check_password(password)
        user = User(username, role, passwords.hash_password(password, self._iterations), time.time())
        self._change(username, lambda: self._db.write(lambda connection: users.add(connection, user)))

    def provided(
        self, issuer: str, subject: str, username: str, role: str | None, first_role: str | None
    ) -> User | None:
        """Return the account of a user whom the provider `issuer` calls `subject`; make it at the first login.

        It keeps the name that it was made with, because other things are stored by that name.

        Args:
            issuer: The provider.
            subject: The user's id there, which is never given to anybody else.
            username: The name of an account that is made.
            role: The role that the account gets; None leaves it as it is.
            first_role: Then the role of an account that is made; None makes none, and returns None.

        Raises:
            ConflictError: The name is taken by another account, or there are too many accounts.
        """

        def write(connection: Connection) -> User | None:
            known = users.of_provider(connection, issuer, subject)
            if known is not None:
                if role is not None and role != known.role:
                    users.set_role(connection, known.username, role)
                return replace(known, role=role or known.role)
            made = role or first_role
            if made is None:
                return None
            if username == BUILT_IN or users.find(connection, username) is not None:
                raise ConflictError(f"another account has the name {username}")
            if users.count(connection) >= MOST_ACCOUNTS:
                raise ConflictError(f"there are {MOST_ACCOUNTS} accounts already")
            user = User(username, made, "", time.time(), issuer, subject)
            users.add(connection, user)
            return user

        with self._db.read(once=True) as connection:  # which does not wait for others that write
            known = users.of_provider(connection, issuer, subject)
        if known is not None and role in (None, known.role):
            return known
        return self._change(known.username if known else username, lambda: self._db.write(write))

    def remove(self, username: str) -> bool:
        """Delete an account with its sessions, and end its links; False if there was none.

        Raises:
            ForbiddenError: It is the built-in administrator.
        """
        if username == BUILT_IN:
            raise ForbiddenError("The built-in user admin cannot be deleted")

        def write(connection: Connection) -> bool:
            shares.end_of_owner(connection, username, time.time(), "the account was deleted")
            return users.remove(connection, username)

        return self._change(username, lambda: self._db.write(write))

    def set_password(self, username: str, password: str) -> User:
        """Change a password, which ends all sessions of the account; return the changed account.

        Raises:
            NotFoundError: There is no such account.
            AccountError: The new password is too weak.
        """
        user = self._read(username)
        if user is None:
            raise NotFoundError("User not found")
        if user.issuer:
            raise AccountError(f"{username} logs in at a provider and has no password here")
        self._check_password(password)
        return self._store_password(user, password)

    def set_role(self, username: str, role: str) -> None:
        """Change a role; it applies to open sessions at once.

        Raises:
            ForbiddenError: It is the built-in administrator.
            AccountError: There is no such role.
            NotFoundError: There is no such account.
        """
        if username == BUILT_IN:
            raise ForbiddenError("The role of the built-in user admin cannot be changed")
        self._check_role(role)
        change = self._change(
            username, lambda: self._db.write(lambda connection: users.set_role(connection, username, role))
        )
        if not change:
            raise NotFoundError("User not found")

    def changed_elsewhere(self) -> None:
        """Read all accounts and sessions again: another process has changed some."""
        self._recent.forget()
        self.sessions.changed(None)

    def first_start(self, announce: Callable[[str, str], None], *, reset: bool = False) -> None:
        """Make the user `admin` if there is no user yet, or give it a new password if `reset` is set.

        `announce(username, password)` shows the password once; it is stored nowhere else.
        """
        with self._db.read() as connection:
            empty = users.count(connection) == 0
        admin = self._read(BUILT_IN)
        if not empty and not reset:
            return
        password = passwords.random_password()
        if admin is None:
            self.add(BUILT_IN, password, ADMIN)
        else:
            self._store_password(admin, password)
        announce(BUILT_IN, password)

    def _store_password(self, user: User, password: str) -> User:
        stored = passwords.hash_password(password, self._iterations)
        changed = replace(user, password_hash=stored, password_changed_at=time.time())

        def write(connection: Connection) -> None:
            users.set_password(connection, user.username, stored, changed.password_changed_at)
            sessions.end_all(connection, user.username)

        self._change(user.username, lambda: self._db.write(write))
        return changed

    def _rehash(self, user: User, password: str) -> None:
        """Store the password in today's form; the login does not wait for that, nor fail with it."""
        stored = passwords.hash_password(password, self._iterations)
        with suppress(DogwatchError):
            self._db.submit(
                lambda connection: users.rehash(connection, user.username, user.password_hash, stored), keep=False
            )

    def _check_role(self, role: str) -> None:
        if role not in self.roles:
            raise AccountError(f"Invalid role {role!r}; there are: {', '.join(self.roles)}")

    def _check_password(self, password: str) -> None:
        if weakness := passwords.weakness(password):
            raise AccountError(weakness)

    def _read(self, username: str) -> User | None:
        with self._db.read(once=True) as connection:
            return users.find(connection, username)

    def _change(self, username: str, change: Callable[[], T]) -> T:
        try:
            return change()
        finally:
            self._recent.forget(username)
            self.sessions.changed(username)
