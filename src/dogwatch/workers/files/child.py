"""One forked file worker: it takes its task from its socket, does it within limits, and ends."""

from __future__ import annotations

import importlib
import mmap
import os
import socket
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from dogwatch.errors import CodedError, DogwatchError
from dogwatch.media import foreign_file, sound_file
from dogwatch.media.exact_film import ExactSource
from dogwatch.media.frame_index import FrameIndex
from dogwatch.workers.files import sandbox
from dogwatch.workers.files.frames import BYTES, ERROR, PIECE, RESULT, TASK, TOLD, Failure, receive, send
from dogwatch.workers.files.spec import MODULES, AnyTask, LostFrame


@dataclass(frozen=True, slots=True)
class TaskFile:
    """The file of a task: its descriptor, its size, and its index, as far as it has one."""

    descriptor: int
    size_bytes: int
    index_descriptor: int = -1

    def open(self, *, alone: bool = True) -> Any:
        """Return a container that reads the file; `alone` if no other one reads it at the same time.

        Raises:
            FileError: It is no video that can be read.
        """
        if alone:
            os.lseek(self.descriptor, 0, os.SEEK_SET)
        return foreign_file.opened(self.descriptor, alone=alone)

    def open_again(self, *, reordered: bool | None) -> Any:
        """Return a container as `open` does, in less time; `reordered` is what is known of the file, if it is.

        Raises:
            FileError: It is no video that can be read.
        """
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        if reordered is None:
            return foreign_file.opened(self.descriptor)
        return foreign_file.opened_again(self.descriptor, reordered=reordered)

    def index(self) -> FrameIndex:
        """Return the frame index.

        Raises:
            MediaError: It is damaged, or was not given.
        """
        if self.index_descriptor < 0 or not os.fstat(self.index_descriptor).st_size:
            return FrameIndex.decode(b"")
        return FrameIndex.decode(mmap.mmap(self.index_descriptor, 0, access=mmap.ACCESS_READ))

    def film(self, rotation: int, *, sound: bool) -> ExactSource:
        """Return the file as a source of films, turned by `rotation`, with its sound if that is wanted.

        Raises:
            MediaError: Its index is damaged, or was not given.
        """
        opened, heard = partial(self.open, alone=False), partial(sound_file.opened_for_sound, self.descriptor)
        return ExactSource(opened, heard, self.index(), rotation, sound, self.descriptor)


class Out:
    """Where a task writes: bytes for whoever asked, and what is told beside. Writing waits for a slow reader."""

    def __init__(self, link: socket.socket, nice: int = 0) -> None:
        """Write to the socket `link`; from the first bytes on, this process has a priority that is lower by `nice`."""
        self._link, self._nice = link, nice
        self._lost = False

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Send some of the bytes that were asked for; return their number, as files do."""
        view = memoryview(data).cast("B")
        if self._nice:
            sandbox.lower_priority(self._nice)
            self._nice = 0
        for at in range(0, len(view), PIECE):
            send(self._link, BYTES, view[at : at + PIECE])
        return len(view)

    def tell(self, value: Any) -> None:
        """Send something that can be JSON, such as progress."""
        send(self._link, TOLD, msgspec.json.encode(value))

    def lost(self, frame: int, shown: int) -> None:
        """Tell that `frame` cannot be decoded and `shown` stands in for it; only the first one is told."""
        if not self._lost:
            self._lost = True
            self.tell(LostFrame(frame, shown))


def serve(link: socket.socket, source: int, index: int, confined_bytes: int | None = None) -> None:
    """Do the task that comes over `link`, for the file at descriptor `source` and its index at `index` (or -1).

    `confined_bytes` is the size of the address space of a process that is confined already; None if it is not yet.
    """
    try:
        kind, data = receive(link)
        if kind != TASK:
            return
        try:
            answer, body = RESULT, _done(link, msgspec.json.decode(data, type=AnyTask), source, index, confined_bytes)
        except (BrokenPipeError, ConnectionResetError):
            raise
        except BaseException as error:  # noqa: BLE001 - whoever asked decides
            answer, body = ERROR, msgspec.json.encode(_failure(error))
        send(link, answer, body)
    except (EOFError, OSError, ValueError):
        return  # nobody wants the answer


def _done(link: socket.socket, task: AnyTask, source: int, index: int, confined_bytes: int | None) -> bytes:
    size = os.fstat(source).st_size
    limits = task.limits
    module = importlib.import_module(f"dogwatch.workers.files.{MODULES[type(task)]}")
    memory, cpu_s = limits.memory_mb << 20, limits.cpu(size)
    now, later = (0, limits.nice) if limits.eager else (limits.nice, 0)
    if confined_bytes is None:
        sandbox.enter(memory, cpu_s, now, task.readable)
    else:
        sandbox.limit(confined_bytes + memory, cpu_s, now)
    return msgspec.json.encode(module.run(task, TaskFile(source, size, index), Out(link, later)))


def _failure(error: BaseException) -> Failure:
    if isinstance(error, CodedError):
        return Failure(error.status, error.code, str(error), error.details)
    if isinstance(error, DogwatchError):
        return Failure(0, "", str(error))
    if isinstance(error, MemoryError):
        return Failure(0, "", "it needs more memory than it may have")
    return Failure(0, "", foreign_file.said(error))
