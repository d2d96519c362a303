"""Who a request comes from: the verdict for every request on the external listener (docs/authentication.md)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from dogwatch.auth import limits, proxy, tokens
from dogwatch.auth.accounts import Accounts
from dogwatch.auth.addresses import Arrival, client_address, client_key, networks, origin, over_https
from dogwatch.auth.caller import ADMIN, VIEWER, Caller
from dogwatch.auth.fair_queue import FairQueue
from dogwatch.auth.login_state import LIFETIME_S, LoginStates
from dogwatch.auth.oidc import OidcLogin, OidcRefusedError
from dogwatch.auth.oidc_provider import SAID
from dogwatch.auth.secret import SigningKey
from dogwatch.errors import AuthError, NotFoundError

if TYPE_CHECKING:
    from dogwatch.config.auth import AuthConfig, ProxyConfig
    from dogwatch.store.sessions import Session
    from dogwatch.store.users import User

log = logging.getLogger(__name__)

T = TypeVar("T")
Values = Callable[[str], Sequence[str]]
"""Returns the values of a header by its name, in the order received."""


PROVIDER_COOKIE = "dogwatch_login"


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What a provider sends with the browser: a code, or an error; `issuer` if it says who it is (RFC 9207)."""

    state: str = ""
    code: str = ""
    error: str = ""
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The caller, or None; `renewed` is a token to be sent as a cookie with the answer."""

    caller: Caller | None
    renewed: str | None = None


NOBODY = Verdict(None)
TOKEN_ADMIN = "token holder"  # noqa: S105 - a name
"""The name of who has an administrator's token; with the blank, it is no name that a user can have."""


