"""Makes an MP4 of a file with something drawn on it, or without its sound."""

from __future__ import annotations

import zlib
from functools import partial

from dogwatch.media.exact_film import FilmSource, write_film
from dogwatch.media.file_overlay import FileOverlay, Overlay
from dogwatch.media.film_copy import write_silent
from dogwatch.media.film_encoder import FRAGMENTED_MP4, ticks_for
from dogwatch.workers.files.child import Out, Source
from dogwatch.workers.files.spec import FilmDrawing, RenditionTask


def run(task: RenditionTask, source: Source, out: Out) -> None:
    """Write a fragmented MP4."""
    index = source.index()
    if task.drawing is None and not task.sound:
        with source.open() as container:
            if write_silent(container, index, out):
                return
    film = FilmSource(partial(source.open, alone=False), index, task.rotation, task.sound)
    overlay = None if task.drawing is None else _overlay(task.drawing)
    write_film(film, task.start, task.end, out, FRAGMENTED_MP4, ticks_for(index.time_base), overlay)


def _overlay(drawing: FilmDrawing) -> FileOverlay:
    rows = zlib.decompress(drawing.rows) if drawing.rows else b""
    return FileOverlay.of(Overlay(drawing.style), rows, drawing.labels, drawing.trace, debug=drawing.debug)
