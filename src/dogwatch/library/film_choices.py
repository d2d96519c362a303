"""Which film of a video file is wanted, and how it is made."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dogwatch.errors import FileError
from dogwatch.library.frame_indexes import FrameIndexes
from dogwatch.library.renditions import WantedFilm
from dogwatch.media.overlay_rows import Overlay, pack
from dogwatch.store import overlay_boxes
from dogwatch.store.overlay_boxes import OverlayFilter
from dogwatch.store.video_files import VideoFile
from dogwatch.workers.files.spec import FilmDrawing, RenditionTask

if TYPE_CHECKING:
    from dogwatch.store.database import Database

SILENT = "silent"
"""The kind of films on which nothing is drawn, and which stay when a file is analysed anew."""


@dataclass(frozen=True, slots=True)
class FilmChoice:
    """A film: its `kind` in the cache, what is drawn in which `style`, and whether it has sound.

    `trace` is the one that is framed, `span` the first and the last frame, None for all.
    """

    kind: str
    style: Overlay
    debug: bool
    sound: bool
    boxes: OverlayFilter = field(default_factory=OverlayFilter)
    trace: int = 0
    span: tuple[int, int] | None = None


class FilmChoices:
    """Finds what films are made of."""

    def __init__(self, db: Database, indexes: FrameIndexes) -> None:
        """Read boxes from `db`."""
        self._db, self._indexes = db, indexes

    def span(self, file: VideoFile, trace: int) -> tuple[int, int]:
        """Return the first and the last frame of a trace.

        Raises:
            FileError: 404; there is none.
        """
        with self._db.read() as connection:
            found = overlay_boxes.span(connection, file.id, trace)
        if found is None:
            raise FileError(404, "trace_not_found", "The file has no such trace")
        return found

    def wanted(self, file: VideoFile, source: Path, choice: FilmChoice) -> WantedFilm:
        """Return what is wanted of the file whose bytes are at `source`."""
        version = 0 if choice.kind == SILENT else file.analysis_version
        parameters = (choice, version, file.size_bytes, file.modified_ns)
        task = partial(self._task, file, choice)
        return WantedFilm(file.uuid, choice.kind, parameters, source, self._indexes.path(file), task)

    def _task(self, file: VideoFile, choice: FilmChoice) -> RenditionTask:
        with self._indexes.opened(file) as times:
            start, end = choice.span or (0, times.total - 1)
        rotation = int((file.facts or {}).get("rotation") or 0)
        drawing = None if choice.kind == SILENT else self._drawing(file, choice)
        return RenditionTask(start=start, end=end, rotation=rotation, sound=choice.sound, drawing=drawing)

    def _drawing(self, file: VideoFile, choice: FilmChoice) -> FilmDrawing:
        with self._db.read() as connection:
            labelled = overlay_boxes.traces(connection, file.id, choice.boxes)
            rows, labels = _packed(overlay_boxes.boxes(connection, file.id, choice.boxes), labelled)
        return FilmDrawing(choice.style, rows, labels, choice.trace, choice.debug)


def _packed(found: Iterable[Sequence[Any]], labelled: dict[int, str]) -> tuple[bytes, tuple[str, ...]]:
    """Return the boxes of the traces `labelled` as `pack` writes them, compressed by zlib, and their labels."""
    texts = tuple(dict.fromkeys(labelled.values()))
    numbers = {text: n for n, text in enumerate(texts)}
    label_of = {trace: numbers[text] for trace, text in labelled.items()}
    compressor, parts = zlib.compressobj(1), []
    for some in found:
        rows = (
            (frame, trace, x, y, width, height, label_of[trace], interpolated, confidence)
            for frame, trace, x, y, width, height, interpolated, confidence in some
            if trace in label_of
        )
        parts.append(compressor.compress(pack(rows)))
    return b"".join((*parts, compressor.flush())), texts
