"""Who a request comes from: the verdict for every request on the external listener (contract, section 3.4)."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from joserfc.jwk import OctKey

from dogwatch.auth import limits, proxy, tokens
from dogwatch.auth.accounts import Accounts
from dogwatch.auth.addresses import client_address, networks
from dogwatch.auth.caller import ADMIN, VIEWER, Caller
from dogwatch.errors import AuthError, NotFoundError

if TYPE_CHECKING:
    from dogwatch.config import Config
    from dogwatch.store.users import User

log = logging.getLogger(__name__)

HASHERS = 2
MAX_WAITING = 16


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who it is, or None; `set_cookie` is a header value that has to go out with the answer."""

    caller: Caller | None
    set_cookie: str | None = None


class Authority:
    """Establishes identities by the rules of the configuration; one a program, for the event loop."""

    def __init__(self, config: Config, accounts: Accounts, key: OctKey, clock: Callable[[], float] = time.time) -> None:
        """Decide by `config.auth` and `config.proxy`; `clock` gives epoch seconds."""
        self._auth, self._proxy, self._key, self._clock = config.auth, config.proxy, key, clock
        self.accounts = accounts
        self._limit = limits.RateLimit(limits.parse(config.auth.failed_login_rate_limit))
        self._trusted = networks(config.auth.trusted_proxies)
        self._hashers = asyncio.Semaphore(HASHERS)
        self._waiting = 0

    @property
    def enabled(self) -> bool:
        """Whether users log in here; otherwise a proxy in front says who they are."""
        return self._auth.enabled

    @property
    def first_login_hint(self) -> bool:
        """Whether the login page should tell where the first password is to be found."""
        return bool(self._auth.admin_first_time_login or self._auth.reset_admin_password)

    @property
    def cookie_name(self) -> str:
        """The session cookie's name."""
        return self._auth.cookie_name

    def cameras_of(self, role: str) -> frozenset[str] | None:
        """Return the cameras that `role` is limited to, None for all; unknown roles see nothing."""
        if role in (ADMIN, VIEWER):
            return None
        return frozenset(self._auth.roles.get(role, ()))

    async def identify(self, headers: Mapping[str, str], cookie: str | None) -> Verdict:
        """Return who sent a request with `headers` (lower-case names) and the session `cookie`."""
        secret = self._proxy.auth_secret
        if secret and not hmac.compare_digest(headers.get("x-proxy-secret", "").encode(), secret.encode()):
            return Verdict(None)
        if not self._auth.enabled:
            return Verdict(self._mapped(headers))
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return await self._by_token(bearer.strip(), by_cookie=False)
        return await self._by_token(cookie, by_cookie=True) if cookie else Verdict(None)

    async def log_in(self, username: str, password: str, peer: str, forwarded_for: Sequence[str]) -> str | None:
        """Check a name and a password that came from `peer`; every call counts towards the rate limit.

        Returns:
            A `Set-Cookie` value, None when the two do not fit.

        Raises:
            TooManyTriesError: There were too many tries.
        """
        address = client_address(peer, forwarded_for, self._trusted)
        user = await self._verified(username, password, address)
        if user is None:
            log.warning("a login from %s failed", address)
            return None
        if user.role not in self.accounts.roles:
            log.warning("%s may not log in: the role %s no longer exists", user.username, user.role)
            return None
        return self.new_cookie(user.username, user.role)

    async def confirm(self, caller: Caller, password: str, peer: str, forwarded_for: Sequence[str]) -> None:
        """Check that `caller`, who is logged in and came from `peer`, knows the present password.

        Every call counts towards the rate limit of logging in, so that who finds a session open cannot try passwords.

        Raises:
            AuthError: The password is wrong.
            NotFoundError: A proxy says who the caller is, and there is no such account.
            TooManyTriesError: There were too many tries.
        """
        address = client_address(peer, forwarded_for, self._trusted)
        if await self._verified(caller.username, password, address) is None:
            if await asyncio.to_thread(self.accounts.find, caller.username) is None:
                raise NotFoundError("User not found")
            log.warning("%s, from %s, did not know the present password", caller.username, address)
            raise AuthError("The current password is wrong")

    async def _verified(self, username: str, password: str, address: str) -> User | None:
        """Return the account if the password is right; never more than a few at a time, and within the rate limit."""
        if broken := self._limit.exceeded(address):
            raise limits.TooManyTriesError(broken.text)
        if self._waiting >= MAX_WAITING:
            raise limits.TooManyTriesError(f"{MAX_WAITING} at once")
        self._waiting += 1
        try:
            async with self._hashers:
                return await asyncio.to_thread(self.accounts.verify, username, password)
        finally:
            self._waiting -= 1

    def new_cookie(self, username: str, role: str) -> str:
        """Return a `Set-Cookie` value with a fresh token."""
        token = tokens.issue(self._key, username, role, self._clock(), self._auth.session_length)
        return self._cookie(token, self._auth.session_length)

    def no_cookie(self) -> str:
        """Return the `Set-Cookie` value that ends a session in the browser."""
        return self._cookie("", 0)

    def _cookie(self, value: str, max_age: int) -> str:
        secure = "; Secure" if self._auth.cookie_secure else ""
        return f"{self._auth.cookie_name}={value}; HttpOnly; Max-Age={max_age}; Path=/; SameSite=lax{secure}"

    async def _by_token(self, text: str | None, *, by_cookie: bool) -> Verdict:
        now = self._clock()
        token = tokens.read(self._key, text, now) if text else None
        if token is None:
            return Verdict(None)
        # The account counts, not the token: who was deleted or demoted is so at once.
        known, user = self.accounts.recall(token.username)
        if not known:
            user = await asyncio.to_thread(self.accounts.find, token.username)
        if user is None or user.role not in self.accounts.roles or token.issued_at < int(user.password_changed_at):
            return Verdict(None)
        caller = Caller(user.username, user.role, self.cameras_of(user.role), by_cookie)
        due = by_cookie and token.expires_at - self._auth.refresh_time <= now
        return Verdict(caller, self.new_cookie(user.username, user.role) if due else None)

    def _mapped(self, headers: Mapping[str, str]) -> Caller:
        names = self._proxy.header_map
        role = proxy.mapped_role(
            headers,
            names.role,
            names.role_map or {},
            self.accounts.roles,
            default=self._proxy.default_role or VIEWER,
            separator=self._proxy.separator or ",",
        )
        return Caller(proxy.mapped_user(headers, names.user), role, self.cameras_of(role))
