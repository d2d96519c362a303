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
_SECRET_KEY = re.compile(rf".*(?:{_WORDS}).*|(?:{_NAMES})", re.IGNORECASE | re.DOTALL)
# Texts come from anybody, and may be long: no part of these can begin at many places and run on from each of them.
_CREDENTIALS = re.compile(r"://[^\s/?#]*@")
_URL = re.compile(r"(?<![a-z0-9+.-])[a-z0-9+.-]+://[^\s'\"]+", re.IGNORECASE)
_KEY = re.compile(r"[?&;/](?P<name>[^=&;/?\s]*)=")
# behind `/` too: `rtsp://cam/user=bob_password=secret_channel=1` is how a family of cameras wants it
_VALUE = re.compile(r"[^&\s#;'\"]+")


def is_secret(name: str) -> bool:
    """Whether a setting of this name seems to hold a secret."""
    return _SECRET.fullmatch(name) is not None


def redact_text(text: str) -> str:
    """Mask the user and password of every URL in `text`, and the secret values of queries, which need no URL before."""
    if "://" in text:
        text = _CREDENTIALS.sub(f"://{MASK}@", _URL.sub(lambda url: redact_url(url[0]), text))
    return _redact_queries(text)


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
    return _redact_queries(f"{scheme}{separator}{rest}")


def _redact_queries(text: str) -> str:
    """Mask the values behind `?name=`, `&name=` and the like whose name seems to be that of a secret."""
    if "=" not in text:
        return text
    shown, end = list[str](), 0
    for key in _KEY.finditer(text):
        if key.start() < end or not _SECRET_KEY.fullmatch(key["name"]):
            continue
        if value := _VALUE.match(text, key.end()):
            shown += text[end : key.end()], "*"
            end = value.end()
    return "".join((*shown, text[end:]))
