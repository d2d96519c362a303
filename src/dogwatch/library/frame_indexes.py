"""The frame indexes of video files, of which the core reads no more than it needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dogwatch.errors import FileError, MediaError
from dogwatch.library.file_store import FileStore
from dogwatch.library.indexing import INDEX
from dogwatch.media.frame_times import FrameTimes
from dogwatch.store.video_files import VideoFile


class FrameIndexes:
    """Reads frame indexes. For any thread."""

    def __init__(self, store: FileStore) -> None:
        """Read them from `store`."""
        self._store = store

    def path(self, file: VideoFile) -> Path:
        """Return where the index of a file is."""
        return self._store.folder(file.uuid) / INDEX

    @contextmanager
    def opened(self, file: VideoFile) -> Iterator[FrameTimes]:
        """Give the times of the frames of a file that is ready.

        Raises:
            FileError: 404; its index is gone. 500; it is damaged.
        """
        try:
            with FrameTimes.open(self.path(file)) as times:
                yield times
        except FileNotFoundError:
            raise FileError(404, "source_missing", "The frame index of the file is not there any more") from None
        except (MediaError, OSError) as error:
            raise FileError(500, "encode_failed", f"The frame index of the file cannot be read: {error}") from error
