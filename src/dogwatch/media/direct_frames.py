"""Decodes frames from the packets that their frame index knows, without opening the container."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from dogwatch.errors import MediaError
from dogwatch.media.exact_frames import BEYOND, BROKEN, DISPOSABLE
from dogwatch.media.foreign_file import let_go, prepare_context
from dogwatch.media.frame_index import FrameIndex
from dogwatch.media.needed_pictures import NeededPictures, Packet
from dogwatch.media.padded_packet import padded_packet

AHEAD_BYTES = 8 << 20
"""So much is read ahead at most."""


def direct_frames(descriptor: int, index: FrameIndex, start: int, end: int, threads: int) -> Iterator[tuple[int, Any]]:
    """Yield frames from `start` on, at most to `end` (included), with their numbers, of the file at `descriptor`.

    It ends before the first one that takes the container to find or to decode it, or that is damaged.
    """
    row, wanted = index.entry(start), start
    if index.packets is None or row < 0:
        return
    try:
        for n, frame in _decoded(descriptor, index, row, start, end, threads):
            if n != wanted or frame.is_corrupt:
                return
            frame.time_base = index.time_base
            yield n, frame
            wanted += 1
    except (MediaError, OSError):
        return


def _decoded(
    descriptor: int, index: FrameIndex, row: int, start: int, end: int, threads: int
) -> Iterator[tuple[int, Any]]:
    assert index.packets is not None  # noqa: S101 - it was checked
    first, last = int(index.ticks[start]), int(index.ticks[end])
    _read_ahead(descriptor, index, row, first)
    needed = NeededPictures(index.packets.decoder)
    context = _context(index, needed.rows, threads)
    try:
        yield from _from_packets(context, index, needed.of(_packets(descriptor, index, row), first, last), start, end)
    finally:
        let_go(context)


def _from_packets(
    context: Any, index: FrameIndex, packets: Iterator[Packet], start: int, end: int
) -> Iterator[tuple[int, Any]]:
    first, last = int(index.ticks[start]), int(index.ticks[end])
    skips = context.name in DISPOSABLE
    left, beyond, begun = end - start + 1, 0, False
    for data, tick in packets:
        if not begun and tick > first:
            return  # see `exact_frames`
        begun = True
        packet = padded_packet(data)
        packet.pts = tick
        within = first <= tick <= last
        if skips:
            context.skip_frame = "DEFAULT" if within else "NONREF"
        left -= within
        beyond += tick > last
        yield from _numbered(_frames(context, packet), index, start, end)
        if left <= 0 or beyond > BEYOND:
            break
    yield from _numbered(_frames(context, None), index, start, end)


def _context(index: FrameIndex, empty_rows: int, threads: int) -> Any:
    assert index.packets is not None  # noqa: S101 - it was checked
    context = index.packets.decoder.made()
    # One that does not know for how many pictures to wait waits for as many as there may be, and leaves none out.
    options = {"strict": "strict"}
    if empty_rows:  # a picture of which nothing was decoded is to be left as it is, not to be mended
        options["skip_top"] = str(empty_rows)
    prepare_context(context, threads=threads, options=options)
    return context


def _read_ahead(descriptor: int, index: FrameIndex, row: int, tick: int) -> None:
    """Have the system read from entry `row` to the packet at `tick` at once: a slow disk would be asked for each."""
    assert index.packets is not None  # noqa: S101 - it was checked
    begin = end = -1
    for place, one, size in index.packets.from_entry(row):
        begin = place if begin < 0 else begin
        end = place + size
        if one == tick or not 0 <= end - begin < AHEAD_BYTES:
            break
    if hasattr(os, "posix_fadvise") and end > begin >= 0:
        os.posix_fadvise(descriptor, begin, min(end - begin, AHEAD_BYTES), os.POSIX_FADV_WILLNEED)


def _packets(descriptor: int, index: FrameIndex, row: int) -> Iterator[Packet]:
    """Yield the packets of the file from entry `row` on, and their ticks, as far as they are there."""
    assert index.packets is not None  # noqa: S101 - it was checked
    for place, tick, size in index.packets.from_entry(row):
        data = os.pread(descriptor, size, place)
        if len(data) != size:
            return
        yield data, tick


def _frames(context: Any, packet: Any | None) -> list[Any]:
    try:
        found: list[Any] = context.decode(packet)
    except BROKEN:  # what is lacking then is not yielded
        return []
    return found


def _numbered(frames: list[Any], index: FrameIndex, start: int, end: int) -> Iterator[tuple[int, Any]]:
    for frame in frames:
        n = int(np.searchsorted(index.ticks, frame.pts))
        if start <= n <= end and index.ticks[n] == frame.pts:
            yield n, frame
