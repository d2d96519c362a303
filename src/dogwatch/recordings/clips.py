"""Clips of a range or an event, never of what is still being written (docs/api/recordings.md)."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dogwatch.errors import MediaError, NoFootageError, NotFoundError, RefusedError
from dogwatch.recordings.catalogue import Catalogue

if TYPE_CHECKING:
    from dogwatch.media.virtual_file import VirtualFile
    from dogwatch.model import Segment

LONGEST_S = 86_400  # the tables of a longer clip take too much memory
PART_S = 3600.0
NOTHING = "No recordings found for the specified time range"
SETTLING_S = 15.0  # the end of an event's footage is on disk this long after it at the latest
FRAGMENT_S = 1.0  # the longest fragment: so much of the end may be missing


def clip_of_range(catalogue: Catalogue, media_root: Path, camera: str, start: float, end: float) -> VirtualFile:
    """Return a range (epoch s) as one MP4 file, as far as it has passed; see `is_long`.

    Raises:
        RefusedError: The range is empty, or without footage.
    """
    from dogwatch.media.clip import plan

    end = _passed(start, end)
    segments = catalogue.segments(camera, start, end) if start < end else []  # else it is all to come
    try:
        return plan(segments, start, end, media_root)
    except NoFootageError:
        raise RefusedError(NOTHING) from None


def is_long(start: float, end: float) -> bool:
    """Whether the tables of a file of this range would take too much memory, so that it is to be streamed."""
    return min(end, time.time()) - start > LONGEST_S


def stream_of_range(catalogue: Catalogue, media_root: Path, camera: str, start: float, end: float) -> Iterator[bytes]:
    """Return a range (epoch s) as one fragmented MP4, whose fragments are read one after the other.

    Raises:
        RefusedError: The range is empty, or without footage.
    """
    from dogwatch.media.long_clip import stream

    end = _passed(start, end)
    found = stream(_by_parts(catalogue, camera, start, end), start, end, media_root)
    try:
        first = next(found)
    except NoFootageError:
        raise RefusedError(NOTHING) from None
    return chain([first], found)


def _passed(start: float, end: float) -> float:
    """Return until when a range has passed."""
    if end <= start:
        raise RefusedError("The end of the range is not after its start.")
    return min(end, time.time())


def _by_parts(catalogue: Catalogue, camera: str, start: float, end: float) -> Iterator[Segment]:
    """Yield the segments of a range, of which those of an hour are in memory; one that lies in two hours comes once."""
    newest = -math.inf
    while start < end and (first := catalogue.first(camera, start, end)) is not None:
        until = min(end, max(start, first.start_time) + PART_S)
        for segment in catalogue.segments(camera, start, until):
            if segment.start_time > newest:
                newest = segment.start_time
                yield segment
        start = until


def clip_of_event(catalogue: Catalogue, media_root: Path, row: Mapping[str, Any], padding: float) -> VirtualFile:
    """Return the recording of an event, `row`, with `padding` seconds before and behind it.

    Raises:
        NotFoundError: The event has no clip.
        NoFootageError: The recording is not complete yet: it is there when asked again.
        RefusedError: There is no footage, and there will be none.
    """
    from dogwatch.media.clip import plan

    if not row["has_clip"]:
        raise NotFoundError("Clip not available")
    now = time.time()
    start = row["start_time"] - padding
    end = min(now, (row["end_time"] or now) + padding)
    segments = catalogue.segments(row["camera"], start, end)
    settled = row["end_time"] is None or now - end > SETTLING_S
    if not settled and (not segments or segments[-1].end_time < end - FRAGMENT_S):
        raise NoFootageError("The recording is still being written")
    try:
        return plan(segments, start, end, media_root)
    except (NoFootageError, MediaError):
        nothing = "No recordings found for this event"
        # A running event's footage may be a moment away.
        raise (NoFootageError(nothing) if row["end_time"] is None else RefusedError(nothing)) from None
