"""Percent-encodes user and password in addresses that people typed, so that no character in them ends the address.

In `rtsp://admin:p#ss@10.0.0.2/cam` the `#` would begin a fragment, and libav would look for a host called `admin`.
"""

from __future__ import annotations

import re
from urllib.parse import quote

SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "rtmpt", "http", "https", "srt")
_SAFE = "!$&()*+,;=^"
"""What user and password may hold unencoded (RFC 3986, section 3.2.1), without quotes, and also `^`."""
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.%\w]+\]|[\w.-]+)(?::[0-9]{1,5})?", re.ASCII)
_FAR_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.%\w]+\]|[\w-]+(?:\.[\w-]+)+|localhost)(?::[0-9]{1,5})?", re.ASCII)
_END = re.compile(r"[/?#]")
_ENDS = re.compile(r"[/?#\s'\"]")


def encode(text: str, scheme: str) -> str:
    """Percent-encode a user name or password in an address of `scheme`; characters encoded already (`%23`) stay.

    libav does not decode user and password of RTMP: only what would end the address, also in a log, is encoded there.
    """
    if scheme.lower().startswith("rtmp"):
        return _ENDS.sub(lambda found: quote(found[0], safe=""), text)
    return quote(_ESCAPE.sub("%25", text), safe=f"%:{_SAFE}")


def encode_credentials(url: str) -> str:
    """Return `url` with user and password percent-encoded, and otherwise unchanged.

    A password may hold `@`, `/`, `?` or `#`. So the credentials end at the last `@` before the path, or, when no host
    comes before the first `/`, `?` or `#`, at the last `@` that a host follows.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in SCHEMES:
        return url
    end = _credentials_end(rest)
    if end < 0:
        return url
    user, colon, password = rest[:end].partition(":")
    return f"{scheme}://{encode(user, scheme)}{colon}{encode(password, scheme)}{rest[end:]}"


def with_login(url: str, user: str, password: str) -> str:
    """Return `url` with this user and password in place of its own; unchanged without a user.

    They are taken as they are: a `%` is one, and no escape.
    """
    scheme, separator, rest = url.partition("://")
    if not user or not separator:
        return url
    own = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return f"{scheme}://{own}{rest[end:] if (end := _credentials_end(rest)) >= 0 else f'@{rest}'}"


def without_options(entry: str) -> str:
    """Return the address of a stream server's entry `address#video=copy#...`, with its credentials encoded."""
    return encode_credentials(entry).partition("#")[0]


def _credentials_end(rest: str) -> int:
    """Return the place of the `@` after the credentials in `rest`, the part after `://`; -1 if there are none."""
    first = _END.split(rest, maxsplit=1)[0]
    last = rest.rfind("@")
    if last < 0:
        return -1
    near = first.rfind("@")
    behind = _END.split(rest[last + 1 :], maxsplit=1)[0]
    if near >= 0:
        if not _HOST.fullmatch(first[near + 1 :]):
            return last
        # `p@s/x@10.0.0.2` has an `@` in the password; `10.0.0.2/cam@home` has one in the path.
        doubtful = not _FAR_HOST.fullmatch(first[near + 1 :]) and last != near
        return last if doubtful and _FAR_HOST.fullmatch(behind) else near
    if not _HOST.fullmatch(behind):
        return -1
    if ":" not in first:  # `us/er:pw@10.0.0.2`, but not `cam/cgi?time=12:30&mail=a@b.example`
        like_credentials = ":" in rest[:last] and "=" not in rest[:last] and _FAR_HOST.fullmatch(behind)
        return last if like_credentials and not _FAR_HOST.fullmatch(first) else -1
    is_host = _FAR_HOST.fullmatch(first) or (_HOST.fullmatch(first) and not _FAR_HOST.fullmatch(behind))
    return -1 if is_host else last
