"""Keeps credentials out of everything that people read.

One function for one URL, one for free text; both are pure and cheap, and both err on the side of masking.
"""

from __future__ import annotations

import re

MASK = "*:*"
SECRET_KEYS = (  # names, not secrets
    "password|passwd|pass|pwd|token|api_?key|apikey|secret|auth|authsig|user|username|usr|access_token"  # noqa: S105
)
_CREDENTIALS = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)(?P<user>[^\s/?#]*)@", re.IGNORECASE)
_QUERY = re.compile(rf"(?P<key>[?&;](?:{SECRET_KEYS})=)(?P<value>[^&\s#;'\"]+)", re.IGNORECASE)


def redact_text(text: str) -> str:
    """Mask the user and password of every URL in `text`, and the secret values of their queries."""
    if "://" not in text:
        return text
    return _QUERY.sub(r"\g<key>*", _CREDENTIALS.sub(rf"\g<scheme>{MASK}@", text))


def redact_url(url: str) -> str:
    """Return `url` fit to be shown: `rtsp://*:*@host/path?password=*`.

    A password may hold `@`, `/`, `?` or `#` as users type them, so everything between `://` and the last `@` goes.
    """
    scheme, separator, rest = url.partition("://")
    if separator and "@" in rest:
        head, _, tail = rest.rpartition("@")
        # An `@` after the first `/` may also belong to the path; then only a part before it that looks like
        # credentials (has a `:` or comes before any slash) is dropped.
        if "/" not in head or ":" in head.split("/", 1)[0]:
            rest = f"{MASK}@{tail}"
    return _QUERY.sub(r"\g<key>*", f"{scheme}{separator}{rest}")
