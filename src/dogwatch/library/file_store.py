"""Where the bytes of video files lie, and whether there is room for more.

`<root>/<first two digits>/<uuid>/` holds `source.<extension>`, `file.json` (who owns it and what it is called), and
what a file worker has found. `<root>/incoming/<uuid>` is an upload that is not complete, `<root>/cache/` what was made
of files and may go at any time.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from dogwatch.errors import FileError
from dogwatch.store.video_files import VideoFile
from dogwatch.volume import sync_directory

UUID = re.compile(r"[0-9a-f]{32}")
SHARE_OF_DISK = 5
"""The part of the disk that stored files may take, if the configuration does not say: a fifth."""


class FileLabel(msgspec.Struct, frozen=True):
    """What `file.json` holds: enough to know the file again when the database has been lost."""

    owner: str
    name: str
    extension: str
    original: str | None
    camera: str | None
    content_hash: str | None
    created_at: float


@dataclass(frozen=True, slots=True)
class StoreLimits:
    """`floor_bytes` stay free on the disk; stored files take at most `total_bytes`, None for a part of the disk."""

    floor_bytes: int
    total_bytes: int | None
    file_bytes: int


class FileStore:
    """The directory of video files. For any thread."""

    def __init__(self, root: Path, limits: StoreLimits, present: Callable[[], None] = lambda: None) -> None:
        """Use `root`; `present` raises an `OSError` while its disk is missing."""
        self.root, self.limits, self.present = root, limits, present

    @property
    def cache(self) -> Path:
        """The directory of renditions and thumbnails."""
        return self.root / "cache"

    def folder(self, uuid: str) -> Path:
        """Return the folder of a file."""
        return self.root / uuid[:2] / uuid

    def incoming(self, uuid: str) -> Path:
        """Return where the bytes of an upload arrive."""
        return self.root / "incoming" / uuid

    def source(self, file: VideoFile) -> Path:
        """Return where the bytes of a file are."""
        return Path(file.original) if file.original else self.folder(file.uuid) / f"source.{file.extension}"

    def make_room(self, more: int, stored: int) -> int:
        """Check that `more` bytes may be written, when the files that there are take `stored`; return how many may.

        Raises:
            FileError: 413; that is more than one file may have. 507; there is no room.
            OSError: The disk is missing.
        """
        if more > self.limits.file_bytes:
            raise FileError(413, "file_too_large", f"A file may have at most {self.limits.file_bytes} bytes")
        self.present()
        self.root.mkdir(parents=True, exist_ok=True)
        disk = shutil.disk_usage(self.root)
        total = disk.total // SHARE_OF_DISK if self.limits.total_bytes is None else self.limits.total_bytes
        if stored + more > total:
            raise FileError(507, "no_space", "The files together would be larger than files.max_total_mb allows")
        if disk.free - more < self.limits.floor_bytes:
            raise FileError(507, "no_space", "There is not enough room on the disk")
        return min(total - stored, disk.free - self.limits.floor_bytes)

    def take_in(self, file: VideoFile) -> None:
        """Move a complete upload into the folder of `file`, so that it survives a power cut.

        Raises:
            OSError: The disk fails.
        """
        self.label(file)
        self.incoming(file.uuid).rename(self.source(file))
        sync_directory(self.folder(file.uuid))

    def label(self, file: VideoFile) -> None:
        """Make the folder of a file with its `file.json`.

        Raises:
            OSError: The disk is missing, full or fails.
        """
        self.present()
        folder = self.folder(file.uuid)
        folder.mkdir(parents=True, exist_ok=True)
        names = FileLabel.__struct_fields__
        written = folder / "file.json.new"
        with written.open("wb") as out:
            out.write(msgspec.json.encode(FileLabel(**{name: getattr(file, name) for name in names})))
            out.flush()
            os.fsync(out.fileno())
        written.rename(folder / "file.json")

    def read_label(self, uuid: str) -> FileLabel | None:
        """Return what `file.json` holds; None if there is none, or it cannot be understood."""
        try:
            return msgspec.json.decode((self.folder(uuid) / "file.json").read_bytes(), type=FileLabel)
        except (OSError, msgspec.MsgspecError):
            return None

    def remove(self, uuid: str) -> None:
        """Remove a file's folder, and what has arrived of it; never a registered original.

        Raises:
            OSError: The disk is missing, or fails.
        """
        self.present()
        self.incoming(uuid).unlink(missing_ok=True)
        folder = self.folder(uuid)
        if folder.exists():
            shutil.rmtree(folder)

    def folders(self) -> Iterator[str]:
        """Yield the files that have a folder.

        Raises:
            OSError: The disk is missing, or fails.
        """
        self.present()
        for directory in self.root.glob("[0-9a-f][0-9a-f]"):
            yield from (one.name for one in directory.iterdir() if UUID.fullmatch(one.name))

    def arrivals(self) -> Iterator[Path]:
        """Yield what has arrived of uploads that are not complete."""
        directory = self.root / "incoming"
        if directory.is_dir():
            yield from directory.iterdir()
