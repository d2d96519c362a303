"""Checks, hashes and generates passwords.

The stored form is `pbkdf2_sha256$<iterations>$<salt>$<base64>` (docs/authentication.md).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

MINIMUM_LENGTH = 12
_ALGORITHM = "pbkdf2_sha256"


def weakness(password: str) -> str | None:
    """Return what is wrong with a new password, or None."""
    if len(password) < MINIMUM_LENGTH:
        return f"Password must be at least {MINIMUM_LENGTH} characters long"
    return None


def hash_password(password: str, iterations: int) -> str:
    """Return the stored form of `password`; takes about half a second at 600,000 iterations."""
    salt = secrets.token_hex(16)
    return f"{_ALGORITHM}${iterations}${salt}${_digest(password, salt, iterations)}"


def verify_password(password: str, stored: str) -> bool:
    """Whether `password` matches the stored form; compares in constant time."""
    try:
        algorithm, iterations, salt, digest = stored.split("$")
        rounds = int(iterations)
    except ValueError:
        return False
    if algorithm != _ALGORITHM or rounds < 1:
        return False
    return hmac.compare_digest(_digest(password, salt, rounds), digest)


def random_password() -> str:
    """Return 32 random hexadecimal digits."""
    return secrets.token_hex(16)


def _digest(password: str, salt: str, iterations: int) -> str:
    raw = hashlib.pbkdf2_hmac("sha256", password.encode("utf-8", "surrogatepass"), salt.encode(), iterations)
    return base64.b64encode(raw).decode("ascii")
