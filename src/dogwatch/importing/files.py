"""Brings single files over: as hard links, or as copies, which share their blocks where the file system can do that."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal

from dogwatch.errors import DogwatchError
from dogwatch.importing.layout import LeftOutError, MissingFileError
from dogwatch.volume import sync_directory

Way = Literal["link", "copy"]
FICLONE = 0x40049409  # linux/fs.h
_HINTS = {
    errno.EXDEV: "they are on different file systems",
    errno.EPERM: "this user may not link these files, which belong to another, or the file system has no hard links",
    errno.EACCES: "this user may not read or link these files",
    errno.EMLINK: "a file has as many links as its file system allows",
}


class FileCarrier:
    """Brings files from below one directory to below another."""

    def __init__(self, source: Path, target: Path, way: Way, *, dry: bool = False) -> None:
        """Bring files of `source`, a real path, to `target`; a `dry` run only looks at them."""
        self.source, self.target, self.way, self.dry = source, target, way, dry
        self._inside = lru_cache(maxsize=4096)(self._folder_inside)
        self._made: set[str] = set()
        self._from, self._to = str(source), str(target)

    def check(self, kinds: Collection[str], floor_bytes: int) -> None:
        """Make sure that files of these kinds (`recordings`, `clips`, `exports`) can be brought this way.

        Raises:
            DogwatchError: They cannot: it says why, and what to do.
        """
        sample = _first_file(self.source, kinds)
        if sample is None:
            return
        if self.way == "link":
            self._check_links(sample)
        elif not self._can_clone(sample):
            self._check_room(kinds, floor_bytes)

    def stat(self, relative: str) -> os.stat_result:
        """Return what is known of a file of the source.

        Raises:
            LeftOutError: It is not there, no ordinary file, or not really below the source.
        """
        if not self._inside(relative.rpartition("/")[0]):
            raise LeftOutError("its path leads out of the media directory")
        try:
            found = os.lstat(f"{self._from}/{relative}")
        except (FileNotFoundError, NotADirectoryError):
            raise MissingFileError("its file is not there") from None
        except OSError as error:
            raise LeftOutError(f"its file cannot be read: {error.strerror}") from None
        if not stat.S_ISREG(found.st_mode):
            raise LeftOutError("its file is no ordinary file")
        return found

    def bring(self, relative: str, name: str = "", found: os.stat_result | None = None) -> bool:
        """Bring a file over, to the relative path `name` if given; return False if it was there already.

        `found` is what is known of it, if it has been looked at.

        Raises:
            LeftOutError: It cannot be brought, or another file is there.
        """
        found, goal = found or self.stat(relative), f"{self._to}/{name or relative}"
        if self.dry:
            return True
        try:
            self._make(goal.rpartition("/")[0])
            if self.way == "link":
                os.link(f"{self._from}/{relative}", goal, follow_symlinks=False)
            else:
                self._copy(self.source / relative, Path(goal), found)
        except FileExistsError:
            return self._is_there(goal, found)
        except OSError as error:
            raise LeftOutError(f"its file cannot be brought: {_HINTS.get(error.errno or 0, error.strerror)}") from error
        return True

    def _is_there(self, goal: str, found: os.stat_result) -> bool:
        there = os.stat(goal)  # noqa: PTH116 - of a million files: a `Path` of each takes as long as the rest
        linked = (there.st_dev, there.st_ino) == (found.st_dev, found.st_ino)
        if linked or (there.st_size, int(there.st_mtime)) == (found.st_size, int(found.st_mtime)):
            return False
        raise LeftOutError("another file is in its place")

    def _make(self, folder: str) -> None:
        if folder not in self._made:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self._made.add(folder)

    def _copy(self, origin: Path, goal: Path, found: os.stat_result) -> None:
        """Copy a file so that it is there whole or not at all."""
        if goal.exists():
            raise FileExistsError
        part = goal.with_name(f".{goal.name}.part")
        try:
            with origin.open("rb") as source, part.open("wb") as out:
                if not _clone(source.fileno(), out.fileno()):
                    shutil.copyfileobj(source, out, 1 << 20)
                out.flush()
                os.fdatasync(out.fileno())
            os.utime(part, ns=(found.st_atime_ns, found.st_mtime_ns))
            part.rename(goal)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def sync(self) -> None:
        """Make sure that the new names outlive a power cut."""
        for folder in self._made:
            with contextlib.suppress(OSError):
                sync_directory(Path(folder))

    def _folder_inside(self, folder: str) -> bool:
        real = Path(os.path.realpath(self.source / folder))
        return real == self.source or self.source in real.parents

    def _check_links(self, sample: Path) -> None:
        probe = self.target / f".import-{os.getpid()}"
        try:
            os.link(sample, probe, follow_symlinks=False)
            probe.unlink()
        except OSError as error:
            why = _HINTS.get(error.errno or 0, error.strerror or str(error))
            raise DogwatchError(
                f"files of {self.source} cannot be linked into {self.target}: {why}. `--footage copy` copies them, "
                "which needs as much space again; `--footage none` leaves the recordings where they are."
            ) from error

    def _check_room(self, kinds: Collection[str], floor_bytes: int) -> None:
        needed, free = self._missing_bytes(kinds), shutil.disk_usage(self.target).free
        if needed + floor_bytes > free:
            raise DogwatchError(
                f"there is not enough space in {self.target}: {needed / 1e9:.1f} GB are to be copied, {free / 1e9:.1f} "
                f"GB are free, and {floor_bytes / 1e9:.1f} GB must stay free (record.space.floor). `--footage link` "
                "needs no space on the same file system."
            )

    def _can_clone(self, sample: Path) -> bool:
        probe = self.target / f".import-{os.getpid()}"
        try:
            with sample.open("rb") as source, probe.open("wb") as out:
                return _clone(source.fileno(), out.fileno())
        except OSError:
            return False
        finally:
            probe.unlink(missing_ok=True)

    def _missing_bytes(self, kinds: Collection[str]) -> int:
        """Return the size of all files that are not yet there."""
        total = 0
        for path in _files(self.source, kinds):
            size = path.lstat().st_size
            there = self.target / path.relative_to(self.source)
            with contextlib.suppress(OSError):
                size -= size if there.lstat().st_size == size else 0
            total += size
        return total


def _clone(source: int, out: int) -> bool:
    try:
        fcntl.ioctl(out, FICLONE, source)
    except OSError:
        return False
    return True


def _first_file(root: Path, kinds: Collection[str]) -> Path | None:
    return next((path for path in _files(root, kinds) if path.is_file() and not path.is_symlink()), None)


def _files(root: Path, kinds: Collection[str]) -> Iterator[Path]:
    for kind in kinds:
        for folder, _, names in os.walk(root / kind):
            yield from (Path(folder) / name for name in names)
