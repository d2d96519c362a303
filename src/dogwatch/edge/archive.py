"""The edge camera's archive: lists its files, counts them, finds the one that a client means, and deletes.

Whoever writes a recording holds it first (`hold`): it is neither listed nor deleted until it is finished.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dogwatch.edge import archive_files
from dogwatch.edge.archive_files import META, SPRITE, THUMBNAIL, ArchivedFile, Kind
from dogwatch.edge.files import inside, iso
from dogwatch.edge.since import parse_since
from dogwatch.errors import EdgeError

Publish = Callable[[str, Mapping[str, Any]], None]

LONGEST_META = 64 << 10
MOST_METAS = 20_000
NS_PER_US = 1000
LATEST_S = 253_402_300_799.0  # the end of the year 9999: a file may have any time


class Archive:
    """The files in the save directory. For any thread."""

    def __init__(self, folder: Callable[[], Path], publish: Publish) -> None:
        """Keep files in the directory that `folder` returns, and tell of changes with `publish`."""
        self._folder, self._publish = folder, publish
        self._held: set[Path] = set()
        self._lock = threading.Lock()
        self._metas: dict[Path, tuple[tuple[int, int], Mapping[str, Any] | None]] = {}

    @property
    def folder(self) -> Path:
        """The save directory, whether it is there or not."""
        return self._folder()

    @property
    def timelapses(self) -> Path:
        """Where timelapse videos and the frames of days lie."""
        return self.folder / archive_files.TIMELAPSE_FOLDER

    def hold(self, path: Path) -> None:
        """Keep the recording at `path` from being listed and deleted while it is written."""
        with self._lock:
            self._held.add(path.resolve())

    def release(self, path: Path) -> None:
        """Let go of the recording at `path`, of which nothing has become."""
        with self._lock:
            self._held.discard(path.resolve())

    def finished(self, path: Path, kind: Kind) -> None:
        """Tell that the new file at `path` is in place."""
        self.release(path)
        self._publish("archive_updated", {"path": str(path), "type": kind})

    def is_held(self, path: Path) -> bool:
        """Whether the file at `path` is being written."""
        with self._lock:
            return path in self._held

    def files(self, *kinds: Kind) -> list[ArchivedFile]:
        """Return the finished files of these kinds, newest first."""
        with self._lock:
            held = set(self._held)
        found = archive_files.scan(self.folder)
        return sorted(
            (one for one in found if one.kind in kinds and one.path not in held and _is_text(one.path)),
            key=lambda one: one.age_key,
            reverse=True,
        )

    def count_since(self, text: str | None) -> int:
        """Count the files whose time is after that which a client has written; 0 if it cannot be understood."""
        since = parse_since(text)
        if since is None:
            return 0
        # Clients know times of files in microseconds.
        return sum(one.mtime_ns // NS_PER_US > since for one in self.files("recording", "snapshot", "timelapse"))

    def find(self, text: str, pattern: str, folder: Path | None = None) -> Path:
        """Return the file that a client wants to read, in `folder` or the save directory.

        Raises:
            EdgeError: 404; there is none, or it may not have it.
        """
        found = _visible(folder or self.folder, text, pattern)
        if found is None or not _is_file(found):
            raise EdgeError(404, "not_found", "File not found")
        return found

    def find_sidecar(
        self, text: str, suffix: str, pattern: str = archive_files.VIDEO, folder: Path | None = None
    ) -> Path:
        """Return the sidecar with this ending of the video that a client names, by its name or the sidecar's.

        Raises:
            EdgeError: 404; there is none, or it may not have it.
        """
        folder = folder or self.folder
        found = _visible(folder, text.removesuffix(suffix) + ".mp4" if text.endswith(suffix) else text, pattern)
        if found is None:
            raise EdgeError(404, "not_found", "File not found")
        return self.find(str(archive_files.sidecar(found, suffix)), ".+" + re.escape(suffix), folder)

    def delete(self, text: str, pattern: str, kind: Kind | None = None, *, directly_in: Path | None = None) -> None:
        """Delete the file that a client names, with its sidecars, and tell of it.

        Args:
            text: What the client has written.
            pattern: Which names it may have.
            kind: What it is; by default what a video is by its place.
            directly_in: The directory that holds it; by default the save directory, or one below that.

        Raises:
            EdgeError: 400, it is no such file of the archive; 404, there is none; 409, it is being written.
            OSError: It cannot be deleted.
        """
        found = _visible(directly_in or self.folder, text, pattern)
        if found is None or (directly_in is not None and found.parent != directly_in.resolve()):
            raise EdgeError(400, "bad_path", "This is no such file of the archive")
        if self.is_held(found):
            raise EdgeError(409, "in_use", "The file is being recorded")
        if not _is_file(found):
            raise EdgeError(404, "not_found", "File not found")
        in_timelapses = found.parent == self.timelapses.resolve()
        try:
            self.remove(found, kind or ("timelapse" if in_timelapses else "recording"))
        except FileNotFoundError:
            raise EdgeError(404, "not_found", "File not found") from None  # another client was quicker

    def remove(self, path: Path, kind: Kind) -> int:
        """Delete a file, a video with its sidecars, tell of it, and return how many bytes that has freed.

        Raises:
            OSError: It cannot be deleted, or is no longer there.
        """
        freed = archive_files.delete_file(path)
        self._publish("archive_removed", {"path": str(path), "type": kind})
        return freed

    def row(self, file: ArchivedFile) -> dict[str, Any]:
        """Return what lists tell of every file."""
        mtime_s = min(max(file.mtime_ns // NS_PER_US / 1e6, 0.0), LATEST_S)
        return {"path": str(file.path), "size": file.size, "mtime": iso(mtime_s)}

    def recordings(self) -> list[dict[str, Any]]:
        """Return the answer of `GET /archive`."""
        return [self.row(file) | _beside(file) | _given(meta=self.meta(file)) for file in self.files("recording")]

    def meta(self, file: ArchivedFile) -> Mapping[str, Any] | None:
        """Return what a video's meta file says, None if it says nothing; it is read once, as long as it stays."""
        path = file.sidecar(META)
        try:
            status = path.stat() if path is not None else None
        except OSError:
            status = None
        if path is None or status is None or status.st_size > LONGEST_META:
            return None
        state = status.st_mtime_ns, status.st_size
        kept = self._metas.get(path)
        if kept is None or kept[0] != state:
            if len(self._metas) >= MOST_METAS:
                self._metas.clear()
            kept = self._metas[path] = (state, _meta(path))
        return kept[1]


def _beside(file: ArchivedFile) -> dict[str, str]:
    paths = {"thumbnail": file.sidecar(THUMBNAIL), "sprite": file.sidecar(SPRITE)}
    return {name: str(path) for name, path in paths.items() if path is not None}


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _meta(path: Path) -> Mapping[str, Any] | None:
    try:
        found = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _visible(root: Path, text: str, pattern: str) -> Path | None:
    """Return what `inside` does, but nothing that begins with a dot or lies in a directory that does."""
    found = inside(root, text, pattern)
    if found is None or any(part.startswith(".") for part in found.relative_to(root.resolve()).parts):
        return None
    return found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # no file can have such a name
        return False


def _is_text(path: Path) -> bool:
    """Whether an answer can hold a path: names of files may be any bytes."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