class Authority:
    """Identifies callers by the rules of the configuration. One for the program; for the event loop."""

    def __init__(
        self,
        auth: AuthConfig,
        proxy: ProxyConfig,
        accounts: Accounts,
        key: SigningKey,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Use these sections of the configuration; `clock` gives epoch seconds."""
        self.accounts, self._key, self._clock = accounts, key, clock
        self._limits: str | None = None
        self._auth, self._proxy, self.proxies = auth, proxy, 0
        self.admin_token: Callable[[], str | None] = _no_token
        """Returns a token whose holder is an administrator, None if there is none now."""
        self._states = LoginStates(key, clock)
        self.oidc: OidcLogin | None = None
        self._limit = limits.RateLimit(limits.parse(limits.DEFAULT))
        self.configure(auth, proxy)
        self._hashing = FairQueue()
        self._hasher = ThreadPoolExecutor(1, "hash")

    def configure(self, auth: AuthConfig, proxy: ProxyConfig) -> None:
        """Use these sections from now on; connections that they no longer allow end."""
        self.proxies += self._proxy != proxy
        self._auth, self._proxy = auth, proxy
        self._trusted, self._forgiving = networks(auth.trusted_proxies), not auth.failed_login_rate_limit
        if auth.failed_login_rate_limit != self._limits:  # otherwise the counts stay
            self._limits = auth.failed_login_rate_limit
            self._limit = limits.RateLimit(limits.parse(self._limits or limits.DEFAULT))
        self.accounts.configure(auth.roles, auth.hash_iterations)
        if not (auth.enabled and auth.oidc.issuer):
            self.oidc = None
        elif self.oidc is None or self.oidc.config != auth.oidc:
            self.oidc = OidcLogin(auth.oidc, self._states, self.accounts, self._clock)
        self.accounts.sessions.changed(None)

    @property
    def enabled(self) -> bool:
        """Whether users log in here; otherwise a proxy identifies them."""
        return self._auth.enabled

    @property
    def first_login_hint(self) -> bool:
        """Whether the login page should tell where to find the first password."""
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

    async def identify(self, values: Values, cookie: str | None) -> Verdict:
        """Identify the sender of a request by its headers and the session `cookie`.

        An identity header must come only once: of two, one would be from the client.
        """
        if not self.admits(values):
            return NOBODY
        if not self._auth.enabled:
            caller = self._mapped(values)
            return Verdict(caller) if caller else NOBODY
        if given := values("authorization"):
            scheme, _, bearer = given[0].partition(" ")
            if len(given) > 1:
                return NOBODY
            if scheme.lower() == "bearer" and self._is_admin_token(bearer.strip()):
                return Verdict(Caller(TOKEN_ADMIN, ADMIN, session=self._token_session()))
            if scheme.lower() == "bearer":
                return await self._by_token(bearer.strip(), by_cookie=False)
        return await self._by_token(cookie, by_cookie=True) if cookie else NOBODY

    def admits(self, values: Values) -> bool:
        """Whether a request comes from the proxy in front, if it must."""
        secret = self._proxy.auth_secret
        return not secret or _is_secret(values("x-proxy-secret"), secret)

    def _is_admin_token(self, given: str) -> bool:
        own = self.admin_token()
        return own is not None and hmac.compare_digest(given.encode("utf-8", "replace"), own.encode())

    def _token_session(self) -> str:
        """Return what stands for the present token in a caller, which must not hold the token itself."""
        return hashlib.sha256((self.admin_token() or "").encode()).hexdigest()

    async def holds(self, caller: Caller) -> bool:
        """Whether `caller`, identified when a connection began, still has the same rights."""
        if caller.trusted:
            return True  # the listener without login
        if self._auth.enabled != bool(caller.session):
            return False  # login was switched on or off meanwhile
        if caller.session and caller.username == TOKEN_ADMIN:
            return caller.session == self._token_session()
        if not caller.session:  # identified by a proxy
            return caller.cameras == self.cameras_of(caller.role)
        return await self._live(caller.session, caller.username, by_cookie=caller.by_cookie) == caller

    async def log_in(self, username: str, password: str, arrival: Arrival) -> str | None:
        """Check a name and a password; the call counts towards the rate limit.

        Returns:
            The token of a new session, None if name or password is wrong.

        Raises:
            TooManyTriesError: There were too many tries.
        """
        user = await self.check_password(username, password, arrival)
        return await self.new_session(user, arrival) if user is not None else None

    async def check_password(self, username: str, password: str, arrival: Arrival) -> User | None:
        """Return the account of a name and a password, if both are right; the call counts towards the rate limit.

        Raises:
            TooManyTriesError: There were too many tries.
        """
        address = self.address_of(arrival)
        user = await self._verified(username, password, address)
        if user is None:
            log.warning("a login from %s failed", address)
        elif user.role not in self.accounts.roles:
            log.warning("%s may not log in: the role %s no longer exists", user.username, user.role)
            return None
        return user

    def count_try(self, arrival: Arrival) -> None:
        """Count a try of a password that is checked elsewhere.

        Raises:
            TooManyTriesError: There were too many tries.
        """
        self._count_try(self.address_of(arrival))

    def try_was_right(self, arrival: Arrival) -> None:
        """Take in that the last try counted had the right password."""
        self._forgive_try(self.address_of(arrival))

    async def begin_at_provider(self, redirect_uri: str, arrival: Arrival) -> tuple[str, str]:
        """Begin a login at the provider; return where the browser logs in, and the cookie that it brings back.

        Raises:
            NotFoundError: There is no provider.
            OidcRefusedError: The provider cannot be asked.
        """
        try:
            url, sealed = await self._oidc().begin(redirect_uri)
        except OidcRefusedError as error:
            log.warning("a login at the provider from %s cannot begin: %s", self.address_of(arrival), error)
            raise
        return url, self._cookie(PROVIDER_COOKIE, sealed, arrival, LIFETIME_S)

    async def log_in_at_provider(self, answer: ProviderAnswer, sealed: str | None, arrival: Arrival) -> str:
        """Return the token of a new session for whom the provider vouches for; counts as a login for the rate limit.

        Args:
            answer: What the provider has sent with the browser.
            sealed: The cookie that `begin_at_provider` has set.
            arrival: How the request came in.

        Raises:
            NotFoundError: There is no provider.
            OidcRefusedError: Nobody is logged in.
        """
        oidc, address = self._oidc(), self.address_of(arrival)
        where = client_key(address)
        try:
            # Without a cookie it is no try: a page of another site could send as many, so that nobody can log in.
            if sealed and (broken := self._limit.exceeded(where)):
                raise OidcRefusedError("tries", f"more than {broken.text}")
            state = oidc.resume(answer.state, sealed)
            if answer.error or not answer.code:
                raise OidcRefusedError("refused", f"the provider says {(answer.error or 'nothing')[:SAID]!r}")
            user = await oidc.finish(state, answer.code, answer.issuer)
            token = await self.new_session(user, arrival)
            if token is None:
                raise OidcRefusedError("expired", f"the account {user.username} has changed meanwhile")
        except OidcRefusedError as error:
            log.warning("a login at the provider from %s failed: %s", address, error)
            raise
        if self._forgiving:
            self._limit.forgive(where)
        log.info("%s has logged in at the provider, from %s", user.username, address)
        return token

    def own_url(self, arrival: Arrival, prefix: str) -> str | None:
        """Return the address by which the browser reaches us, below the `prefix` of a proxy; None if it is unknown."""
        if self._auth.oidc.external_url:
            return self._auth.oidc.external_url
        found = origin(arrival, self._trusted)
        return f"{found}{prefix}" if found else None

    def _oidc(self) -> OidcLogin:
        if self.oidc is None:
            raise NotFoundError("Login at a provider is not configured")
        return self.oidc

    async def confirm(self, caller: Caller, password: str, arrival: Arrival) -> None:
        """Check that `caller`, who is logged in, knows the present password.

        It counts towards the rate limit as a login does, so that nobody can try passwords in a session left open.

        Raises:
            AuthError: The password is wrong.
            NotFoundError: A proxy identified the caller, and there is no such account.
            TooManyTriesError: There were too many tries.
        """
        address = self.address_of(arrival)
        if await self._verified(caller.username, password, address) is None:
            if await asyncio.to_thread(self.accounts.find, caller.username) is None:
                raise NotFoundError("User not found")
            log.warning("%s, from %s, did not know the present password", caller.username, address)
            raise AuthError("The current password is wrong")

    async def hashed(self, arrival: Arrival, job: Callable[[], T]) -> T:
        """Queue `job`, which hashes a password: all hashing together never takes more than one core.

        Raises:
            TooManyTriesError: Too many are waiting.
        """
        return await self._queued(self.address_of(arrival), job)

    async def new_session(self, user: User, arrival: Arrival) -> str | None:
        """Return the token of a new session; None if the account has changed since it was read."""
        lifetime, address = self._auth.session_length, client_key(self.address_of(arrival))
        session = await asyncio.to_thread(self.accounts.sessions.open, user, lifetime, address, arrival.agent)
        return self._token(session, user.role) if session else None

    def sessions_of(self, username: str) -> list[Session]:
        """Return the sessions of `username` that have not expired, the one used last first; reads the database."""
        now = self._clock()
        return [session for session in self.accounts.sessions.of_user(username) if session.expires_at > now]

    async def log_out(self, caller: Caller, after: str | None = None) -> str | None:
        """End the session of `caller`, which makes its token invalid.

        Returns:
            Where the browser logs out of the provider before it goes to `after`; None if the user was not known by one.
        """
        session = await asyncio.to_thread(self.accounts.sessions.find, caller.session) if caller.session else None
        if session is None:
            return None
        await asyncio.to_thread(self.accounts.sessions.end, session)
        user = await asyncio.to_thread(self.accounts.find, session.username)
        if self.oidc is None or user is None or user.issuer is None or after is None:
            return None
        return await self.oidc.end_session_url(after)

    def cookie(self, token: str, arrival: Arrival) -> str:
        """Return the `Set-Cookie` value that sets `token`, or removes the cookie if it is empty."""
        return self._cookie(self._auth.cookie_name, token, arrival, self._auth.session_length)

    def no_provider_cookie(self, arrival: Arrival) -> str:
        """Return the `Set-Cookie` value that removes the cookie of a login at the provider."""
        return self._cookie(PROVIDER_COOKIE, "", arrival, 0)

    def _cookie(self, name: str, value: str, arrival: Arrival, max_age: int) -> str:
        secure = "; Secure" if self._auth.cookie_secure or over_https(arrival, self._trusted) else ""
        return f"{name}={value}; HttpOnly; Max-Age={max_age if value else 0}; Path=/; SameSite=lax{secure}"

    def address_of(self, arrival: Arrival) -> str:
        """Return the address of the client that sent a request."""
        return client_address(arrival.peer, arrival.forwarded_for, self._trusted)

    async def _verified(self, username: str, password: str, address: str) -> User | None:
        """Return the account if the password is right, within the rate limit of the address."""
        self._count_try(address)
        user = await self._queued(address, lambda: self.accounts.verify(username, password))
        if user is not None:
            self._forgive_try(address)
        return user

    def _count_try(self, address: str) -> None:
        if broken := self._limit.exceeded(client_key(address)):
            raise limits.TooManyTriesError(broken.text)

    def _forgive_try(self, address: str) -> None:
        if self._forgiving:
            self._limit.forgive(client_key(address))

    async def _queued(self, address: str, job: Callable[[], T]) -> T:
        async with self._hashing.slot(client_key(address)):
            return await asyncio.get_running_loop().run_in_executor(self._hasher, job)

    def _token(self, session: Session, role: str) -> str:
        lifetime = self._auth.session_length
        return tokens.issue(self._key, session.username, role, session.id, self._clock(), lifetime)

    async def _by_token(self, text: str | None, *, by_cookie: bool) -> Verdict:
        now = self._clock()
        token = tokens.read(self._key, text, now) if text else None
        caller = await self._live(token.session, token.username, by_cookie=by_cookie) if token else None
        if token is None or caller is None:
            return NOBODY
        session = await self._session(token.session)
        if session is None:
            return NOBODY
        due = by_cookie and token.expires_at - self._auth.refresh_time <= now
        self.accounts.sessions.used(session, now + self._auth.session_length if due else None)
        return Verdict(caller, self._token(session, caller.role) if due else None)

    async def _live(self, session_id: str, username: str, *, by_cookie: bool) -> Caller | None:
        """Return the caller with this session, by the present account; None if either does not exist any more.

        The account counts, not the token, so that deleting or demoting a user takes effect at once.
        """
        session = await self._session(session_id)
        if session is None or session.username != username or session.expires_at <= self._clock():
            return None
        user = await self.account(username, session.created_at)
        if user is None:
            return None
        return Caller(user.username, user.role, self.cameras_of(user.role), by_cookie, session=session.id)

    async def account(self, username: str, since: float) -> User | None:
        """Return an account that may be used now by what began at `since` (epoch s), or None."""
        known, user = self.accounts.recall(username)
        if not known:
            user = await asyncio.to_thread(self.accounts.find, username)
        if user is None or user.role not in self.accounts.roles:
            return None
        if user.issuer and not (self.oidc and self.oidc.allows(user, since, self._clock())):
            return None
        return user

    async def _session(self, session_id: str) -> Session | None:
        known, session = self.accounts.sessions.recall(session_id)
        return session if known else await asyncio.to_thread(self.accounts.sessions.find, session_id)

    def _mapped(self, values: Values) -> Caller | None:
        """Return the caller that a proxy names; None if a header comes twice."""
        names = self._proxy.header_map
        headers = {name.lower(): values(name.lower()) for name in (names.user, names.role) if name}
        if any(len(found) > 1 for found in headers.values()):
            return None
        given = {name: found[0] for name, found in headers.items() if found}
        role = proxy.mapped_role(
            given,
            names.role,
            names.role_map or {},
            self.accounts.roles,
            default=self._proxy.default_role or VIEWER,
            separator=self._proxy.separator or ",",
        )
        return Caller(proxy.mapped_user(given, names.user), role, self.cameras_of(role))


def _is_secret(values: Sequence[str], secret: str) -> bool:
    return len(values) == 1 and hmac.compare_digest(values[0].encode(), secret.encode())


def _no_token() -> None:
    return None
