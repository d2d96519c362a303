"""Finds the recordings of the edge camera that earlier cores have left unfinished."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.edge import sidecars
from dogwatch.edge.archive_files import META, WORK, sidecar
from dogwatch.edge.recording_finish import index_of
from dogwatch.edge.recording_journal import EdgeClip, RecordingJournal, clip_of
from dogwatch.edge.sidecars import ClipEnding

if TYPE_CHECKING:
    from dogwatch.edge.archive import Archive
    from dogwatch.edge.settings import Settings

log = logging.getLogger(__name__)


class LeftRecordings:
    """The recordings of earlier cores, as long as it is not known what has become of them. For one thread at a time."""

    def __init__(
        self, settings: Settings, archive: Archive, journal: RecordingJournal, clock: Callable[[], float]
    ) -> None:
        """Know of none before `load`."""
        self._settings, self._archive, self._journal, self._clock = settings, archive, journal, clock
        self._clips: list[EdgeClip] = []

    def load(self) -> None:
        """Learn what the journal says, keep that from being listed and deleted, and delete work files."""
        self._clips = self._journal.load()
        for clip in self._clips:
            self._archive.hold(clip.path)
        for work in self._settings.save_dir.glob("output_*" + WORK):
            work.unlink(missing_ok=True)

    def take(self, name: str, path: Path) -> EdgeClip | None:
        """Return the recording that ingest calls `name`, with the file `path`: it is left no more."""
        clip = self._journal.find(name) or clip_of(name, path)
        self._clips = [one for one in self._clips if one.name != name]
        return clip

    def finish(self) -> Iterator[tuple[EdgeClip, ClipEnding]]:
        """Yield what ingest has said nothing of, with how it has ended."""
        left, self._clips = self._clips, []
        for clip in left:
            known = sidecars.read_ending(clip.path)
            yield clip, known or self._crashed(clip)

    def unknown(self) -> Iterator[tuple[EdgeClip, ClipEnding]]:
        """Yield what the journal does not know of, with how it has ended; any thread may record meanwhile."""
        for video in self._settings.save_dir.glob("output_*.mp4"):
            if sidecar(video, META).exists() or self._archive.is_held(video.resolve()):
                continue
            if (index := index_of(video)) is not None:
                self._archive.hold(video)
                began = self._ended_at(video) - (index.end_time - index.start_time)
                clip = EdgeClip(video, began, "manual")
                yield clip, self._crashed(clip)

    def _crashed(self, clip: EdgeClip) -> ClipEnding:
        """Write down that the recorder of a recording has died."""
        index = index_of(clip.path)
        length = index.end_time - index.start_time if index is not None else 0.0
        ending = ClipEnding(self._ended_at(clip.path), length, crash=True)
        log.warning("the recording %s has ended by itself", clip.path.name)
        sidecars.write_meta(clip, ending)
        return ending

    def _ended_at(self, video: Path) -> float:
        try:
            return video.stat().st_mtime
        except OSError:
            return self._clock()
