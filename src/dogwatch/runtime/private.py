"""Makes the files of Dogwatch private to the user that it runs as.

New files are private because of the umask, which `strict_umask` sets for this process and its workers. A directory's
default ACL overrides the umask: with it, users can give a group access. At the start, modes that are too open are
tightened: of the data directory, of those directly below it, which protect everything deeper, and of files with
secrets.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

DIRECTORIES = ("recordings", "clips", "exports", "logs", "secrets", "backups", "edge", "tries")
FILLED = ("logs", "secrets", "backups")  # their files are few, and tightened one by one
PATTERNS = ("config.yml", "config.yaml", ".config.yml*", "dogwatch.db*", ".lock")
OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ACL = "system.posix_acl_access"


def strict_umask() -> None:
    """Make new files of this process and its children private to their owner."""
    os.umask(OTHERS)


def tighten(data: Path, database: Path | None = None) -> list[str]:
    """Remove other users' access to the files below `data`, and to `database` if that is elsewhere.

    Links are not followed (but `data` may be one), and files of other users are not changed. With an ACL, only users
    that it does not name lose access.

    Returns:
        A line for everything that others can still access.
    """
    said = list(_tighten(data.resolve(), top=True))
    for name in DIRECTORIES:
        said += _tighten(data / name)
    for path in _files(data):
        said += _tighten(path)
    if database is not None:
        for suffix in ("", "-wal", "-shm", "-journal"):
            said += _tighten(database.with_name(database.name + suffix))
    return said


def _files(data: Path) -> Iterator[Path]:
    for pattern in PATTERNS:
        yield from data.glob(pattern)
    for name in FILLED:
        folder = data / name
        if not folder.is_symlink():
            yield from folder.glob("*")


def _tighten(path: Path, *, top: bool = False) -> Iterator[str]:
    """Tighten one file or directory, or yield why that fails; the `top` may be a directory shared with other users."""
    try:
        found = path.lstat()
    except OSError:
        return
    if stat.S_ISLNK(found.st_mode):
        with contextlib.suppress(OSError):
            if (mode := path.stat().st_mode) & OTHERS:
                yield f"{path} is a link to what others can get at ({_text(mode)})"
        return
    if not found.st_mode & OTHERS or not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        return
    if top and found.st_mode & stat.S_ISVTX:
        yield f"{path} is a directory for all users ({_text(found.st_mode)})"
    elif found.st_uid != os.geteuid():
        yield f"{path} belongs to another user, and others can get at it ({_text(found.st_mode)})"
    else:
        try:
            _shut(path)
        except OSError as error:
            yield f"{path} is open to others ({_text(found.st_mode)}): {error.strerror}"


def _shut(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = stat.S_IMODE(os.fstat(opened).st_mode)
        # With an ACL, the group's bits are the mask of all its entries.
        os.fchmod(opened, mode & ~(stat.S_IRWXO if _has_acl(opened) else OTHERS))
    finally:
        os.close(opened)


def _has_acl(opened: int) -> bool:
    if not hasattr(os, "getxattr"):
        return False
    try:
        return bool(os.getxattr(opened, _ACL))
    except OSError:
        return False


def _text(mode: int) -> str:
    return f"mode {stat.S_IMODE(mode):04o}"
