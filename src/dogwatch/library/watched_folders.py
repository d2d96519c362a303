"""Looks for new films in folders, as FTP servers and memory cards bring them, and has each placed once.

A film is complete when its size and time have not changed between two looks. What was taken is noted in a file by
size and time, a line for each film; a film that is lost from there is refused later, because there are recordings of
its time.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from dogwatch.jobs.runner import QueueFullError

LOOK_S = 15.0
SUFFIXES = frozenset(
    ".mp4 .m4v .mov .mkv .webm .avi .ts .mts .m2ts .3gp .flv .mpg .mpeg .wmv .asf .dav .h264 .h265".split()  # noqa: SIM905
)
MOST_FILES = 50_000  # of one folder
DEPTH = 6
_log = logging.getLogger(__name__)
State = tuple[int, int]
"""Size in bytes, and time of the last change in ns."""
Submit = Callable[[str, dict[str, Any]], object]
"""Queues a job for a camera; see `placing_request.new_job` for its parameters."""


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """A folder, and the camera whose past its films become."""

    path: Path
    camera: str


class WatchedFolders:
    """All watched folders. `tick` waits for the disk and the database."""

    def __init__(self, notes: Path, submit: Submit, folders: Sequence[WatchedFolder] = ()) -> None:
        """Note in the file `notes` which films were taken, and have them placed by `submit`."""
        self._notes, self._submit = notes, submit
        self._folders = tuple(folders)
        self._seen: dict[str, State] = {}
        self._taken: dict[str, State] | None = None

    def configure(self, folders: Sequence[WatchedFolder]) -> None:
        """Watch these folders from now on."""
        self._folders = tuple(folders)

    def tick(self) -> None:
        """Look at all folders; call it every `LOOK_S`.

        Raises:
            OSError: What was taken cannot be noted.
        """
        if not self._folders:
            return
        if self._taken is None:
            self._taken = self._read()
        before, self._seen = self._seen, {}
        try:
            for folder in self._folders:
                self._look(folder, before, self._taken)
        except QueueFullError:
            return  # the rest waits for the next look

    def _look(self, folder: WatchedFolder, before: dict[str, State], taken: dict[str, State]) -> None:
        if not folder.path.is_dir():  # its disk may be away: what was taken stays known
            return
        found = dict(_films(folder.path))
        self._seen |= found
        fresh = [path for path, state in found.items() if taken.get(path) != state and before.get(path) == state]
        for path in sorted(fresh, key=lambda path: Path(path).name):  # as they were taken, as a rule
            self._submit(folder.camera, {"path": path, "at": None, "timezone": None, "cut": True})
            _log.info("%s: placing %s", folder.camera, path)
            taken[path] = found[path]
            self._add({path: found[path]})
        inside = f"{folder.path}{os.sep}"
        gone = [path for path in taken if path.startswith(inside) and path not in found]
        for path in gone:
            del taken[path]
        if gone:
            self._write(taken)

    def _read(self) -> dict[str, State]:
        """Return what is noted; of a line that was cut off, nothing."""
        try:
            data = self._notes.read_bytes()
        except FileNotFoundError:
            return {}
        taken: dict[str, State] = {}
        lines, damaged = data.splitlines(), 0
        for line in lines:
            try:
                taken |= msgspec.json.decode(line, type=dict[str, State])
            except (msgspec.MsgspecError, UnicodeDecodeError):
                damaged += 1
        if damaged:
            _log.warning("%s is damaged; some films of watched folders are looked at again", self._notes)
        if damaged or len(lines) > len(taken) or not data.endswith(b"\n"):
            self._write(taken)
        return taken

    def _add(self, taken: dict[str, State]) -> None:
        """Append to the notes: to write all of them for each film takes ever longer."""
        self._notes.parent.mkdir(parents=True, exist_ok=True)
        with self._notes.open("ab") as notes:
            notes.write(_lines(taken))

    def _write(self, taken: dict[str, State]) -> None:
        part = self._notes.with_name(f".{self._notes.name}")
        self._notes.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(_lines(taken))
        part.replace(self._notes)


def _lines(taken: dict[str, State]) -> bytes:
    return b"".join(msgspec.json.encode({path: state}) + b"\n" for path, state in taken.items())


def _films(folder: Path) -> Iterator[tuple[str, State]]:
    """Yield the films below a folder; links are not followed, and hidden files are unfinished ones."""
    count = 0
    for place, names, files in os.walk(folder):
        if len(Path(place).relative_to(folder).parts) >= DEPTH:
            names.clear()
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            path = Path(place) / name
            if name.startswith(".") or path.suffix.lower() not in SUFFIXES:
                continue
            with suppress(OSError):
                stat = path.lstat()
                if path.is_symlink() or not stat.st_size:
                    continue
                count += 1
                yield str(path), (stat.st_size, stat.st_mtime_ns)
            if count >= MOST_FILES:
                return
