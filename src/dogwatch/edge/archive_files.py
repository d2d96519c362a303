"""The files that the edge camera keeps: which there are, by the names of docs/api/edge/archive.md.

Recordings and snapshots lie in the save directory and below it, timelapse videos in its `timelapse/`. A video's
sidecars lie beside it. Files and directories whose names begin with a dot are unfinished or somebody else's; links are
not followed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["recording", "snapshot", "timelapse"]

VIDEO = r"(?!\.)(?!.*\.tmp\.mp4\Z).+\.mp4"
"""Names of videos, as a regular expression; `.tmp.mp4` is a work file."""
SNAPSHOT = r"snapshot_.*\.jpg"
TIMELAPSE = r"timelapse_(?!.*\.tmp\.mp4\Z).+\.mp4"
TIMELAPSE_FOLDER = "timelapse"
THUMBNAIL, SPRITE, META, WORK = ".thumb.jpg", ".sprite.jpg", ".meta.json", ".tmp.mp4"
SIDECARS = (THUMBNAIL, SPRITE, META, WORK)


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """One finished file: a video with those of its sidecars that there are, or a snapshot."""

    path: Path
    kind: Kind
    size: int
    mtime_ns: int
    sidecars: frozenset[str] = frozenset()

    def sidecar(self, suffix: str) -> Path | None:
        """Return the sidecar with this ending; None if there is none."""
        return sidecar(self.path, suffix) if suffix in self.sidecars else None

    @property
    def age_key(self) -> tuple[int, str]:
        """Sorts the oldest first."""
        return self.mtime_ns, str(self.path)


def sidecar(video: Path, suffix: str) -> Path:
    """Return where a video's sidecar lies."""
    return video.with_name(video.name.removesuffix(".mp4") + suffix)


def is_video(name: str) -> bool:
    """Whether a file of this name is a video that is no work file."""
    return name.endswith(".mp4") and not name.startswith(".") and not name.endswith(WORK)


def scan(folder: Path) -> list[ArchivedFile]:
    """Return all videos and snapshots in the save directory `folder`, in no order; nothing if it cannot be read."""
    return list(_scan(folder.resolve()))


def _scan(root: Path) -> Iterator[ArchivedFile]:
    timelapses, waiting = root / TIMELAPSE_FOLDER, [root]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as found:
                entries = {entry.name: entry for entry in found if not entry.name.startswith(".")}
        except OSError:
            continue  # it has gone, or is not ours to read
        for name, entry in entries.items():
            with suppress(OSError):
                # Days that wait to be stitched have nothing of the archive.
                if folder != timelapses and entry.is_dir(follow_symlinks=False):
                    waiting.append(folder / name)
                elif kind := _kind(name, in_timelapses=folder == timelapses):
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode):
                        beside = _sidecars(name, entries) if kind != "snapshot" else frozenset()
                        yield ArchivedFile(folder / name, kind, status.st_size, status.st_mtime_ns, beside)


def _kind(name: str, *, in_timelapses: bool) -> Kind | None:
    if is_video(name):
        return "timelapse" if in_timelapses else "recording"
    return "snapshot" if name.startswith("snapshot_") and name.endswith(".jpg") and not in_timelapses else None


def _sidecars(name: str, entries: dict[str, os.DirEntry[str]]) -> frozenset[str]:
    stem = name.removesuffix(".mp4")
    return frozenset(
        suffix for suffix in SIDECARS if (entry := entries.get(stem + suffix)) and entry.is_file(follow_symlinks=False)
    )


def delete_file(path: Path) -> int:
    """Delete a video with all its sidecars, or a snapshot, and return how many bytes they had.

    The sidecars go first: whatever fails or cuts this off, none is left behind by its video.

    Raises:
        FileNotFoundError: There is no such file.
        OSError: It cannot be deleted.
    """
    freed = path.lstat().st_size
    if is_video(path.name):
        for suffix in SIDECARS:
            beside = sidecar(path, suffix)
            with suppress(FileNotFoundError, IsADirectoryError):
                size = beside.lstat().st_size
                beside.unlink()
                freed += size
    path.unlink()
    return freed
