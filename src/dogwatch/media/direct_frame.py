"""Decodes one frame from the packets that its frame index knows, without opening the container."""

from __future__ import annotations

import os
from typing import Any

import av

from dogwatch.errors import MediaError
from dogwatch.media.exact_frames import BROKEN, DISPOSABLE
from dogwatch.media.foreign_file import prepare_context
from dogwatch.media.frame_index import FrameIndex

MOST_PACKETS = 5000


def direct_frame(descriptor: int, index: FrameIndex, n: int, threads: int) -> Any | None:
    """Return frame `n` of the file at `descriptor`; None if it takes its container to find or to decode it."""
    row = index.entry(n)
    if index.packets is None or row < 0:
        return None
    try:
        frame = _decoded(descriptor, index, row, n, threads)
    except (MediaError, OSError, *BROKEN):
        return None
    if frame is not None:
        frame.time_base = index.time_base
    return frame


def _decoded(descriptor: int, index: FrameIndex, row: int, n: int, threads: int) -> Any | None:
    assert index.packets is not None  # noqa: S101 - it was checked
    context = index.packets.settings.decoder()
    # One that does not know for how many pictures to wait waits for as many as there may be, and leaves none out.
    prepare_context(context, threads=threads, options={"strict": "strict"})
    wanted, begun = int(index.ticks[n]), None
    skips = context.name in DISPOSABLE
    for place, tick, size in _needed(index, row, wanted):
        if begun is None:
            begun = tick
            if tick > wanted:
                return None  # see `exact_frames`
        data = os.pread(descriptor, size, place)
        if len(data) != size:
            return None
        packet: Any = av.Packet(data)
        packet.pts = tick
        if skips:
            context.skip_frame = "DEFAULT" if tick == wanted else "NONREF"
        found = _shown(context.decode(packet), wanted)
        if found is None and tick == wanted:
            found = _shown(context.decode(None), wanted)
        if found is not None or tick == wanted:
            return found
    return None


def _needed(index: FrameIndex, row: int, wanted: int) -> list[tuple[int, int, int]]:
    """Return the packets up to that at tick `wanted`; none if there are too many."""
    assert index.packets is not None  # noqa: S101 - it was checked
    found = []
    for one in index.packets.from_entry(row):
        found.append(one)
        if one[1] == wanted:
            return found
        if len(found) == MOST_PACKETS:
            break
    return []


def _shown(frames: list[Any], tick: int) -> Any | None:
    return next((frame for frame in frames if frame.pts == tick), None)
