"""Writes a configuration file whole or not at all, also where it is a mount point and cannot be replaced.

A container often has its configuration as a single mounted file. Nothing can be renamed to it (EBUSY), so it is
overwritten in place. Meanwhile it begins with a NUL, which no configuration may hold, and the new text lies whole
beside it: whoever reads a file that begins with NUL gets that text instead, and the next start writes it again.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path

from dogwatch.volume import sync_directory

UNFINISHED = b"\0"


def write(path: Path, text: str) -> None:
    """Put `text` in the place of the file at `path`, whole or not at all.

    Mode, owner and access control list stay, and a link goes on pointing where it does.

    Raises:
        OSError: It cannot be written; the old file is as it was.
    """
    target = Path(os.path.realpath(path))
    fresh = target.with_name(f".{target.name}.new")
    fresh.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            replaceable = not target.exists() or _take_after(fresh, out.fileno(), target)
            out.write(text.encode())
            out.flush()
            os.fsync(out.fileno())
        if replaceable and _replaced(fresh, target):
            sync_directory(target.parent)
        else:
            _overwrite(target, fresh)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def whole(path: Path, data: bytes) -> bytes:
    """Return what the file at `path`, which holds `data`, should hold: another text if writing it was interrupted."""
    if data[:1] == UNFINISHED:
        with contextlib.suppress(OSError):
            return _kept(Path(os.path.realpath(path))).read_bytes()
    return data


def finish(path: Path) -> None:
    """Finish writing the file at `path` if that was interrupted.

    Raises:
        OSError: It cannot be written.
    """
    target = Path(os.path.realpath(path))
    kept = _kept(target)
    if not kept.is_file() or not target.is_file():
        return
    if target.read_bytes()[:1] == UNFINISHED:
        _put(target, kept.read_bytes())
    kept.unlink()


def _kept(target: Path) -> Path:
    return target.with_name(f".{target.name}.saved")


def _take_after(fresh: Path, descriptor: int, target: Path) -> bool:
    """Give the new file the owner and mode of the old one; return False if that is not allowed."""
    found, own = target.stat(), os.fstat(descriptor)
    try:
        if (found.st_uid, found.st_gid) != (own.st_uid, own.st_gid):
            os.fchown(descriptor, found.st_uid, found.st_gid)
        shutil.copystat(target, fresh)
    except PermissionError:
        return False
    return True


def _replaced(fresh: Path, target: Path) -> bool:
    try:
        fresh.replace(target)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        return False
    return True


def _overwrite(target: Path, fresh: Path) -> None:
    """Write what `fresh` holds into the file that is at `target`; if that fails, what was there before."""
    if target.stat().st_nlink == 0:
        raise OSError(errno.ESTALE, "it was replaced outside of this container, which has to be started again")
    # What an interrupted change has left beside the file counts as its text, and is about to be replaced.
    old, new, kept = whole(target, target.read_bytes()), fresh.read_bytes(), _kept(target)
    fresh.replace(kept)
    try:
        kept.chmod(0o600)
        sync_directory(target.parent)
        _put(target, new)
    except OSError:
        if target.read_bytes() != old:
            _put(target, old)  # if this fails too, what is kept counts
        kept.unlink()
        raise
    kept.unlink()


def _put(target: Path, data: bytes) -> None:
    with target.open("r+b") as out:

        def written() -> None:
            out.flush()
            os.fsync(out.fileno())

        out.write(UNFINISHED)
        written()
        out.write(data[1:])
        out.truncate(len(data))
        written()
        out.seek(0)
        out.write(data[:1])
        written()
