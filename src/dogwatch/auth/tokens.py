"""Session tokens: JSON Web Tokens, HS256, with `sub`, `role`, `iat`, `exp` and the session's id as `jti`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

ALGORITHM = "HS256"
HEADER = {"typ": "JWT", "alg": ALGORITHM}
CLOCK_SET_BACK_S = 86_400
"""How far ahead a token may have been issued: clocks are set back, and clients keep tokens that are valid."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a valid token says; it is over at the epoch second `expires_at`."""

    username: str
    role: str
    session: str
    expires_at: int


def issue(key: OctKey, username: str, role: str, session: str, now: float, lifetime: int) -> str:
    """Return a signed token of `session` that is valid for `lifetime` seconds."""
    claims = {"sub": username, "role": role, "jti": session, "iat": int(now), "exp": int(now) + lifetime}
    return jwt.encode(HEADER, claims, key)


def read(key: OctKey, text: str, now: float) -> Token | None:
    """Return what `text` says, or None if it is forged, malformed, incomplete or over.

    Only what `issue` makes counts, also of tokens that the true key has signed: nothing else needs to be understood.
    """
    try:
        found = jwt.decode(text, key, algorithms=[ALGORITHM])
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
