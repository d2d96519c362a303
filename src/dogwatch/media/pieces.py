"""Cuts recorded footage at keyframes: finds the bytes of the files that cover a span of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dogwatch.model import Fragment, Segment

EDGE_S = 0.0005  # smaller overlaps are rounding errors: names have times in milliseconds


@dataclass(frozen=True, slots=True)
class Piece:
    """Adjacent fragments of one segment's file; the first begins with a keyframe."""

    segment: Segment
    fragments: tuple[Fragment, ...]

    @property
    def start_time(self) -> float:
        """When it begins, in epoch seconds."""
        return self.fragments[0].start_time

    @property
    def end_time(self) -> float:
        """When it ends, in epoch seconds."""
        return self.fragments[-1].start_time + self.fragments[-1].duration

    @property
    def offset(self) -> int:
        """The first byte in the file."""
        return self.fragments[0].offset

    @property
    def size_bytes(self) -> int:
        """How many bytes it takes."""
        return self.fragments[-1].offset + self.fragments[-1].size_bytes - self.offset

    @property
    def plain(self) -> bool:
        """Whether its file is a plain one, so that a `moof` must be put before it."""
        return self.fragments[0].plain

    @property
    def whole(self) -> bool:
        """Whether nothing of the segment is left out."""
        return len(self.fragments) == len(self.segment.fragments)


def cut(segment: Segment, start: float, end: float) -> Piece | None:
    """Return the part of `segment` between `start` and `end`, None if there is none.

    The start is rounded down to a keyframe and the end up to the end of its fragment, so that nothing is missing. An
    overlap of less than half a millisecond does not count.
    """
    chosen: list[Fragment] = []
    for fragment in segment.fragments:
        if fragment.start_time > end - EDGE_S:
            break
        if fragment.keyframe and fragment.start_time < start + EDGE_S:
            chosen = []  # this later keyframe covers the start too
        if fragment.keyframe or chosen:
            chosen.append(fragment)
    if not chosen or chosen[-1].start_time + chosen[-1].duration < start + EDGE_S:
        return None
    return Piece(segment, tuple(chosen))


def cut_all(segments: Iterable[Segment], start: float, end: float) -> list[Piece]:
    """Return the parts of `segments` between `start` and `end`, in the same order."""
    return [piece for segment in segments if (piece := cut(segment, start, end))]
