"""Who uses video files, and which: by a token for files, or as who they are to the rest of Dogwatch (docs/files.md)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dogwatch.auth import file_tokens, limits
from dogwatch.auth.addresses import Arrival, client_key
from dogwatch.auth.authority import TOKEN_ADMIN
from dogwatch.auth.caller import ADMIN, ANONYMOUS_ADMIN, Caller
from dogwatch.auth.file_tokens import FileAction, FileRole, FileScope, FileToken
from dogwatch.auth.row_cache import RowCache
from dogwatch.auth.secret import SigningKey
from dogwatch.errors import FileError, NotFoundError
from dogwatch.store import file_tokens as rows

if TYPE_CHECKING:
    from dogwatch.auth.authority import Authority
    from dogwatch.store.database import Database

FAILURES = "5/minute"
RETRY_S = 60
LISTENER = "internal listener"
"""Whom tokens name that were made where nobody logs in; with the blank, it is no name that a user can have."""


@dataclass(frozen=True, slots=True)
class FileCaller:
    """The sender of a request about files.

    `caller` is who that is to the rest of Dogwatch. `token` is None for who has come without a token for files.
    """

    caller: Caller
    role: FileRole
    scope: FileScope
    token: FileToken | None = None

    @property
    def username(self) -> str:
        """The name, which owns what is uploaded."""
        return self.caller.username

    def may(self, action: FileAction, uuid: str) -> bool:
        """Whether the scope has the action, and names the file if it names files at all."""
        files = self.scope.files
        return action in self.scope.actions and (isinstance(files, str) or uuid in files)

    def may_use(self, owner: str) -> bool:
        """Whether a file of `owner` is within the scope, if that names no files."""
        return self.scope.files != "own" or owner == self.username


class FileAccess:
    """Makes and checks tokens for files. For the event loop."""

    def __init__(
        self, authority: Authority, db: Database, key: SigningKey, life_s: int, clock: Callable[[], float] = time.time
    ) -> None:
        """Use the accounts of `authority`; `key` is that of sessions, `life_s` how long a login's token is valid."""
        self._authority, self._db, self._clock = authority, db, clock
        self._key, self.life_s = file_tokens.file_key(key), life_s
        self._failures = limits.RateLimit(limits.parse(FAILURES))
        self._revoked = RowCache(self._read)

    def configure(self, life_s: int) -> None:
        """Make the tokens of logins valid for so long from now on."""
        self.life_s = life_s

    async def log_in(self, username: str, password: str, arrival: Arrival) -> tuple[str, FileToken]:
        """Return the text and content of a new token for who knows the password.

        Raises:
            NotFoundError: Nobody logs in here.
            FileError: 401; name or password is wrong. 429; that was so too often.
        """
        if not self._authority.enabled:
            raise NotFoundError("Logging in is disabled")
        address = client_key(self._authority.address_of(arrival))
        try:
            if self._failures.exceeded(address):
                raise FileError(429, "rate_limited", "Too many failed logins", retry_s=RETRY_S)
            name = username if username.isprintable() else ""  # which nobody has, and every database can look for
            user = await self._authority.check_password(name, password, arrival)
        except limits.TooManyTriesError:
            raise FileError(429, "rate_limited", "Too many failed logins", retry_s=RETRY_S) from None
        if user is None:
            raise FileError(401, "bad_credentials", "The name or the password is wrong")
        self._failures.forgive(address)
        role = role_of(user.role)
        return self._new(user.username, role, FileScope("all" if role == "admin" else "own"), self.life_s)

    def narrow(
        self, caller: FileCaller, scope: FileScope, life_s: int, owners: dict[str, str]
    ) -> tuple[str, FileToken]:
        """Return a token for some files; `owners` are those of the files that there are.

        Raises:
            FileError: 403; the caller may not do so much.
        """
        assert not isinstance(scope.files, str)  # noqa: S101 - a narrower token names its files
        mine = caller.scope
        within = (
            scope.files <= mine.files
            if not isinstance(mine.files, str)
            else mine.files == "all" or all(owners.get(uuid) == caller.username for uuid in scope.files)
        )
        if not within or not scope.actions <= mine.actions:
            raise FileError(403, "scope_too_wide", "The token would allow more than the caller may")
        if caller.token is not None and not isinstance(mine.files, str):
            life_s = min(life_s, max(1, caller.token.expires_at - int(self._clock())))  # it must not renew itself
        parent = "" if caller.token is None else caller.token.id
        if caller.token is not None and len(caller.token.parts) >= file_tokens.MOST_PARTS:
            raise FileError(403, "scope_too_wide", "The token was made with too many others")
        if caller.token is None and caller.caller.session:
            parent = file_tokens.SESSION + caller.caller.session
        name = LISTENER if caller.caller.trusted else caller.username
        return self._new(name, caller.role, scope, life_s, parent)

    async def revoke(self, token: FileToken) -> None:
        """Refuse a token from now on, and those that were made with it."""
        now, own = self._clock(), token.parts[-1]
        until = max(token.expires_at, now + file_tokens.LONGEST_S) + file_tokens.LEEWAY_S
        await self._db.awrite(lambda connection: rows.revoke(connection, own, until, now))
        self._revoked.forget(own)

    async def identify(self, text: str) -> FileCaller | None:
        """Return who has a token; None if it is not valid any more, or never was.

        The account counts, not the token, so that deleting a user or another password takes effect at once.
        """
        token = file_tokens.decode(self._key, text, self._clock())
        if token is None:
            return None
        ended = [await self._has_ended(one) for one in token.parts]
        caller = None if any(ended) else await self._present(token)
        if caller is None or role_of(caller.role) != token.role:
            return None
        return FileCaller(caller, token.role, token.scope, token)

    def of_caller(self, caller: Caller) -> FileCaller:
        """Return who a caller of the rest of Dogwatch is to files."""
        role = role_of(caller.role)
        return FileCaller(caller, role, FileScope("all" if role == "admin" else "own"))

    async def _has_ended(self, part: str) -> bool:
        """Whether a token, or a session, has logged out; see `FileToken.parts`."""
        if part.startswith(file_tokens.SESSION):
            session, sessions = part.removeprefix(file_tokens.SESSION), self._authority.accounts.sessions
            there, found = sessions.recall(session)
            return (found if there else await asyncio.to_thread(sessions.find, session)) is None
        known, revoked = self._revoked.recall(part)
        if not known:
            revoked = await asyncio.to_thread(self._revoked.find, part)
        return bool(revoked)

    def _new(
        self, username: str, role: FileRole, scope: FileScope, life_s: int, parent: str = ""
    ) -> tuple[str, FileToken]:
        token = file_tokens.new_token(username, role, scope, self._clock(), life_s, parent)
        return file_tokens.encode(self._key, token), token

    async def _present(self, token: FileToken) -> Caller | None:
        """Return the caller that a token stands for, if there still is one."""
        name, authority = token.username, self._authority
        if name == LISTENER:
            return ANONYMOUS_ADMIN
        if name == TOKEN_ADMIN:
            return Caller(name, ADMIN) if authority.admin_token() else None
        if not authority.enabled:  # of a proxy, which alone knows the accounts
            return Caller(name, ADMIN if token.role == "admin" else "", frozenset())
        user = await authority.account(name, token.issued_at)
        if user is None or token.issued_at < int(user.password_changed_at):
            return None
        return Caller(user.username, user.role, authority.cameras_of(user.role))

    def _read(self, token_id: str) -> bool | None:
        with self._db.read(once=True) as connection:
            return rows.is_revoked(connection, token_id) or None


def role_of(role: str) -> FileRole:
    """Return what a role is to files."""
    return "admin" if role == ADMIN else "user"
