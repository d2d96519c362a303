"""Makes the live stream of one input: fragmented MP4, a tenth of a second a fragment, with times from near zero."""

from __future__ import annotations

import av

from dogwatch.errors import MediaError
from dogwatch.media import boxes
from dogwatch.media.init_section import parse_init
from dogwatch.media.moof import parse_moof
from dogwatch.media.packets import Tracks, Unit
from dogwatch.media.writer import LIVE_OPTIONS, FragmentWriter


class _Memory:
    """Collects what the muxer writes until it is taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(data)
        return len(data)

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


class LiveMuxer:
    """Muxes units for players that start now.

    `init` is `ftyp` + `moov`; `codecs` names what is inside (RFC 6381), for `MediaSource.addSourceBuffer`.
    """

    def __init__(self, tracks: Tracks, first: Unit) -> None:
        """Begin a stream whose first unit is the keyframe `first`.

        Raises:
            MediaError: The tracks do not make an MP4.
        """
        self._memory = _Memory()
        # Times may not be negative, and sound may begin a little before the first picture: so shift by one second less.
        try:
            self._writer = FragmentWriter(self._memory, tracks, LIVE_OPTIONS, shift=first.dts - 1.0)
        except av.error.FFmpegError as error:
            raise MediaError(f"the stream cannot be muxed: {error}") from error
        self.init = self._memory.take()
        self._parsed = parse_init(self.init)
        self._video_id = next(track.id for track in self._parsed if track.video)
        self.codecs = ",".join(track.codec for track in self._parsed)

    def feed(self, unit: Unit) -> list[tuple[bytes, bool]]:
        """Take a unit; return the fragments that are complete with it, and whether a player can begin there.

        Raises:
            MediaError: The unit does not fit the stream.
        """
        try:
            self._writer.write(unit)
        except av.error.FFmpegError as error:
            raise MediaError(f"a packet cannot be muxed: {error}") from error
        data = self._memory.take()
        return list(self._fragments(data)) if data else []

    def close(self) -> None:
        """Let go of the muxer; what it holds is dropped."""
        self._writer.abandon()

    def _fragments(self, data: bytes) -> list[tuple[bytes, bool]]:
        found, start = [], 0
        keyframe = False
        for box in boxes.children(data):
            if box.kind == b"moof":
                keyframe = self._is_keyframe(data[box.start : box.end])
            elif box.kind == b"mdat":
                found.append((data[start : box.end], keyframe))
                start = box.end
        return found

    def _is_keyframe(self, moof: bytes) -> bool:
        try:
            runs = parse_moof(moof, self._parsed)
        except MediaError:
            return False
        return any(run.track_id == self._video_id and run.sync[:1] == (True,) for run in runs)
