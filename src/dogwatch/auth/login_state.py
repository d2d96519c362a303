"""What a login at a provider has begun with, kept by the browser in a sealed cookie until the provider sends it back.

So a flood of logins that nobody finishes costs no memory here, and a login outlives a restart of the core.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from joserfc.jwk import OctKey

    from dogwatch.auth.secret import SigningKey

LIFETIME_S = 600
USED_LIMIT = 10_000
_HEADER = {"alg": "dir", "enc": "A256GCM"}


@dataclass(frozen=True, slots=True)
class LoginState:
    """One login that has begun; `redirect_uri` is where the provider sends the browser, `expires_at` epoch seconds.

    `state` ties the provider's answer to the browser, `nonce` the ID token to this login, and `verifier` proves to the
    provider that whoever brings its code has begun the login (PKCE).
    """

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    expires_at: float


class LoginStates:
    """Seals and opens states; each opens once. For one event loop."""

    def __init__(self, key: SigningKey, clock: Callable[[], float]) -> None:
        """Seal with a key of their own that is derived from `key`; `clock` gives epoch seconds."""
        self._raw, self._clock = hmac.digest(key.raw, b"login at a provider", hashlib.sha256), clock
        self._key: OctKey | None = None
        self._used: OrderedDict[str, float] = OrderedDict()

    def begin(self, redirect_uri: str) -> LoginState:
        """Return a new state."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return LoginState(state, nonce, verifier, redirect_uri, self._clock() + LIFETIME_S)

    def seal(self, state: LoginState) -> str:
        """Return `state` encrypted, so that nobody can read or change it."""
        from joserfc import jwe

        return jwe.encrypt_compact(_HEADER, json.dumps(asdict(state)), self._octets())

    def open(self, sealed: str, state: str) -> LoginState | None:
        """Return what was sealed if it belongs to `state`, has not expired, and was not opened before."""
        from joserfc import jwe
        from joserfc.errors import JoseError

        try:
            plain = jwe.decrypt_compact(sealed, self._octets(), algorithms=list(_HEADER.values())).plaintext
            found = LoginState(**json.loads(plain or b""))
        except (JoseError, ValueError, TypeError):
            return None
        now = self._clock()
        if not hmac.compare_digest(found.state.encode(), state.encode()):
            return None
        if not now < found.expires_at <= now + LIFETIME_S or found.state in self._used:
            return None
        while self._used and (len(self._used) >= USED_LIMIT or next(iter(self._used.values())) <= now):
            self._used.popitem(last=False)
        self._used[found.state] = found.expires_at
        return found

    def _octets(self) -> OctKey:
        from joserfc.jwk import OctKey  # here, as in `secret`

        self._key = self._key or OctKey.import_key(self._raw)
        return self._key
