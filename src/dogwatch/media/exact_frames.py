"""Decodes exactly the frames that an index numbers, whatever the container makes of seeking.

Decoding begins at the entry before the first wanted frame, and what it yields is recognised by its timestamp. If a
frame is missing then, decoding begins again at earlier entries. A frame that is missing still is damaged.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator
from typing import Any

import av
import numpy as np

from dogwatch.errors import MediaError
from dogwatch.media.foreign_file import BY_BYTES, let_go, prepare, video_stream
from dogwatch.media.frame_index import FrameIndex

HELD = 16  # frames out of order that a decoder may yield
BEYOND = 64  # packets that are shown after the last wanted frame, until it is clear that no more are to come
FAR = 900  # frames: where decoding begins so much earlier, it does not help
BEGINNING = -1
DISPOSABLE = frozenset({"h264", "mpeg2video"})
"""Codecs whose decoder surely knows to which pictures no other refers."""
BROKEN = (av.error.FFmpegError, ValueError)
"""What a decoder raises that is given damaged packets."""
Lost = Callable[[int, int], None]
"""Is told of a frame that cannot be decoded, and which one stands in for it."""


def exact_frames(
    container: Any, index: FrameIndex, start: int, end: int, threads: int = 1, lost: Lost = lambda _n, _other: None
) -> Iterator[tuple[int, Any]]:
    """Yield each frame of `start`..`end` (both included) once, with its number; its `pts` is that of the index.

    Instead of one that cannot be decoded there is the frame before it that can, or else the one after it, as players
    show it: what is made of a damaged file is complete and in time. `lost` is told of each.

    Raises:
        MediaError: None of them can be decoded, nor one near them.
    """
    stream = video_stream(container)
    context = prepare(stream, threads=threads)
    try:
        yield from _exact_frames(container, stream, index, start, end, lost)
    finally:
        let_go(context)


def _exact_frames(
    container: Any, stream: Any, index: FrameIndex, start: int, end: int, lost: Lost
) -> Iterator[tuple[int, Any]]:
    wanted = start
    while wanted <= end:
        found = False
        for row in _rows(index, wanted):
            for frame in _decoded(container, stream, index, row, wanted, end):
                found = True
                frame.pts, frame.time_base = int(index.ticks[wanted]), index.time_base
                yield wanted, frame
                wanted += 1
            if found:
                break
        if not found:
            yield from mended_frames(container, stream, index, wanted, end, lost)
            return


def _rows(index: FrameIndex, n: int) -> Iterator[int]:
    """Yield the entries from which frame `n` may be decoded: the nearest first, but not those far away."""
    row, step = index.entry(n), 1
    yield row
    while row > 0 and n - int(index.entries[max(0, row - step), 0]) <= FAR:
        row = max(0, row - step)
        step *= 4
        yield row
    if row != BEGINNING and n <= FAR:
        yield BEGINNING


def mended_frames(
    container: Any, stream: Any, index: FrameIndex, start: int, end: int, lost: Lost
) -> Iterator[tuple[int, Any]]:
    """Yield frames as `exact_frames` does, where the first one cannot be decoded."""
    rows = [*_rows(index, start), BEGINNING]
    for row in rows:
        first = 0 if row == BEGINNING else int(index.entries[row, 0])
        wanted, last = start, None
        frames = _in_order(_numbered(container, stream, index, row, min(first, start), end))
        for n, frame in frames:
            if n >= wanted:
                if n > wanted and last is None and row != rows[-1]:
                    break  # an earlier entry may have a frame before it
                for missing in range(wanted, n):
                    yield missing, _standing_in(index, missing, last or (n, frame), lost)
                frame.pts, frame.time_base = int(index.ticks[n]), index.time_base
                yield n, frame
                wanted = n + 1
            last = n, frame
        else:
            if last is not None:
                for missing in range(wanted, end + 1):
                    yield missing, _standing_in(index, missing, last, lost)
                return
    raise MediaError(f"frame {start} cannot be decoded")


def _standing_in(index: FrameIndex, n: int, other: tuple[int, Any], lost: Lost) -> Any:
    lost(n, other[0])
    frame = other[1]
    frame.pts, frame.time_base = int(index.ticks[n]), index.time_base
    return frame


def _in_order(frames: Iterator[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    """Yield frames by their numbers, though a decoder may yield some of them too late."""
    held: list[tuple[int, Any]] = []
    last = -1
    for n, frame in frames:
        bisect.insort(held, (n, frame), key=lambda one: one[0])
        while held and (held[0][0] == last + 1 or len(held) > HELD):
            last = held[0][0]
            yield held.pop(0)
    yield from held


def _decoded(container: Any, stream: Any, index: FrameIndex, row: int, start: int, end: int) -> Iterator[Any]:
    """Yield frames from `start` on without a gap, at most to `end`, decoding from entry `row`."""
    held: dict[int, Any] = {}
    wanted = start
    for n, frame in _numbered(container, stream, index, row, start, end):
        held[n] = frame
        while wanted in held:
            yield held.pop(wanted)
            wanted += 1
        if wanted > end or len(held) > HELD:
            return


def _numbered(
    container: Any, stream: Any, index: FrameIndex, row: int, start: int, end: int
) -> Iterator[tuple[int, Any]]:
    """Yield what the decoder makes from entry `row` on, with its number, `start` to `end`."""
    context = stream.codec_context
    number = _Counted(index, row) if index.by_order else _Timed(index)
    first, last = int(index.ticks[start]), int(index.ticks[end])
    skips = not index.by_order and context.name in DISPOSABLE
    left, beyond = end - start + 1, 0
    seek(container, stream, index, row)
    begun = row == BEGINNING
    for packet in demuxed(container, stream):
        if packet.size:
            if not begun:
                if not packet.is_keyframe:
                    continue
                if not number.begin(packet, first):
                    return
                begun = True
            within = index.by_order or packet.pts is None or first <= packet.pts <= last
            if skips:
                context.skip_frame = "DEFAULT" if within else "NONREF"
            left -= not index.by_order and within
            beyond += not index.by_order and packet.pts is not None and packet.pts > last
        for frame in frames_of(packet, context):
            n = number.of(frame)
            if start <= n <= end:
                yield n, frame
        if (left <= 0 or beyond > BEYOND) and packet.size:  # no later packet is needed for these frames
            for frame in frames_of(None, context):
                n = number.of(frame)
                if start <= n <= end:
                    yield n, frame
            return


def seek(container: Any, stream: Any, index: FrameIndex, row: int) -> None:
    """Go to entry `row`, or to the beginning of the file.

    Raises:
        MediaError: The file cannot be sought.
    """
    if row == BEGINNING:
        rewind(container, stream, int(index.entries[0, 1] if len(index.entries) else index.ticks[0]))
        return
    _, tick, place = (int(value) for value in index.entries[row])
    _seek(container, stream, tick, place if index.by_bytes else -1)


def rewind(container: Any, stream: Any, first_tick: int) -> None:
    """Go to the beginning of the file, whose first keyframe is at `first_tick`.

    Raises:
        MediaError: The file cannot be sought.
    """
    _seek(container, stream, first_tick, 0 if container.format.name in BY_BYTES else -1)


def _seek(container: Any, stream: Any, tick: int, place: int) -> None:
    try:
        if place >= 0:
            container.seek(place, stream=stream, unsupported_byte_offset=True)
        else:
            container.seek(tick, stream=stream, backward=True)
    except (av.error.FFmpegError, OSError) as error:
        raise MediaError(f"the file cannot be sought: {error.strerror}") from error


def demuxed(container: Any, stream: Any) -> Iterator[Any]:
    """Yield the packets of `stream`, and the empty one at the end, until the file ends or cannot be read on."""
    try:
        yield from container.demux(stream)
    except (av.error.FFmpegError, OSError, ValueError):
        return


def frames_of(
    packet: Any | None, context: Any, mark: int | None = None, failed: Callable[[], None] = lambda: None
) -> list[Any]:
    """Return the frames that a packet completes, or all that are left if there is no packet.

    If it is damaged, `failed` is called, and there are none. `mark`, which is the packet's position if nothing is
    given, comes back as `opaque` of the frame.
    """
    try:
        if packet is None:
            return list(context.decode(None))
        packet.opaque = packet.pos if mark is None else mark
        return list(packet.decode())
    except BROKEN:
        failed()
        return []


class _Timed:
    """Numbers frames by their timestamps."""

    def __init__(self, index: FrameIndex) -> None:
        self._ticks, self._from = index.ticks, -(1 << 62)

    def begin(self, packet: Any, first: int) -> bool:
        """Begin with a keyframe; False if that is too late for the frame at tick `first`.

        Frames before the keyframe that come after it in the file may refer to what was not decoded.
        """
        if packet.pts is None or packet.pts > first:
            return False
        self._from = packet.pts
        return True

    def of(self, frame: Any) -> int:
        """Return the number of a frame; -1 if it has none."""
        if frame.pts is None or frame.pts < self._from:
            return -1
        n = int(np.searchsorted(self._ticks, frame.pts))
        return n if n < len(self._ticks) and self._ticks[n] == frame.pts else -1


class _Counted:
    """Numbers frames by counting them from the one that an entry's packet holds."""

    def __init__(self, index: FrameIndex, row: int) -> None:
        self._next = 0 if row == BEGINNING else -1
        self._begins = {int(place): int(n) for n, _, place in index.entries}

    def begin(self, packet: Any, _first: int) -> bool:
        """Begin with a keyframe; False if the index does not have it."""
        return packet.pos in self._begins

    def of(self, frame: Any) -> int:
        """Return the number of a frame; -1 if it comes before the first keyframe."""
        if self._next < 0:
            self._next = self._begins.get(frame.opaque, -1)
            if self._next < 0:
                return -1
        self._next += 1
        return self._next - 1
