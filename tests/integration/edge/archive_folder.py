"""An archive in a temporary directory, and what it tells of."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dogwatch.edge.archive import Archive
from dogwatch.edge.settings import Settings


class ArchiveFolder:
    """An archive with its settings in `directory`."""

    def __init__(self, directory: Path) -> None:
        self.settings = Settings(directory / "client", threading.RLock())
        self.told: list[tuple[str, Mapping[str, Any]]] = []
        self.archive = Archive(lambda: self.settings.save_dir, lambda event, data: self.told.append((event, data)))
        self.save = self.settings.save_dir
        self.save.mkdir(parents=True, exist_ok=True)

    def add(self, name: str, mtime: float = 1e9, data: bytes = b"x") -> Path:
        """Make a file below the save directory, with this time."""
        path = self.save / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (mtime, mtime))
        return path

    def recording(self, stem: str, mtime: float = 1e9, data: bytes = b"video") -> Path:
        """Make a recording with all its sidecars."""
        for suffix, content in (
            (".thumb.jpg", b"thumb"),
            (".sprite.jpg", b"sprite"),
            (".meta.json", b'{"reason":"manual"}'),
        ):
            self.add(stem + suffix, mtime, content)
        return self.add(stem + ".mp4", mtime, data)

    def names(self) -> list[str]:
        """Return all files below the save directory."""
        return sorted(str(path.relative_to(self.save)) for path in self.save.rglob("*") if not path.is_dir())
