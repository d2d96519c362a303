"""Session tokens: JSON Web Tokens, HS256, with `sub`, `role`, `iat`, `exp` and the session's id as `jti`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dogwatch.auth.secret import SigningKey

ALGORITHM = "HS256"
HEADER = {"typ": "JWT", "alg": ALGORITHM}
CLOCK_SET_BACK_S = 86_400
"""How far in the future a token may have been issued: a clock may be set back, and clients keep valid tokens."""


@dataclass(frozen=True, slots=True)
class Token:
    """The content of a valid token; `expires_at` is in epoch seconds."""

    username: str
    role: str
    session: str
    expires_at: int


def issue(key: SigningKey, username: str, role: str, session: str, now: float, lifetime: int) -> str:
    """Return a signed token of `session` that is valid for `lifetime` seconds."""
    from joserfc import jwt  # here, as in `secret`

    claims = {"sub": username, "role": role, "jti": session, "iat": int(now), "exp": int(now) + lifetime}
    return jwt.encode(HEADER, claims, key.jwk)


def read(key: SigningKey, text: str, now: float) -> Token | None:
    """Return the content of `text`, or None if it is forged, malformed, incomplete or expired.

    Only tokens in the form that `issue` makes are valid, even with the right signature.
    """
    from joserfc import jwt
    from joserfc.errors import JoseError

    try:
        found = jwt.decode(text, key.jwk, algorithms=[ALGORITHM])
    except (JoseError, ValueError, TypeError, RecursionError):
        return None
    if found.header != HEADER or not isinstance(found.claims, dict):
        return None
    username, role, session = (_text(found.claims.get(name)) for name in ("sub", "role", "jti"))
    issued, expires = (_whole(found.claims.get(name)) for name in ("iat", "exp"))
    if not (username and role and session and now < expires):
        return None
    if not 0 <= issued <= min(expires, now + CLOCK_SET_BACK_S):
        return None
    return Token(username, role, session, expires)


def _text(value: Any) -> str:
    return value if isinstance(value, str) and value.isascii() else ""


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
