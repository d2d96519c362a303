"""The frame indexes of video files, the last used ones in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.errors import FileError, MediaError
from dogwatch.library.file_store import FileStore
from dogwatch.library.indexing import INDEX
from dogwatch.store.video_files import VideoFile

if TYPE_CHECKING:
    from dogwatch.media.frame_index import FrameIndex

MOST_FRAMES = 1_000_000  # in memory: nine bytes each


class FrameIndexes:
    """Reads frame indexes. For any thread."""

    def __init__(self, store: FileStore) -> None:
        """Read them from `store`."""
        self._store = store
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, FrameIndex] = OrderedDict()

    def path(self, file: VideoFile) -> Path:
        """Return where the index of a file is."""
        return self._store.folder(file.uuid) / INDEX

    def of(self, file: VideoFile) -> FrameIndex:
        """Return the index of a file that is ready.

        Raises:
            FileError: 404; it is gone. 500; it is damaged.
        """
        with self._lock:
            found = self._kept.get(file.uuid)
            if found is not None:
                self._kept.move_to_end(file.uuid)
                return found
        from dogwatch.media.frame_index import FrameIndex  # which loads NumPy

        try:
            with self.path(file).open("rb") as opened:
                found = FrameIndex.read(opened)
        except FileNotFoundError:
            raise FileError(404, "source_missing", "The frame index of the file is not there any more") from None
        except (MediaError, OSError) as error:
            raise FileError(500, "encode_failed", f"The frame index of the file cannot be read: {error}") from error
        with self._lock:
            self._kept[file.uuid] = found
            while len(self._kept) > 1 and sum(one.total for one in self._kept.values()) > MOST_FRAMES:
                self._kept.popitem(last=False)
        return found

    def forget(self, file: VideoFile) -> None:
        """Forget the index of a file that is deleted."""
        with self._lock:
            self._kept.pop(file.uuid, None)
