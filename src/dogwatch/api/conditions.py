"""What the headers `Range`, `If-...` and their dates ask for (RFC 9110, sections 13 and 14).

Anybody can send anything in them, so nothing here raises. A header that cannot be understood is ignored, as the RFC
wants.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from itertools import combinations

from starlette.datastructures import Headers

LONGEST_DATE = 64
LONGEST_RANGES = 2000  # characters
MOST_RANGES = 16
MOST_OVERLAPS = 2
_RANGE = re.compile(r"\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*")  # int() refuses endless digits
_TAG = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True, slots=True)
class Chosen:
    """The status of an answer, and which bytes it has: from `start` to before `end`.

    An answer of `several` ranges has them in this order, each with its start and end.
    """

    status: int
    start: int
    end: int
    several: tuple[tuple[int, int], ...] = ()


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
    """Return what a `Range` header wants: 206, 416 or, for what is not understood or makes no sense, 200 and all."""
    whole = Chosen(200, 0, size)
    unit, _, listed = header[:LONGEST_RANGES].partition("=")
    texts = [text for text in listed.split(",") if text.strip()]
    if unit.strip().lower() != "bytes" or not 0 < len(texts) <= MOST_RANGES or len(header) > LONGEST_RANGES:
        return whole
    found = [_range(text, size) for text in texts]
    spans = [span for span in found if span is not None and span[0] < span[1]]
    if None in found or _overlaps(spans) > MOST_OVERLAPS:
        return whole
    if not spans:
        return Chosen(416, 0, 0)
    return Chosen(206, *spans[0]) if len(spans) == 1 else Chosen(206, 0, size, tuple(spans))


def _range(text: str, size: int) -> tuple[int, int] | None:
    """Return start and end of one range, both 0 if the file has none of it; None if it is not understood."""
    match = _RANGE.fullmatch(text)
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if not first:  # the last so many bytes
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    return (start, end) if start < end else (0, 0)


def _overlaps(spans: list[tuple[int, int]]) -> int:
    """Return how many pairs of ranges have bytes in common (RFC 9110, section 14.2: a sign of an attack)."""
    return sum(one[0] < other[1] and other[0] < one[1] for one, other in combinations(spans, 2))


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
