"""What is made of a recording while it runs and after its end: its event, its pictures, a file that plays at once."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.edge import sidecars
from dogwatch.edge.archive_files import WORK, delete_file, sidecar
from dogwatch.edge.ordered_work import OrderedWork
from dogwatch.edge.recording_event import RecordingEvents
from dogwatch.edge.recording_journal import EdgeClip, RecordingJournal
from dogwatch.edge.sidecars import ClipEnding
from dogwatch.errors import MediaError
from dogwatch.media import clip_pictures, plain_file, progressive
from dogwatch.media.fragments import SegmentIndex, scan

if TYPE_CHECKING:
    from dogwatch.edge.archive import Archive

log = logging.getLogger(__name__)

CLOSE_S = 3.0  # what is not done by then is done at the next start
SPARE_BYTES = 256 << 20  # stay free while a recording is written a second time


class RecordingFinish:
    """Does the slow work of recordings, in threads that do not wait for one another."""

    def __init__(
        self, journal: RecordingJournal, events: RecordingEvents, archive: Archive, picture: Callable[[], bytes]
    ) -> None:
        """Begin nothing before `start`; `picture` returns the camera's present picture as a JPEG."""
        self._journal, self._events, self._archive, self._picture = journal, events, archive, picture
        self._news = OrderedWork("edge-recording-news")
        self._thumbnails = OrderedWork("edge-recording-thumbnails")
        self._files = OrderedWork("edge-recording-files")

    def start(self) -> None:
        """Begin."""
        self._news.start()
        self._thumbnails.start()
        self._files.start()

    def close(self) -> None:
        """Do what waits, as far as it takes some seconds."""
        self._thumbnails.close(0.0)
        if not (self._news.close(CLOSE_S) and self._files.close(CLOSE_S)):
            log.info("the last recording is made ready for playback at the next start")

    def begun(self, clip: EdgeClip) -> None:
        """A recording has begun: make its event and its thumbnail."""
        self._news.put(partial(self._events.begin, clip))
        self._thumbnails.put(partial(sidecars.write_thumbnail, clip, self._picture))

    def ended(self, clip: EdgeClip, ending: ClipEnding) -> None:
        """A recording has ended: end its event, make its pictures, and put it into the archive."""
        self._news.put(partial(self._events.end, clip, ending.stopped))
        self._news.put(lambda: self._files.put(partial(self._finish, clip)))

    def _finish(self, clip: EdgeClip) -> None:
        index = index_of(clip.path)
        if index is None and not _plays(clip.path):
            log.warning("nothing of the recording %s plays; it is deleted", clip.path.name)
            if clip.path.exists():
                delete_file(clip.path)
            self._archive.release(clip.path)
            self._journal.remove(clip)
            return
        if index is not None:
            self._make(clip, index)
        self._archive.finished(clip.path, "recording")
        self._journal.remove(clip)

    def _make(self, clip: EdgeClip, index: SegmentIndex) -> None:
        sidecars.write_sprite(clip.path, index)
        length = index.end_time - index.start_time
        sidecars.write_thumbnail(clip, lambda: clip_pictures.thumbnail(clip.path, index, length / 2))
        try:
            if shutil.disk_usage(clip.path.parent).free < index.valid_bytes + SPARE_BYTES:
                log.warning("%s stays in fragments: there is no space to write it anew", clip.path.name)
                return
            progressive.rewrite(clip.path, index, sidecar(clip.path, WORK))
        except (MediaError, OSError) as error:
            log.warning("%s stays in fragments: %s", clip.path.name, error)


def index_of(video: Path) -> SegmentIndex | None:
    """Return the index of a recording in fragments; None if it is not, or not there, or none of it plays."""
    try:
        return scan(video)
    except (MediaError, OSError):
        return None


def _plays(video: Path) -> bool:
    """Whether this is a recording that has been written anew already."""
    try:
        plain_file.scan(video, 0.0)
    except (MediaError, OSError):
        return False
    return True
