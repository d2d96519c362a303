"""Writes one file of fragmented MP4, fragment by fragment; when writing fails, saves what is whole."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import av

from dogwatch.errors import MediaError, RecordingError
from dogwatch.media.fragments import SegmentIndex, scan
from dogwatch.media.packets import Tracks, Unit
from dogwatch.media.writer import FragmentWriter
from dogwatch.model import Segment
from dogwatch.volume import sync_directory

MAX_SAME_SECOND = 100  # files that begin in the same second


def segment_path(camera: str, start_time: float, number: int = 0) -> str:
    """Return `recordings/2026-04-01/12/front/30.22.mp4` (UTC), relative to the media root.

    Source: docs/api/recordings.md. A `number` above 0 makes it `30.22_1.mp4`, for files that begin in the same second.
    """
    at = datetime.fromtimestamp(start_time, UTC)
    suffix = f"_{number}" if number else ""
    return f"recordings/{at:%Y-%m-%d}/{at:%H}/{camera}/{at:%M.%S}{suffix}.mp4"


def written_segment(camera: str, path: str, index: SegmentIndex, dbfs: float | None) -> Segment:
    """Return the row of a segment that was written whole; `dbfs` is how loud it was, None without sound."""
    last = index.fragments[-1]
    return Segment(
        camera=camera,
        path=path,
        start_time=index.start_time,
        end_time=index.end_time,
        size_bytes=last.offset + last.size_bytes,
        init_id=index.init_id,
        fragments=index.fragments,
        has_audio=index.has_audio,
        dbfs=None if dbfs is None else round(dbfs, 2),
    )


class _DiskSink:
    """Writes to a file descriptor until the first error, which it raises once; after that it drops everything."""

    def __init__(self, fd: int) -> None:
        self.fd, self.size, self.failed = fd, 0, False

    def write(self, data: bytes) -> int:
        if self.failed:
            return len(data)  # libav still flushes when it closes: the file is cut to its last fragment anyway
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self.fd, rest) :]
        except OSError:
            self.failed = True
            raise
        self.size += len(data)
        return len(data)


class FragmentedFile:
    """A file that is being written; `kept` if `abandon` has left an unreadable file behind."""

    kept = False

    def __init__(self, file: Path, fd: int, first: Unit, tracks: Tracks, *, shift: float = 0.0) -> None:
        """Write the header of a file whose first unit is the keyframe `first`.

        Args:
            file: Where it lies.
            fd: The file, new and open for writing; it is closed here.
            first: The first unit.
            tracks: What will be written.
            shift: Seconds to subtract from all times.

        Raises:
            OSError: The header cannot be written; nothing is left behind.
            RecordingError: libav cannot write such a stream; nothing is left behind.
        """
        self.start_time = first.dts
        self.end_time = first.dts
        self.file = file
        self._sink = _DiskSink(fd)
        try:
            self._writer = FragmentWriter(self._sink, tracks, shift=shift)
            self._head_bytes = self._sink.size
            sync_directory(self.file.parent)
        except (OSError, av.error.FFmpegError, ValueError) as error:
            self._sink.failed = True
            os.close(fd)
            self.file.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise
            raise RecordingError(f"its stream cannot be written: {error}") from error

    @property
    def size_bytes(self) -> int:
        """Bytes on disk so far."""
        return self._sink.size

    def write(self, unit: Unit) -> None:
        """Add a unit.

        Raises:
            OSError: The disk is full or broken; call `abandon`.
            RecordingError: libav refuses the packet; call `abandon`.
        """
        try:
            self._writer.write(unit)
        except av.error.FFmpegError as error:
            raise RecordingError(f"a packet cannot be written: {error}") from error
        if unit.video:
            self.end_time = unit.dts

    def close(self, next_dts: float | None = None) -> SegmentIndex:
        """Write the last fragment, make the file durable and return its index.

        Args:
            next_dts: When the next segment begins (epoch s), if it follows at once.

        Raises:
            OSError: The end could not be written or read back; call `abandon`.
            RecordingError: libav refuses the last packet, or the file cannot be read back; call `abandon`.
        """
        try:
            self._writer.finish(next_dts)
        except av.error.FFmpegError as error:
            raise RecordingError(f"the last packet cannot be written: {error}") from error
        os.fsync(self._sink.fd)
        try:
            index = scan(self.file)
        except MediaError as error:
            raise RecordingError(f"it cannot be read back: {error}") from error
        os.close(self._sink.fd)
        return index

    def abandon(self, *, keep: bool = True) -> SegmentIndex | None:
        """Save what is whole after a failed write: cut the file behind its last whole fragment.

        A file without fragments is removed. If fragments were written but none can be read back, the file stays when
        `keep` is set: recovery sets it aside at the next start.

        Returns:
            The index of what is left; None if nothing is left, or if the disk cannot be read any more.
        """
        self._sink.failed = True
        self._writer.abandon()
        try:
            index = self._index(keep=keep)
            if index is not None:
                os.ftruncate(self._sink.fd, index.valid_bytes)
                os.fsync(self._sink.fd)
        except OSError:
            index = None  # the caller reports the loss; if the file is there after all, the next start finds it
        finally:
            os.close(self._sink.fd)
        return index

    def _index(self, *, keep: bool) -> SegmentIndex | None:
        try:
            return scan(self.file)
        except MediaError:
            self.kept = keep and self._sink.size > self._head_bytes
            if not self.kept:
                self.file.unlink(missing_ok=True)
            return None


class SegmentFile(FragmentedFile):
    """A segment that is being written. `path` is relative to the media root."""

    def __init__(self, root: Path, camera: str, first: Unit, tracks: Tracks) -> None:
        """Make the file, and write its header, for a segment whose first unit is the keyframe `first`.

        Raises:
            OSError: It cannot be made or its header cannot be written; nothing is left behind.
            RecordingError: libav cannot write such a stream; nothing is left behind.
        """
        self.path, fd = _create(root, camera, first.dts)
        super().__init__(root / self.path, fd, first, tracks)


class ClipFile(FragmentedFile):
    """A clip that is being written, whose times begin near zero; sound from before its first picture is left out."""

    def __init__(self, file: Path, first: Unit, tracks: Tracks) -> None:
        """Make `file`, which may not be there, for a clip whose first unit is the keyframe `first`.

        Raises:
            OSError: It cannot be made or its header cannot be written; nothing is left behind.
            RecordingError: libav cannot write such a stream; nothing is left behind.
        """
        fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        super().__init__(file, fd, first, tracks, shift=first.dts)
        self._step = 0.0

    def write(self, unit: Unit) -> None:
        """Add a unit; where the wall clock was set, the clip goes on as if it had not been. Raises as `SegmentFile`."""
        if unit.jumped and unit.dts != self.start_time:
            self._writer.move(unit.dts - self.end_time - self._step)
            self.start_time += unit.dts - self.end_time - self._step
        elif unit.video:
            self._step = unit.dts - self.end_time
        if unit.video or unit.time >= self.start_time:
            super().write(unit)


def _create(root: Path, camera: str, start_time: float) -> tuple[str, int]:
    """Make a new file and its directories, but never the media root: it may be a disk that is not mounted."""
    if not root.is_dir():
        raise FileNotFoundError(errno.ENOENT, "the media directory is not there (is the disk mounted?)", str(root))
    for number in range(MAX_SAME_SECOND):
        path = segment_path(camera, start_time, number)
        (root / PurePosixPath(path).parent).mkdir(parents=True, exist_ok=True)
        try:
            return path, os.open(root / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        except FileExistsError:
            continue
    raise FileExistsError(errno.EEXIST, "too many segments begin in the same second", str(root / path))
