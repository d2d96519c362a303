"""What the headers `Range`, `If-...` and their dates ask for (RFC 9110, sections 13 and 14).

Anybody can send anything in them, so nothing here raises. A header that cannot be understood is ignored, as the RFC
wants.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime

from starlette.datastructures import Headers

LONGEST_DATE = 64
_RANGE = re.compile(r"bytes=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.IGNORECASE)  # int() refuses endless digits
_TAG = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True, slots=True)
class Chosen:
    """The status of an answer, and which bytes it has: from `start` to before `end`."""

    status: int
    start: int
    end: int


def choose(asked: Headers, size: int, etag: str, modified: float | None) -> Chosen:
    """Return what a request wants of a file of `size` bytes.

    Args:
        asked: The request's headers.
        size: Of the whole file.
        etag: The strong tag of its bytes, with its quotes.
        modified: When it changed (epoch s); None if that tells too little, as for a picture that changes each second.
    """
    if _unchanged(asked, etag, modified):
        return Chosen(304, 0, 0)
    header, condition = asked.get("range"), asked.get("if-range", etag).strip()
    if header is None or condition not in (etag, None if modified is None else http_date(modified)):
        return Chosen(200, 0, size)
    return parse_range(header, size)


def parse_range(header: str, size: int) -> Chosen:
    """Return what a `Range` header wants: 206, 416 or, for what is not understood, 200 and all."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.group(1) == match.group(2) == "":
        return Chosen(200, 0, size)
    first, last = match.groups()
    if not first:  # the last so many bytes
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return Chosen(200, 0, size)
    return Chosen(206, start, end) if start < end else Chosen(416, 0, 0)


def parse_date(text: str) -> float | None:
    """Return an HTTP date as epoch seconds; None if it is none.

    The email library understands all three forms that HTTP knows; at absurd zones and years it fails in several ways.
    """
    if len(text) > LONGEST_DATE:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError, OSError):
        return None


def http_date(time: float) -> str:
    """Return epoch seconds as an HTTP date."""
    return formatdate(int(time), usegmt=True)


def _unchanged(asked: Headers, etag: str, modified: float | None) -> bool:
    if (known := asked.get("if-none-match")) is not None:
        return known.strip() == "*" or etag in _TAG.findall(known)
    since = parse_date(asked.get("if-modified-since", ""))
    return since is not None and modified is not None and int(modified) <= since
