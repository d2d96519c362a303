"""Decodes exactly the frames that an index numbers, whatever the container makes of seeking.

Decoding begins at the entry before the first wanted frame, and what it yields is recognised by its timestamp. If a
frame is missing then, decoding begins again at an earlier entry, and at last at the beginning of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av
import numpy as np

from dogwatch.errors import MediaError
from dogwatch.media.foreign_file import BY_BYTES, prepare, video_stream
from dogwatch.media.frame_index import FrameIndex

HELD = 16  # frames out of order that a decoder may yield
BEGINNING = -1
DISPOSABLE = frozenset({"h264", "mpeg2video"})
"""Codecs whose decoder surely knows to which pictures no other refers."""


def exact_frames(
    container: Any, index: FrameIndex, start: int, end: int, threads: int = 1
) -> Iterator[tuple[int, Any]]:
    """Yield each frame of `start`..`end` (both included) once, with its number; its `pts` is that of the index.

    Raises:
        MediaError: One of them cannot be decoded.
    """
    stream = video_stream(container)
    prepare(stream, threads=threads)
    wanted, step, row = start, 1, index.entry(start)
    while True:
        for frame in _decoded(container, stream, index, row, wanted, end):
            frame.pts, frame.time_base = int(index.ticks[wanted]), index.time_base
            yield wanted, frame
            wanted += 1
        if wanted > end:
            return
        if row == BEGINNING:
            raise MediaError(f"frame {wanted} cannot be decoded")
        row = max(BEGINNING, row - step)
        step *= 4


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
    left = end - start + 1
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
        for frame in frames_of(packet, context):
            n = number.of(frame)
            if start <= n <= end:
                yield n, frame
        if left <= 0 and packet.size:  # no later packet is needed for these frames
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


def frames_of(packet: Any | None, context: Any, mark: int | None = None) -> list[Any]:
    """Return the frames that a packet completes, or all that are left if there is no packet; none if it is damaged.

    `mark`, which is the packet's position if nothing is given, comes back as `opaque` of the frame.
    """
    try:
        if packet is None:
            return list(context.decode(None))
        packet.opaque = packet.pos if mark is None else mark
        return list(packet.decode())
    except (av.error.FFmpegError, ValueError):
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
