"""Files that are put together from bytes in memory and slices of files on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FileSlice:
    """`size` bytes of the file at `path`, from `offset`."""

    path: Path
    offset: int
    size: int


Part = bytes | FileSlice


def length(part: Part) -> int:
    """Return how many bytes `part` has."""
    return len(part) if isinstance(part, bytes) else part.size


@dataclass(frozen=True, slots=True)
class VirtualFile:
    """A file made of parts; `tag` changes when its content does.

    `modified` is when it was last changed (epoch s), None if it may change several times in a second.
    """

    parts: tuple[Part, ...]
    modified: float | None
    tag: str

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return sum(length(part) for part in self.parts)


def window(parts: Iterable[Part], start: int, end: int) -> Iterator[Part]:
    """Yield the parts of the file that lie between its bytes `start` and `end` (exclusive)."""
    at = 0
    for part in parts:
        size = length(part)
        first, last = max(0, start - at), min(size, end - at)
        at += size
        if first >= last:
            continue
        if isinstance(part, bytes):
            yield part[first:last]
        else:
            yield FileSlice(part.path, part.offset + first, last - first)


def portions(part: Part, size: int = COPY_BYTES) -> Iterator[bytes]:
    """Yield the bytes of `part`, `size` at a time; fewer than it says if its file has become shorter."""
    if isinstance(part, bytes):
        yield part
        return
    with part.path.open("rb", buffering=0) as file:
        file.seek(part.offset)
        left = part.size
        while left and (data := file.read(min(size, left))):
            left -= len(data)
            yield data
