"""The traces of video files, and their boxes, for whoever shows them. For worker threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dogwatch.store import video_traces
from dogwatch.store.video_files import VideoFile
from dogwatch.store.video_traces import BoxRow, TraceFilter, TraceRow

if TYPE_CHECKING:
    from dogwatch.store.database import Database


class FileTraces:
    """What has been found in files, and can be seen."""

    def __init__(self, db: Database) -> None:
        """Read from `db`."""
        self._db = db

    def find(self, file: VideoFile, trace_id: int) -> TraceRow | None:
        """Return a trace, or None."""
        with self._db.read() as connection:
            return video_traces.one(connection, file.id, trace_id)

    def listed(self, file: VideoFile, wanted: TraceFilter) -> tuple[int, list[TraceRow]]:
        """Return how many traces are selected, and one page of them."""
        with self._db.read() as connection:
            return video_traces.listed(connection, file.id, wanted)

    def boxes(self, file: VideoFile, first: int, last: int) -> list[BoxRow]:
        """Return all boxes in the frames `first` to `last`, by frame and trace."""
        with self._db.read() as connection:
            return video_traces.boxes(connection, file.id, first, last)

    def boxes_of(self, file: VideoFile, trace_id: int, first: int, last: int) -> list[BoxRow]:
        """Return the boxes of a trace in the frames `first` to `last`, in their order."""
        with self._db.read() as connection:
            return video_traces.boxes_of_trace(connection, file.id, trace_id, first, last)

    def representative(self, file: VideoFile, trace: TraceRow) -> tuple[BoxRow | None, int]:
        """Return the best face of a trace, and how many there are: its own, or those inside of an object's boxes."""
        with self._db.read() as connection:
            return video_traces.representative(connection, file.id, trace)
