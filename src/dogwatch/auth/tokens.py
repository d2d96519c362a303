"""Session tokens: JSON Web Tokens, HS256, with `sub`, `role`, `iat` and `exp`."""

from __future__ import annotations

from dataclasses import dataclass

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey


@dataclass(frozen=True, slots=True)
class Token:
    """What a valid token says; times are whole epoch seconds."""

    username: str
    role: str
    issued_at: int
    expires_at: int


def issue(key: OctKey, username: str, role: str, now: float, lifetime: int) -> str:
    """Return a signed token that is valid for `lifetime` seconds."""
    claims = {"sub": username, "role": role, "iat": int(now), "exp": int(now) + lifetime}
    return jwt.encode({"alg": "HS256"}, claims, key)


def read(key: OctKey, text: str, now: float) -> Token | None:
    """Return what `text` says, or None if it is forged, malformed, incomplete or over."""
    try:
        claims = jwt.decode(text, key, algorithms=["HS256"]).claims
    except (JoseError, ValueError, TypeError):
        return None
    username, role, expires, issued = (claims.get(name) for name in ("sub", "role", "exp", "iat"))
    if not (isinstance(username, str) and isinstance(role, str) and username and role):
        return None
    if not isinstance(expires, int | float) or not isinstance(issued, int | float) or expires <= now:
        return None
    return Token(username, role, int(issued), int(expires))
