"""Has a file worker look at a new file, and keeps what it finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from dogwatch.errors import FileError
from dogwatch.library.file_workers import FileWorkers
from dogwatch.workers.files.spec import IndexTask

INDEX, PROBE = "frames.idx", "probe.json"


class FileIndexer:
    """Looks at files in workers."""

    def __init__(self, workers: FileWorkers) -> None:
        """Use `workers`."""
        self._workers = workers

    def index(self, source: Path, folder: Path) -> dict[str, Any]:
        """Write `frames.idx` and `probe.json` into `folder`; return the facts, those of `media.file_facts.FileFacts`.

        For a thread.

        Raises:
            FileError: 415 `not_a_video`; 503 `busy`; 507 `no_space`.
        """
        made = bytearray()
        found = self._workers.run(IndexTask(), source, write=made.extend)
        try:
            (folder / INDEX).write_bytes(made)
            (folder / PROBE).write_bytes(msgspec.json.encode(found["probe"]))
        except OSError as error:
            raise FileError(507, "no_space", f"the frame index cannot be written: {error.strerror}") from error
        facts: dict[str, Any] = found["facts"]
        return facts
