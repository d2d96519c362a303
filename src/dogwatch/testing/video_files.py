"""An app with the library of video files, in which files are looked at without a worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dogwatch.errors import FileError
from dogwatch.library.ports import Indexer
from dogwatch.testing.app import CONFIG, Nvr, nvr

FACTS: dict[str, Any] = {
    "container": "mp4",
    "duration": 10.0,
    "width": 640,
    "height": 360,
    "rotation": 0,
    "fps": 30.0,
    "fps_num": 30,
    "fps_den": 1,
    "vfr": False,
    "total_frames": 300,
    "video": {"codec": "h264", "profile": "High", "pix_fmt": "yuv420p", "has_b_frames": True},
    "audio": {"codec": "aac", "sample_rate": 48000, "channels": 2},
}
MARK = b"video"


class FixedIndexer:
    """Takes what begins with `MARK` for a video with the facts `FACTS`, and nothing else."""

    def index(self, source: Path, folder: Path) -> dict[str, Any]:  # noqa: ARG002 - the protocol's
        """Look at the first bytes.

        Raises:
            FileError: 415; they are others.
        """
        with source.open("rb") as file:
            if file.read(len(MARK)) != MARK:
                raise FileError(415, "not_a_video", "The file has no video that can be decoded")
        return FACTS


@contextmanager
def files_nvr(
    directory: Path,
    files: str = "",
    text: str = CONFIG,
    clock: Callable[[], float] = time.time,
    indexer: Indexer | None = None,
) -> Iterator[Nvr]:
    """Build an app whose configuration has `roots` in `directory`, and more keys of `files` if given.

    `indexer` looks at files; None for a `FixedIndexer`.
    """
    (directory / "roots").mkdir(exist_ok=True)
    section = f"\nfiles: {{roots: ['{directory / 'roots'}']{', ' + files if files else ''}}}\n"
    with nvr(directory, text + section, clock=clock, indexer=indexer or FixedIndexer()) as made:
        yield made
