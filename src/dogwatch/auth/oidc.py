"""Login at an OpenID Connect provider: the authorization code flow with PKCE (docs/oidc.md)."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dogwatch.auth.id_tokens import LONGEST_SUBJECT
from dogwatch.auth.login_state import LoginStates
from dogwatch.auth.oidc_provider import OidcProvider, ProviderError
from dogwatch.auth.roles import role_of
from dogwatch.errors import ConflictError, DogwatchError

if TYPE_CHECKING:
    from dogwatch.auth.accounts import Accounts
    from dogwatch.auth.login_state import LoginState
    from dogwatch.config.oidc import OidcConfig
    from dogwatch.store.users import User

log = logging.getLogger(__name__)

NAME = re.compile(r"[A-Za-z0-9._@+-]{1,100}")
MOST_GROUPS = 1000


class OidcRefusedError(DogwatchError):
    """A login at the provider has failed; `problem` is the word by which the login page says why."""

    status = 401

    def __init__(self, problem: str, why: str) -> None:
        """Tell the user `problem`, and the log `why`."""
        super().__init__(why)
        self.problem = problem


class OidcLogin:
    """Logs users in at the provider of the configuration; for the event loop."""

    def __init__(self, config: OidcConfig, states: LoginStates, accounts: Accounts, clock: Callable[[], float]) -> None:
        """Log into `accounts`; `clock` gives epoch seconds."""
        self.config, self._states, self._accounts = config, states, accounts
        self._provider = OidcProvider(config, clock)

    async def begin(self, redirect_uri: str) -> tuple[str, str]:
        """Return where the browser logs in, and what it has to bring back in a cookie.

        Args:
            redirect_uri: Where the provider sends the browser afterwards.

        Raises:
            OidcRefusedError: The provider cannot be asked.
        """
        state = self._states.begin(redirect_uri)
        try:
            return await self._provider.authorization_url(state), self._states.seal(state)
        except ProviderError as error:
            raise OidcRefusedError("provider", str(error)) from error

    def resume(self, state: str, sealed: str | None) -> LoginState:
        """Return what a login has begun with.

        Raises:
            OidcRefusedError: This browser has begun no such login, or it was long ago, or has ended.
        """
        found = self._states.open(sealed, state) if sealed else None
        if found is None:
            raise OidcRefusedError("expired", "this browser has begun no such login, or it is over")
        return found

    async def finish(self, state: LoginState, code: str, issuer: str | None) -> User:
        """Return the account of whom the provider vouches for, with the role that its groups give.

        Args:
            state: What `resume` has returned.
            code: What the provider has given the browser.
            issuer: Which provider that was, if it says so.

        Raises:
            OidcRefusedError: The provider does not vouch for anybody, or that user may not log in here.
        """
        names = [name for name in (self.config.username_claim, self.config.role_claim) if name]
        wanted = [name if name.startswith("http") else name.partition(".")[0] for name in names]
        try:
            claims = await self._provider.claims(code, issuer, state, wanted)
        except ProviderError as error:
            raise OidcRefusedError("provider", str(error)) from error
        return await asyncio.to_thread(self._account, claims)

    async def end_session_url(self, after: str) -> str | None:
        """Return where a browser logs out of the provider before it goes to `after`; None if it need not."""
        return await self._provider.end_session_url(after) if self.config.sign_out else None

    def allows(self, user: User, logged_in_at: float, now: float) -> bool:
        """Whether a session of `user`, who is known by a provider, still counts."""
        return user.issuer == self.config.issuer and now < logged_in_at + self.config.session_limit

    def _account(self, claims: Mapping[str, Any]) -> User:
        """Return the account of a user, which is made at the first login."""
        subject, role = str(claims["sub"])[:LONGEST_SUBJECT], self._role(claims)
        name = claim(claims, self.config.username_claim)
        if not isinstance(name, str) or not NAME.fullmatch(name):
            said = f"the claim {self.config.username_claim!r} is no name of letters, digits and . _ @ + -"
            raise OidcRefusedError("name", said)
        try:
            user = self._accounts.provided(self.config.issuer or "", subject, name, role, self.config.default_role)
        except ConflictError as error:
            raise OidcRefusedError("name", str(error)) from error
        if user is None or user.role not in self._accounts.roles:
            raise OidcRefusedError("role", f"{name} has no role here")
        return user

    def _role(self, claims: Mapping[str, Any]) -> str | None:
        """Return the role by the user's groups; None if roles are not the provider's to give.

        Raises:
            OidcRefusedError: The user has none.
        """
        if self.config.role_claim is None:
            return None
        groups = texts(claim(claims, self.config.role_claim))
        role = role_of(groups, self.config.role_map or {}, self._accounts.roles) or self.config.default_role
        if role is None:
            raise OidcRefusedError("role", f"the groups in the claim {self.config.role_claim!r} map to no role")
        return role


def claim(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its name, or by a path into objects such as `realm_access.roles`; None if there is none."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def texts(value: Any) -> list[str]:
    """Return the groups in a claim: a list of texts, or one text with spaces or commas between them."""
    if isinstance(value, str):
        return re.split(r"[\s,]+", value.strip())[:MOST_GROUPS]
    if isinstance(value, list):
        return [one for one in value[:MOST_GROUPS] if isinstance(one, str)]
    return []
