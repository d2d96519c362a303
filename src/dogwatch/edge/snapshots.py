"""Snapshots: stills that a user takes, kept until a user deletes them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path
from typing import Any

from dogwatch.edge import files
from dogwatch.edge.archive import Archive
from dogwatch.errors import DogwatchError, EdgeError

MODE = 0o644


class Snapshots:
    """Takes and lists snapshots. For worker threads."""

    def __init__(
        self, archive: Archive, take: Callable[[], bytes], clock: Callable[[], float], zone: tzinfo | None = None
    ) -> None:
        """Keep the JPEGs that `take` returns in the archive; `clock` and `zone` give the time in their names."""
        self._archive, self._take, self._clock, self._zone = archive, take, clock, zone
        self._lock = threading.Lock()

    def take(self) -> Path:
        """Take one and return where it lies.

        Raises:
            EdgeError: 500; the camera sends no picture, or it cannot be written.
        """
        try:
            data = self._take()
            with self._lock:
                stem = f"snapshot_{files.local(self._clock(), self._zone):%Y%m%d_%H%M%S}"
                path = files.free_name(self._archive.folder, stem, ".jpg")
                files.write(path, data, MODE)
        except (DogwatchError, OSError) as error:
            raise EdgeError(500, "snapshot_failed", f"No snapshot could be taken: {error}") from error
        self._archive.finished(path, "snapshot")
        return path

    def rows(self) -> list[dict[str, Any]]:
        """Return the answer of `GET /snapshots`."""
        return [self._archive.row(file) for file in self._archive.files("snapshot")]
