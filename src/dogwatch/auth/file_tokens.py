"""Tokens for video files: JSON Web Tokens, HS256, with `sub`, `role`, `iat`, `exp`, `jti` and `scope`.

They are signed with a key of their own, so that no session token is taken for one of these, or the other way round.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from dogwatch.auth.secret import SigningKey
from dogwatch.auth.tokens import ALGORITHM, CLOCK_SET_BACK_S, HEADER

FileRole = Literal["admin", "user"]
FileAction = Literal["read", "write"]
ACTIONS: tuple[FileAction, ...] = ("read", "write")
LEEWAY_S = 30
LONGEST_S = 86_400
SEPARATOR, SESSION = ".", "session:"
MOST_PARTS = 8
MOST_FILES = 1000
LONGEST_TOKEN = 65_536


@dataclass(frozen=True, slots=True)
class FileScope:
    """Which files a caller may use, and for what: `own`, `all`, or the uuids of some."""

    files: Literal["own", "all"] | frozenset[str]
    actions: frozenset[FileAction] = frozenset(ACTIONS)

    def body(self) -> dict[str, Any]:
        """Return the scope as it stands in tokens and answers."""
        files = self.files if isinstance(self.files, str) else sorted(self.files)
        return {"files": files, "actions": [action for action in ACTIONS if action in self.actions]}


@dataclass(frozen=True, slots=True)
class FileToken:
    """The content of a valid token; times are epoch seconds.

    `id` is a part of its own behind those of the token, or the session, that it was made with: see `parts`.
    """

    id: str
    username: str
    role: FileRole
    scope: FileScope
    issued_at: int
    expires_at: int

    @property
    def parts(self) -> list[str]:
        """What has to be valid for this token to be: tokens, itself the last, and maybe a session (`SESSION`)."""
        return self.id.split(SEPARATOR)


def file_key(key: SigningKey) -> SigningKey:
    """Return the key of these tokens, made of that of sessions."""
    return SigningKey(hmac.digest(key.raw, b"tokens for video files", hashlib.sha256))


def new_token(username: str, role: FileRole, scope: FileScope, now: float, life_s: int, parent: str = "") -> FileToken:
    """Return the content of a new token; `parent` is the id of the token that it is made with, or of a session."""
    own = secrets.token_hex(16)
    token_id = f"{parent}{SEPARATOR}{own}" if parent else own
    return FileToken(token_id, username, role, scope, int(now), int(now) + life_s)


def encode(key: SigningKey, token: FileToken) -> str:
    """Return the signed text of a token."""
    from joserfc import jwt  # here, as in `secret`

    claims = {
        "sub": token.username, "role": token.role, "jti": token.id, "iat": token.issued_at, "exp": token.expires_at,
        "scope": token.scope.body(),
    }  # fmt: skip
    return jwt.encode(HEADER, claims, key.jwk)


def decode(key: SigningKey, text: str, now: float) -> FileToken | None:
    """Return the content of `text`; None if it is forged, malformed, incomplete or expired.

    Only tokens in the form that `encode` makes are valid, even with the right signature.
    """
    from joserfc import jwt
    from joserfc.errors import JoseError

    if len(text) > LONGEST_TOKEN:
        return None
    try:
        found = jwt.decode(text, key.jwk, algorithms=[ALGORITHM])
    except (JoseError, ValueError, TypeError, RecursionError):
        return None
    claims = found.claims
    if found.header != HEADER or not isinstance(claims, dict):
        return None
    token_id, username, role = (claims.get(name) for name in ("jti", "sub", "role"))
    issued, expires = claims.get("iat"), claims.get("exp")
    scope = _scope(claims.get("scope"))
    if not (isinstance(token_id, str) and isinstance(username, str) and token_id and username and scope):
        return None
    if role not in ("admin", "user") or type(issued) is not int or type(expires) is not int:
        return None
    if not 0 <= issued <= min(expires, now + CLOCK_SET_BACK_S) or now > expires + LEEWAY_S:
        return None
    return FileToken(token_id, username, role, scope, issued, expires)


def _scope(value: Any) -> FileScope | None:
    if not isinstance(value, dict) or not isinstance(value.get("actions"), list):
        return None
    files, actions = value.get("files"), value["actions"]
    if not all(action in ACTIONS for action in actions):
        return None
    if files in ("own", "all"):
        return FileScope(files, frozenset(actions))
    if isinstance(files, list) and _are_texts(files):
        return FileScope(frozenset(files), frozenset(actions))
    return None


def _are_texts(values: Collection[Any]) -> bool:
    return all(isinstance(value, str) for value in values)
