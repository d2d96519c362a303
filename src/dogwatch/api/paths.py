"""Paths of requests: the form that is compared with routes, and checks of paths that proxies read differently."""

from __future__ import annotations

import re
from urllib.parse import unquote

LONGEST = 8192
_SLASHES = re.compile("/{2,}")
_HOST = r"(?:\[[0-9a-f:.]+\]|[^\[\]:/?#@\\]+)(?::\d*)?"
_URL = re.compile(rf"(?:https?|wss?)://{_HOST}(?=[/?]|$)", re.IGNORECASE)
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_ODD = re.compile(r"[\x00-\x20\x7f\\;?#\ufffd]")
"""What servers and proxies read in different ways: controls, backslashes, path parameters, and what only ended the
path before it was decoded; also the stand-in for what is no UTF-8."""


def merged(path: str) -> str:
    """Return `path` with single slashes, as most proxies pass it on: `//api/login` is `/api/login`."""
    return _SLASHES.sub("/", path) if "//" in path else path


def is_plain(path: str) -> bool:
    """Whether a decoded path means the same to everybody: it has no dot segment, backslash or NUL."""
    return not ("\\" in path or "\0" in path or ("/." in path and not {".", ".."}.isdisjoint(path.split("/"))))


def original(text: str) -> tuple[str, str] | None:
    """Return the decoded path and the query of `X-Original-URI` or `X-Original-URL`; None if it is odd.

    What begins with a slash is a path, also `//api`, in which `api` is no host. A path is odd when a proxy might
    understand another one by it than Dogwatch does; no client needs such.
    """
    if len(text) > LONGEST or not text.isascii():
        return None
    if not text.startswith("/"):
        url = _URL.match(text)
        if url is None:
            return None
        text = text[url.end() :]
    raw, _, query = text.partition("?")
    path = unquote(raw) or "/"
    if _ODD.search(raw) or _ODD.search(path) or _ESCAPE.search(path):
        return None
    return merged(path), query
