"""Live fragments as one viewer needs them: decode times that begin near zero, whenever the viewer joined.

Players that are given a timeline which begins at an hour either wait for it or have to be told to seek.
Source: ISO/IEC 14496-12, `tfdt`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from dogwatch.errors import MediaError
from dogwatch.media import boxes
from dogwatch.media.init_section import parse_init

HEAD_ROOM_S = 0.5  # another track of the first fragment may begin a little earlier than its video


class TimelineShift:
    """Moves the decode times of one viewer's fragments so that the first begins near zero."""

    def __init__(self, init: bytes) -> None:
        """Read the tracks of the init section.

        Raises:
            MediaError: It is malformed.
        """
        self._timescales = {track.id: track.timescale for track in parse_init(init)}
        self._offset: float | None = None

    def apply(self, data: bytes) -> bytes:
        """Return `moof` + `mdat` pairs with their decode times moved.

        Raises:
            MediaError: They are malformed.
        """
        try:
            times = list(self._times(data))
            if self._offset is None:
                first = min((time / self._timescales[track] for track, _, _, time in times), default=0.0)
                self._offset = max(0.0, first - HEAD_ROOM_S)
            if not self._offset:
                return data
            moved = bytearray(data)
            for track, at, form, time in times:
                struct.pack_into(form, moved, at, max(0, time - round(self._offset * self._timescales[track])))
        except (struct.error, KeyError) as error:
            raise MediaError(f"a live fragment is damaged: {error}") from error
        return bytes(moved)

    def _times(self, data: bytes) -> Iterator[tuple[int, int, str, int]]:
        """Yield track, offset, form and value of each decode time."""
        for span in boxes.children(data):
            if span.kind != b"moof":
                continue
            for traf in boxes.children(data, span.body, span.end):
                if traf.kind != b"traf":
                    continue
                tfhd = boxes.find(data, "tfhd", traf.body, traf.end)
                tfdt = boxes.find(data, "tfdt", traf.body, traf.end)
                form = ">Q" if data[tfdt.body] else ">I"
                (track,) = struct.unpack_from(">I", data, tfhd.body + 4)
                (time,) = struct.unpack_from(form, data, tfdt.body + 4)
                yield track, tfdt.body + 4, form, time
