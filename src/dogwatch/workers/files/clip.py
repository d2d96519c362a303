"""Makes a transport stream of a range of frames."""

from __future__ import annotations

from dogwatch.media.exact_film import write_film
from dogwatch.media.file_overlay import FileOverlay
from dogwatch.media.film_encoder import TRANSPORT_STREAM, TS_TICKS
from dogwatch.media.overlay_rows import Overlay
from dogwatch.workers.files.child import Out, TaskFile
from dogwatch.workers.files.spec import ClipTask


def run(task: ClipTask, source: TaskFile, out: Out) -> None:
    """Write the transport stream."""
    film = source.film(task.rotation, sound=task.sound)
    overlay = FileOverlay.of(Overlay.CLIP, debug=True) if task.debug else None
    write_film(film, task.start, task.end, out, TRANSPORT_STREAM, TS_TICKS, overlay, lost=out.lost, copies=task.copies)
