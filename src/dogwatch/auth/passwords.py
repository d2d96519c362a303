"""Checks, hashes and generates passwords.

The stored form is `pbkdf2_sha256$<iterations>$<salt>$<base64>` (docs/authentication.md). The form of Werkzeug,
`pbkdf2:sha256:<iterations>$<salt>$<hex>`, is understood too: users may be imported with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

MINIMUM_LENGTH = 12
MOST_ITERATIONS = 10_000_000
_ALGORITHM = "pbkdf2_sha256"
_WERKZEUG = re.compile(r"pbkdf2:sha256:(\d{1,9})")


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
    parts = _parts(stored)
    if parts is None:
        return False
    rounds, salt, digest = parts
    return hmac.compare_digest(_digest(password, salt, rounds), digest)


def is_known(stored: str) -> bool:
    """Whether a stored form is understood, and takes no more than some seconds to check."""
    parts = _parts(stored)
    return parts is not None and parts[0] <= MOST_ITERATIONS


def is_outdated(stored: str, iterations: int) -> bool:
    """Whether a stored form is not the present one, or has fewer iterations."""
    parts = _parts(stored)
    return not stored.startswith(f"{_ALGORITHM}$") or parts is None or parts[0] < iterations


def random_password() -> str:
    """Return 32 random hexadecimal digits."""
    return secrets.token_hex(16)


def _parts(stored: str) -> tuple[int, str, str] | None:
    """Return iterations, salt and digest (base64) of a stored form."""
    try:
        algorithm, *rest, digest = stored.split("$")
        if match := _WERKZEUG.fullmatch(algorithm):
            rest, digest = [match[1], *rest], base64.b64encode(bytes.fromhex(digest)).decode()
        elif algorithm != _ALGORITHM:
            return None
        iterations, salt = rest
        rounds = int(iterations)
    except ValueError:
        return None
    return (rounds, salt, digest) if rounds >= 1 else None


def _digest(password: str, salt: str, iterations: int) -> str:
    raw = hashlib.pbkdf2_hmac("sha256", password.encode("utf-8", "surrogatepass"), salt.encode(), iterations)
    return base64.b64encode(raw).decode("ascii")
