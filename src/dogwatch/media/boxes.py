"""Finds the boxes of MP4 files: pure functions from bytes to places.

Source: ISO/IEC 14496-12. Every function raises `MediaError` on bytes that are truncated or malformed; none reads past
its input.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from dogwatch.errors import MediaError

_HEADER = struct.Struct(">I4s")


class BoxSpan(NamedTuple):
    """Where a box lies: `body` is the first byte after its header, `end` the first after the box."""

    kind: bytes
    start: int
    body: int
    end: int


def header(data: bytes, offset: int, limit: int) -> BoxSpan:
    """Read the box header at `offset`; the box must end at or before `limit`, which may lie beyond `data`."""
    if offset + 8 > len(data):
        raise MediaError(f"a box header is cut off at byte {offset}")
    size, kind = _HEADER.unpack_from(data, offset)
    body = offset + 8
    if size == 1:
        if offset + 16 > len(data):
            raise MediaError(f"a box header is cut off at byte {offset}")
        size, body = struct.unpack_from(">Q", data, body)[0], offset + 16
    elif size == 0:
        size = limit - offset
    if size < body - offset or offset + size > limit:
        raise MediaError(f"the size of box {kind!r} at byte {offset} is impossible: {size}")
    return BoxSpan(kind, offset, body, offset + size)


def extent(data: bytes, offset: int, limit: int) -> tuple[bytes, int]:
    """Return kind and end of the box at `offset`, as `header` does, but in a fifth of the time."""
    try:
        size, kind = _HEADER.unpack_from(data, offset)
    except struct.error:
        size, kind = 0, b""
    if 8 <= size <= limit - offset:
        return kind, offset + size
    span = header(data, offset, limit)  # a long size, or an error
    return span.kind, span.end


def children(data: bytes, start: int = 0, end: int | None = None) -> Iterator[BoxSpan]:
    """Yield the boxes that lie one after another between `start` and `end`."""
    end = len(data) if end is None else end
    while start < end:
        span = header(data, start, end)
        yield span
        start = span.end


def find(data: bytes, path: str, start: int = 0, end: int | None = None) -> BoxSpan:
    """Return the first box at `path`, such as `mdia/minf/stbl/stsd`.

    Raises:
        MediaError: There is none.
    """
    name, _, rest = path.partition("/")
    for span in children(data, start, end):
        if span.kind == name.encode():
            return find(data, rest, span.body, span.end) if rest else span
    raise MediaError(f"there is no {name!r} box")


def bodies(data: bytes, start: int, end: int) -> list[tuple[bytes, int, int]]:
    """Return kind, first byte of the body and end of the boxes in a range, as `children` does, but faster.

    An hour of footage has thousands of fragments.
    """
    found = []
    while start < end:
        size, kind = _HEADER.unpack_from(data, start)
        if 8 <= size <= end - start:
            found.append((kind, start + 8, start + size))
            start += size
        else:  # a long size, or an error
            span = header(data, start, end)
            found.append((kind, span.body, span.end))
            start = span.end
    return found
