"""Masks credentials in everything that people read.

One function for one URL, one for free text; both are pure and cheap, and both err on the side of masking.
"""

from __future__ import annotations

import re

from dogwatch.address import encode_credentials

MASK = "*:*"
_WORDS = "passw|passphrase|pwd|secret|token|api_?key|credential|private"
_NAMES = (
    "pass|pw|psw|psk|loginuse|loginpas|key|auth|authsig|authorization|cookies?|headers?|login|pin|user|username|usr"
)
_SECRET = re.compile(rf"(?:.*(?:{_WORDS}).*|(?:.*[_-])?(?:{_NAMES}))", re.IGNORECASE)
_CREDENTIALS = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)(?P<user>[^\s/?#]*)@", re.IGNORECASE)
_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s'\"]+", re.IGNORECASE)
_QUERY = re.compile(
    rf"(?P<key>[?&;/](?:[^=&;/?\s]*(?:{_WORDS})[^=&;/?\s]*|{_NAMES})=)(?P<value>[^&\s#;'\"]+)", re.IGNORECASE
)  # behind `/` too: `rtsp://cam/user=bob_password=secret_channel=1` is how a family of cameras wants it


def is_secret(name: str) -> bool:
    """Whether a setting of this name seems to hold a secret."""
    return _SECRET.fullmatch(name) is not None


def redact_text(text: str) -> str:
    """Mask the user and password of every URL in `text`, and the secret values of queries, which need no URL before."""
    if "://" in text:
        text = _CREDENTIALS.sub(rf"\g<scheme>{MASK}@", _URL.sub(lambda url: redact_url(url[0]), text))
    return _QUERY.sub(r"\g<key>*", text) if "=" in text else text


def redact_url(url: str) -> str:
    """Return `url` with its secrets masked: `rtsp://*:*@host/path?password=*`.

    A password may hold `@`, `/`, `?` or `#`, as users type them: so everything between `://` and the last `@` is
    masked.
    """
    scheme, separator, rest = encode_credentials(url).partition("://")
    if separator and "@" in rest:
        head, _, tail = rest.rpartition("@")
        # An `@` after the first `/` may also belong to the path; then only a part before it that looks like
        # credentials (has a `:` or comes before any slash) is dropped.
        if "/" not in head or ":" in head.split("/", 1)[0]:
            rest = f"{MASK}@{tail}"
    return _QUERY.sub(r"\g<key>*", f"{scheme}{separator}{rest}")
