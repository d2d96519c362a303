"""Opens a video file for its sound alone.

To open a long MP4 file is to read the tables of all its tracks. Those of the video are not needed for the sound, so
their box is shown to libav as one without content, and of those of the sound only the part that is needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any

from dogwatch.errors import FileError, MediaError
from dogwatch.media import boxes
from dogwatch.media.boxes import BoxSpan
from dogwatch.media.foreign_file import DescriptorFile, opened, opened_from
from dogwatch.media.sound_window import SoundTrack, window

HEADER_BYTES = 16
MOST_BOXES = 1000
NAME_AT = 4
MOST_EDITS = 1 << 10  # bytes
PARENTS = frozenset({b"edts", b"mdia", b"minf", b"stbl"})
NOTHING = b"free"
VIDEO, SOUND = b"vide", b"soun"
FRAGMENTED = b"mvex"


def opened_for_sound(descriptor: int, begin: Fraction, end: Fraction) -> Any:
    """Return a container that reads the sound of the file at `descriptor` from `begin` to `end`, see `exact_sound`.

    It is closed by the caller. Others may read the file at the same time. It may have other streams too.

    Raises:
        FileError: It is no video that can be read.
    """
    shown = _shown(descriptor, begin, end)
    if shown:
        try:
            found = opened_from(_OtherBytes(descriptor, shown))
        except FileError:
            return opened(descriptor, alone=False)
        if found.streams.audio:
            return found
        found.close()
    return opened(descriptor, alone=False)


class _OtherBytes(DescriptorFile):
    """Shows other bytes at some places of the file."""

    def __init__(self, descriptor: int, shown: dict[int, bytes]) -> None:
        super().__init__(descriptor)
        self._shown = shown

    def read(self, size: int) -> bytes:
        begin = self.tell()
        data = super().read(size)
        for place, other in self._shown.items():
            first, last = max(begin, place), min(begin + len(data), place + len(other))
            if first < last:
                data = data[: first - begin] + other[first - place : last - place] + data[last - begin :]
        return data


def _shown(descriptor: int, begin: Fraction, end: Fraction) -> dict[int, bytes]:
    """Return which bytes to show at which places; none if the file has no sound, or is no plain MP4."""
    try:
        size = os.fstat(descriptor).st_size
        moov = next((one for one in _children(descriptor, 0, size) if one.kind == b"moov"), None)
        if moov is None:
            return {}
        inside = list(_children(descriptor, moov.body, moov.end))
        if any(one.kind == FRAGMENTED for one in inside):  # its fragments name the tracks
            return {}
        tracks = {track.start: _boxes(descriptor, track) for track in inside if track.kind == b"trak"}
        kinds = {start: _handler(descriptor, found) for start, found in tracks.items()}
    except (MediaError, OSError):
        return {}
    if SOUND not in kinds.values():
        return {}
    shown = {start + NAME_AT: NOTHING for start, kind in kinds.items() if kind == VIDEO}
    sounds = [start for start, kind in kinds.items() if kind == SOUND]
    with suppress(MediaError, OSError):  # libav says what is wrong with it
        film = next((one for one in inside if one.kind == b"mvhd"), None)
        if film is None:
            return shown
        for start in sounds:
            track = _sound_track(descriptor, tracks[start], film)
            part = None if track is None else window(descriptor, track, begin, end)
            if track is not None and part is not None:
                shown[track.table.start] = part
    return shown


def _boxes(descriptor: int, track: BoxSpan) -> dict[bytes, BoxSpan]:
    """Return the boxes of a track, those in them too as far as they are needed; of several of a kind, the first."""
    found: dict[bytes, BoxSpan] = {}
    left = [track]
    while left:
        box = left.pop()
        inside = list(_children(descriptor, box.body, box.end))
        left += [one for one in inside if found.setdefault(one.kind, one) is one and one.kind in PARENTS]
    return found


def _handler(descriptor: int, found: dict[bytes, BoxSpan]) -> bytes:
    """Return what kind of track it is."""
    box = found.get(b"hdlr")
    return b"" if box is None else os.pread(descriptor, 4, box.body + 8)


def _sound_track(descriptor: int, found: dict[bytes, BoxSpan], film: BoxSpan) -> SoundTrack | None:
    media, table, edits = found.get(b"mdhd"), found.get(b"stbl"), found.get(b"elst")
    if media is None or table is None:
        return None
    boxes = {one.kind: one for one in _children(descriptor, table.body, table.end)}
    edited = b"" if edits is None else os.pread(descriptor, min(edits.end - edits.body, MOST_EDITS), edits.body)
    return SoundTrack(table, boxes, _timescale(descriptor, media), _timescale(descriptor, film), edited)


def _timescale(descriptor: int, box: BoxSpan) -> int:
    """Return the ticks in a second of an `mvhd` or `mdhd`.

    Raises:
        MediaError: It has none.
    """
    data = os.pread(descriptor, 24, box.body)
    found = int.from_bytes(data[20:24] if data[:1] == b"\1" else data[12:16])
    if not found:
        raise MediaError("a track has no clock")
    return found


def _children(descriptor: int, start: int, end: int) -> Iterator[BoxSpan]:
    """Yield the boxes of a file that lie one after another between `start` and `end`.

    Raises:
        MediaError: They are malformed, or too many.
    """
    for _ in range(MOST_BOXES):
        if start >= end:
            return
        span = boxes.header(os.pread(descriptor, HEADER_BYTES, start), 0, end - start)
        yield BoxSpan(span.kind, start, start + span.body, start + span.end)
        start += span.end
    raise MediaError("a file has too many boxes")
