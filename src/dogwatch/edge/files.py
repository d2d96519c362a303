"""Files of the edge camera: state in JSON, names that are free, and paths that may not leave their directory."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import msgspec

from dogwatch.volume import sync_directory

LONGEST_PATH = 4096


def write(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Put `data` in the place of the file at `path`, whole or not at all; its directory is made if need be.

    Raises:
        OSError: It cannot be written; the old file is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
        sync_directory(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


class StateFile:
    """A file of JSON. All state files of an edge camera share one lock: hold it to read, change and write."""

    def __init__(self, path: Path, lock: threading.RLock) -> None:
        """Keep state at `path`."""
        self.path, self.lock = path, lock

    def read(self) -> Any:
        """Return what the file holds; None if there is none.

        Raises:
            OSError: It cannot be read.
            ValueError: It is no JSON.
        """
        try:
            return msgspec.json.decode(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, RecursionError) as error:
            raise ValueError(f"{self.path} is no JSON: {error}") from error

    def write(self, value: Any) -> None:
        """Replace what the file holds.

        Raises:
            OSError: It cannot be written; the old file is as it was.
        """
        with self.lock:
            write(self.path, msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def inside(root: Path, text: str, pattern: str = r".*") -> Path | None:
    """Return the file that a client means by `text`, an absolute path or one below `root`; None if it may not have it.

    Links are followed; where they lead must lie below `root`, and the name must match `pattern` as a whole. Whether
    there is such a file does not matter.
    """
    if not text or len(text) > LONGEST_PATH or "\0" in text:
        return None
    try:
        real_root = root.resolve()
        found = (real_root / text).resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links; what is no text of the file system
        return None
    if real_root not in found.parents or not re.fullmatch(pattern, found.name):
        return None
    return found


def names(folder: Path, stem: str, suffix: str) -> Iterator[Path]:
    """Yield `<stem><suffix>`, `<stem>_1<suffix>`, `<stem>_2<suffix>` and so on."""
    yield folder / f"{stem}{suffix}"
    number = 1
    while True:
        yield folder / f"{stem}_{number}{suffix}"
        number += 1


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    """Return the first of `names` that no file has.

    Two files due in the same second would get the same: who calls this holds a lock until the file is there.
    """
    return next(path for path in names(folder, stem, suffix) if not path.exists())


def local(time_s: float, zone: tzinfo | None = None) -> datetime:
    """Return the device's local time, in which file names and log lines are written; `zone` is for tests."""
    return datetime.fromtimestamp(time_s, UTC).astimezone(zone)


def iso(time_s: float) -> str:
    """Return a time as answers have it: UTC, with microseconds and offset."""
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="microseconds")
