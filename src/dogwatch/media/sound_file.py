"""Opens a video file for its sound alone.

To open a long MP4 file is to read the tables of all its tracks. Those of the video are as long as the others, and not
needed for the sound, so their box is shown to libav as one without content.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from dogwatch.errors import FileError, MediaError
from dogwatch.media import boxes
from dogwatch.media.boxes import BoxSpan
from dogwatch.media.foreign_file import DescriptorFile, opened, opened_from

HEADER_BYTES = 16
MOST_BOXES = 1000
NAME_AT, NAME_BYTES = 4, 4
NOTHING = b"free"
VIDEO, SOUND = b"vide", b"soun"
FRAGMENTED = b"mvex"


def opened_for_sound(descriptor: int) -> Any:
    """Return a container that reads the sound of the file at `descriptor`, to be closed by the caller.

    Others may read the file at the same time. It may have other streams too.

    Raises:
        FileError: It is no video that can be read.
    """
    places = _video_tracks(descriptor)
    if places:
        try:
            found = opened_from(_WithoutTracks(descriptor, places))
        except FileError:
            return opened(descriptor, alone=False)
        if found.streams.audio:
            return found
        found.close()
    return opened(descriptor, alone=False)


class _WithoutTracks(DescriptorFile):
    """Shows the boxes whose names are at `places` as ones without content."""

    def __init__(self, descriptor: int, places: list[int]) -> None:
        super().__init__(descriptor)
        self._places = places

    def read(self, size: int) -> bytes:
        begin = self.tell()
        data = super().read(size)
        for place in self._places:
            first, last = max(begin, place), min(begin + len(data), place + NAME_BYTES)
            if first < last:
                shown = NOTHING[first - place : last - place]
                data = data[: first - begin] + shown + data[last - begin :]
        return data


def _video_tracks(descriptor: int) -> list[int]:
    """Return where the names of the boxes of video tracks are; none if the file has no sound, or is no plain MP4."""
    try:
        size = os.fstat(descriptor).st_size
        moov = next((one for one in _children(descriptor, 0, size) if one.kind == b"moov"), None)
        if moov is None:
            return []
        inside = list(_children(descriptor, moov.body, moov.end))
        if any(one.kind == FRAGMENTED for one in inside):  # its fragments name the tracks
            return []
        tracks = [one for one in inside if one.kind == b"trak"]
        kinds = [_handler(descriptor, track) for track in tracks]
    except (MediaError, OSError):
        return []
    if SOUND not in kinds:
        return []
    return [track.start + NAME_AT for track, kind in zip(tracks, kinds, strict=True) if kind == VIDEO]


def _handler(descriptor: int, track: BoxSpan) -> bytes:
    """Return what kind of track it is."""
    for media in _children(descriptor, track.body, track.end):
        if media.kind == b"mdia":
            for one in _children(descriptor, media.body, media.end):
                if one.kind == b"hdlr":
                    return os.pread(descriptor, 4, one.body + 8)
    return b""


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
