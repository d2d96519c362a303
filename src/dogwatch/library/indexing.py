"""Has a file worker look at a new file, and keeps what it finds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from dogwatch.errors import FileError
from dogwatch.library.file_workers import FileWorkers
from dogwatch.volume import sync_directory
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
            for name, data in ((PROBE, msgspec.json.encode(found["probe"])), (INDEX, made)):
                _write(folder / name, data)
            sync_directory(folder)
        except OSError as error:
            raise FileError(507, "no_space", f"the frame index cannot be written: {error.strerror}") from error
        facts: dict[str, Any] = found["facts"]
        return facts


def _write(path: Path, data: bytes | bytearray) -> None:
    """Write a file so that it is whole after a power cut: the database says that it is there."""
    part = path.with_name(f"{path.name}.new")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.rename(path)
