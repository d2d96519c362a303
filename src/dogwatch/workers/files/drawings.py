"""What is drawn on frames, from what a task says."""

from __future__ import annotations

import zlib

from dogwatch.media.file_overlay import FileOverlay
from dogwatch.media.overlay_rows import Overlay
from dogwatch.workers.files.spec import FilmDrawing


def overlay_of(drawing: FilmDrawing) -> FileOverlay:
    """Return what draws it."""
    rows = zlib.decompress(drawing.rows) if drawing.rows else b""
    return FileOverlay.of(Overlay(drawing.style), rows, drawing.labels, drawing.trace, debug=drawing.debug)
