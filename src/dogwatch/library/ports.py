"""What the parts of the library are to one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from dogwatch.store.video_files import VideoFile


class Indexer(Protocol):
    """Looks at a file in a process of its own."""

    def index(self, source: Path, folder: Path) -> dict[str, Any]:
        """Write `frames.idx` and `probe.json` into `folder`; return the facts as `/api/v1` shows them. For a thread.

        They are `container`, `duration`, `width`, `height`, `rotation`, `fps`, `fps_num`, `fps_den`, `vfr`,
        `total_frames`, `video` and `audio`.

        Raises:
            FileError: 415 `not_a_video`; 503 `busy`.
        """
        ...


class FaceNames(Protocol):
    """Knows faces."""

    def wanted(self) -> bool:
        """Whether faces in files are to be named, and there is anybody who is known."""
        ...

    def name(self, pictures: Sequence[bytes]) -> str | None:
        """Return whose face several JPEGs show; None if nobody knows. For a thread; it may wait.

        Raises:
            DogwatchError: Nobody can say.
        """
        ...


Dropped = Callable[[VideoFile], None]
"""Is told, in a thread, that a file is being deleted: ends what runs for it, and removes what was made of it."""
