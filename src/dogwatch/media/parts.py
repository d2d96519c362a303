"""Files that exist nowhere as such: bytes in memory and slices of files, one after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


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
    """Parts that make up one file; `tag` changes when its content does.

    `modified` is its time (epoch s), None if it may change several times in a second.
    """

    parts: tuple[Part, ...]
    modified: float | None
    tag: str

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return sum(length(part) for part in self.parts)


def window(parts: Iterable[Part], start: int, end: int) -> Iterator[Part]:
    """Yield what of `parts` lies between bytes `start` and `end` (exclusive) of the whole."""
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
