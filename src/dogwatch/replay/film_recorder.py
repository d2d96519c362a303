"""Writes the units of a film as the segments that ingest would have recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dogwatch.bus.messages import Message, SegmentOpened, SegmentWritten
from dogwatch.media.audio import Loudness
from dogwatch.media.packets import Tracks, Unit
from dogwatch.media.segment_writer import SegmentFile, written_segment
from dogwatch.workers.ingest.recorder import EARLY_S, MAX_SEGMENT_S

Ranges = Sequence[tuple[float, float]]
"""Starts and ends (epoch s), in order."""


@dataclass(frozen=True, slots=True)
class FilmPlace:
    """Where a film goes: the segments of `camera` below `root`, only what lies in `ranges`."""

    camera: str
    root: Path
    segment_seconds: float
    ranges: Ranges


class FilmRecorder:
    """Records one film. Sound between two segments is lost, as for a live camera."""

    def __init__(
        self,
        place: FilmPlace,
        tracks: Tracks,
        send: Callable[[Message], object],
        loudness: Loudness | None,
    ) -> None:
        """Tell of each segment by `send`."""
        self._place, self._tracks, self._send, self._loudness = place, tracks, send, loudness
        self._changed = False
        self._segment: SegmentFile | None = None
        self._end = 0.0  # of the range that the segment is in

    def change(self, tracks: Tracks) -> None:
        """Make segments from `tracks` from the next keyframe on."""
        self._tracks, self._changed = tracks, True

    def write(self, unit: Unit) -> bool:
        """Write a unit; return whether it is part of what is recorded.

        Raises:
            OSError: The disk is full or broken.
            RecordingError: The film cannot be recorded.
        """
        if unit.video and self._segment is not None and unit.dts >= self._end:
            self.close()
        if unit.video and (self._is_due(unit) if unit.keyframe else self._is_too_long(unit)):
            self.close(unit.dts)
            # Its dts may be a little earlier than its time, if pictures are reordered.
            end = next((end for start, end in self._place.ranges if start <= unit.time < end), None)
            if end is not None:
                self._open(unit)
                self._end = end
        if self._segment is None:
            return False
        self._segment.write(unit)
        return True

    def close(self, next_dts: float | None = None) -> None:
        """Close the segment; the next one begins at `next_dts` (epoch s) if it follows at once. Raises as `write`."""
        segment, self._segment = self._segment, None
        if segment is None:
            return
        index = segment.close(next_dts)
        heard = self._loudness.take("recorder") if self._loudness is not None else None
        row = written_segment(self._place.camera, segment.path, index, None if heard is None else heard[0])
        self._send(SegmentWritten(row, index.init, continuous=next_dts is not None))

    def _open(self, first: Unit) -> None:
        self._changed = False
        self._segment = SegmentFile(self._place.root, self._place.camera, first, self._tracks)
        self._send(SegmentOpened(self._place.camera, self._segment.path, first.dts))

    def _is_due(self, unit: Unit) -> bool:
        segment = self._segment
        length = self._place.segment_seconds - EARLY_S
        return segment is None or self._changed or unit.dts - segment.start_time >= length

    def _is_too_long(self, unit: Unit) -> bool:
        return self._segment is not None and unit.dts - self._segment.start_time >= MAX_SEGMENT_S
