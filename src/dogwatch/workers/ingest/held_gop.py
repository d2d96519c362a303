"""The present group of pictures, kept so that whoever begins to watch sees a picture at once."""

from __future__ import annotations

from dogwatch.media.packets import Unit

MAX_GOP_BYTES = 32 << 20  # a larger GOP is not kept for new viewers


class HeldGop:
    """The units since the last keyframe; none of a GOP that is larger than `MAX_GOP_BYTES`."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.units: list[Unit] = []
        self._bytes = 0

    def add(self, unit: Unit) -> None:
        """Keep `unit`; a keyframe begins a new group."""
        if unit.video and unit.keyframe:
            self.units, self._bytes = [], 0
        elif not self.units or self._bytes > MAX_GOP_BYTES:
            self.units = []
            return
        self.units.append(unit)
        self._bytes += unit.size

    def clear(self) -> None:
        """Forget the group; the next one begins with a keyframe."""
        self.units = []
