"""Makes an MP4 of a file with something drawn on it, or without its sound."""

from __future__ import annotations

from dogwatch.media.exact_film import write_film
from dogwatch.media.film_copy import write_silent
from dogwatch.media.film_encoder import FRAGMENTED_MP4, ticks_for
from dogwatch.workers.files.child import Out, TaskFile
from dogwatch.workers.files.drawings import overlay_of
from dogwatch.workers.files.spec import RenditionTask


def run(task: RenditionTask, source: TaskFile, out: Out) -> None:
    """Write a fragmented MP4."""
    index = source.index()
    if task.drawing is None and not task.sound:
        with source.open() as container:
            if write_silent(container, index, out):
                return
    film = source.film(task.rotation, sound=task.sound)
    overlay = None if task.drawing is None else overlay_of(task.drawing)
    write_film(film, task.start, task.end, out, FRAGMENTED_MP4, ticks_for(index.time_base), overlay, lost=out.lost)
