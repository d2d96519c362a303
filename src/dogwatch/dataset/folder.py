"""The directory of the dataset. Safe to use from any thread, and from several programs."""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import get_ident

import msgspec

from dogwatch.dataset.labelled_picture import LabelledPicture, is_name
from dogwatch.errors import RefusedError
from dogwatch.volume import sync_directory

log = logging.getLogger(__name__)


def free_bytes(path: Path) -> int:
    """Return how many bytes this user may still write to the disk that `path` is on."""
    stat = os.statvfs(path)
    return stat.f_bavail * stat.f_frsize


class Dataset:
    """The pictures below one directory, such as `dataset` in the data directory; it is made with the first picture."""

    def __init__(self, root: Path, free: Callable[[Path], int] = free_bytes) -> None:
        """Use `root`; `free` tells how much room its disk has."""
        self.root, self._free = root, free

    def picture(self, sample: LabelledPicture) -> Path:
        """Return where a picture lies."""
        return self.root / "images" / sample.camera / f"{sample.id}.jpg"

    def add(self, sample: LabelledPicture, jpeg: bytes, floor_bytes: int = 0) -> None:
        """Write a picture and its description, in place of those with the same camera and id.

        Raises:
            RefusedError: The camera or the id cannot be the name of a file.
            OSError: They cannot be written, or less than `floor_bytes` would stay free.
        """
        if not (is_name(sample.camera) and is_name(sample.id)):
            raise RefusedError(f"A picture of the dataset cannot be called {sample.camera}/{sample.id}")
        _make(self.root)
        if self._free(self.root) < floor_bytes + len(jpeg):
            raise OSError(errno.ENOSPC, "the picture would fill the disk beyond its limit", str(self.root))
        _write(self.picture(sample), jpeg)
        self.describe(sample)

    def describe(self, sample: LabelledPicture) -> None:
        """Write the description of a picture that is there.

        Raises:
            OSError: It cannot be written; the old one is still there.
        """
        _write(self._description(sample.camera, sample.id), msgspec.json.encode(sample))

    def find(self, camera: str, sample_id: str) -> LabelledPicture | None:
        """Return the description of a picture; None if there is no such picture, or its description is damaged."""
        if not (is_name(camera) and is_name(sample_id)):
            return None
        return _read(self._description(camera, sample_id))

    def count(self, camera: str) -> int:
        """Return how many pictures of a camera there are."""
        return len(_entries(self.root / "images" / camera)) if is_name(camera) else 0

    def samples(self, camera: str | None = None) -> Iterator[LabelledPicture]:
        """Yield all pictures, or those of a camera, by camera and id; those that cannot be read are logged."""
        top = self.root / "annotations"
        for folder in [top / camera] if camera is not None else sorted(_entries(top)):
            for path in sorted(_entries(folder)):
                if path.suffix == ".json" and not path.name.startswith("."):
                    sample = _read(path)
                    if sample is not None and self.picture(sample).is_file():
                        yield sample

    def remove(self, sample: LabelledPicture) -> None:
        """Delete a picture.

        Raises:
            OSError: It cannot be deleted.
        """
        for path in (self._description(sample.camera, sample.id), self.picture(sample)):
            path.unlink(missing_ok=True)

    def remove_camera(self, camera: str) -> int:
        """Delete all pictures of a camera; return how many there were.

        Raises:
            OSError: They cannot all be deleted.
        """
        if not is_name(camera):
            return 0
        count = self.count(camera)
        for kind in ("images", "annotations"):
            folder = self.root / kind / camera
            if folder.exists():
                shutil.rmtree(folder)
        return count

    def _description(self, camera: str, sample_id: str) -> Path:
        return self.root / "annotations" / camera / f"{sample_id}.json"


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _read(path: Path) -> LabelledPicture | None:
    try:
        sample = msgspec.json.decode(path.read_bytes(), type=LabelledPicture)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        log.warning("a description in the dataset cannot be read: %s: %s", path, error)
        return None
    if (sample.camera, sample.id) != (path.parent.name, path.stem):
        log.warning("a description in the dataset is of another picture: %s", path)
        return None
    return sample


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_directory(folder.parent)


def _write(path: Path, data: bytes) -> None:
    """Write a file so that a reader, also after a power cut, finds the old one or the whole new one."""
    _make(path.parent)
    part = path.with_name(f".{path.name}.{os.getpid()}.{get_ident()}")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)
