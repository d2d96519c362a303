"""Has file workers do tasks: for the event loop, which passes on what they write, and for the threads of jobs.

A file is opened here, and the worker gets its descriptor, so that it need not, and cannot, open anything.
"""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from dogwatch.errors import FileError
from dogwatch.library.worker_slots import WorkerSlots
from dogwatch.library.worker_template import Forked, WorkerTemplate
from dogwatch.workers.files.frames import BYTES, ERROR, HEAD, LARGEST, RESULT, TASK, TOLD, Failure
from dogwatch.workers.files.spec import LOST, Pool, Task, cores

WAITING_FOR_EACH = 3
CHECK_S = 0.25
BUFFER_BYTES = 256 << 10

Told = Callable[[Any], None]
"""Takes what a worker tells beside, such as its progress."""


class FileWorkers:
    """All file workers of the core. Safe to use from any thread."""

    def __init__(self, encoders: int = 0, template: WorkerTemplate | None = None) -> None:
        """Start nothing yet; `encoders` may run at once, by default half as many as there are processor cores."""
        self.template = template or WorkerTemplate()
        half = max(1, cores() // 2)
        sizes = {Pool.STILL: max(2, half), Pool.ENCODER: encoders or half, Pool.INDEX: half, Pool.ANALYSIS: cores()}
        self.damaged: Callable[[str], None] = lambda _: None
        """Is told of a file, by the name of the folder of its index, of which a frame cannot be decoded."""
        self.slots = {pool: WorkerSlots(size, _waiting(pool, size)) for pool, size in sizes.items()}

    def set_encoders(self, encoders: int) -> None:
        """Let `encoders` run at once from now on; 0 for half as many as there are processor cores."""
        size = encoders or max(1, cores() // 2)
        self.slots[Pool.ENCODER].resize(size, _waiting(Pool.ENCODER, size))

    def close(self) -> None:
        """End all workers."""
        self.template.close()

    async def stream(
        self, task: Task, path: Path, index: Path | None = None, told: Told | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Do `task` for the file at `path` with the frame index at `index`; yield the bytes that it makes.

        Closing the iterator ends the worker at once.

        Raises:
            FileError: 404 `source_missing`, 503 `busy`, 504 `timeout`, or why the task has failed.
        """
        async with self._turn(task):
            worker = await self._begun(task, path, index)
            try:
                async for kind, data in _frames(worker, task):
                    if kind == BYTES:
                        yield data
                    elif kind == TOLD:
                        self._tell(told, index, data)
            finally:
                worker.end()

    async def ask(
        self, task: Task, path: Path, index: Path | None = None, within_s: float | None = None
    ) -> tuple[bytes, Any]:
        """Do `task` and return all bytes that it makes, and its result; see `stream` for errors.

        `within_s` limits all of it, waiting for a turn included.
        """
        try:
            async with asyncio.timeout(within_s):
                return await self._all(task, path, index)
        except TimeoutError as error:
            raise FileError(504, "timeout", f"It has taken longer than {within_s:g} s") from error

    async def _all(self, task: Task, path: Path, index: Path | None) -> tuple[bytes, Any]:
        made, result = bytearray(), None
        async with self._turn(task):
            worker = await self._begun(task, path, index)
            try:
                async for kind, data in _frames(worker, task):
                    if kind == BYTES:
                        made += data
                    elif kind == TOLD:
                        self._tell(None, index, data)
                    elif kind == RESULT:
                        result = msgspec.json.decode(data)
            finally:
                worker.end()
        return bytes(made), result

    def run(
        self,
        task: Task,
        path: Path,
        index: Path | None = None,
        *,
        check: Callable[[], object] = lambda: None,
        told: Told = lambda _: None,
        write: Callable[[bytes], object] = lambda _: None,
    ) -> Any:
        """Do `task` from a thread, and return its result.

        Args:
            task: What to do.
            path: The file.
            index: Its frame index.
            check: Called several times a second; what it raises ends the worker.
            told: Takes what the worker tells beside.
            write: Takes the bytes that it makes.

        Raises:
            FileError: See `stream`.
        """
        with self._turn_of_thread(task, check):
            worker = self._begin(task, path, index)
            try:
                for kind, data in _frames_for_thread(worker, task, check):
                    if kind == BYTES:
                        write(data)
                    elif kind == TOLD:
                        self._tell(told, index, data)
                    else:
                        return msgspec.json.decode(data)
                raise _died(task)
            finally:
                worker.end()

    def _tell(self, told: Told | None, index: Path | None, data: bytes) -> None:
        value = msgspec.json.decode(data)
        if isinstance(value, dict) and value.get("type") == LOST:
            if index is not None:
                self.damaged(index.parent.name)
        elif told is not None:
            told(value)

    async def _begun(self, task: Task, path: Path, index: Path | None) -> Forked:
        """Begin in a thread, which goes on when nobody waits for it any more: its worker is ended then."""
        beginning = asyncio.ensure_future(asyncio.to_thread(self._begin, task, path, index))
        try:
            return await asyncio.shield(beginning)
        except asyncio.CancelledError:
            beginning.add_done_callback(_end_unwanted)
            raise

    def _begin(self, task: Task, path: Path, index: Path | None) -> Forked:
        opened: list[int] = []
        try:
            opened.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK))
            if not stat.S_ISREG(os.fstat(opened[0]).st_mode):
                raise FileError(415, "not_a_video", "it is no plain file")
            if index is not None:
                opened.append(os.open(index, os.O_RDONLY | os.O_CLOEXEC))
            worker = self.template.fork(*opened, reads=bool(task.readable))
        except FileNotFoundError as error:
            raise FileError(404, "source_missing", "the file is not there any more") from error
        except OSError as error:
            raise FileError(500, "encode_failed", f"the file cannot be read: {error.strerror}") from error
        finally:
            for descriptor in opened:
                os.close(descriptor)
        try:
            body = msgspec.json.encode(task)
            worker.link.settimeout(task.limits.silent_s)
            worker.link.sendall(HEAD.pack(TASK, len(body)) + body)
        except OSError as error:
            worker.end()
            raise _died(task) from error
        return worker

    @asynccontextmanager
    async def _turn(self, task: Task) -> AsyncIterator[None]:
        slots = self.slots[task.limits.pool]
        turn = slots.take()
        try:
            await asyncio.wrap_future(turn)
            yield
        finally:
            slots.give_back(turn)

    @contextmanager
    def _turn_of_thread(self, task: Task, check: Callable[[], object]) -> Iterator[None]:
        slots = self.slots[task.limits.pool]
        turn = slots.take()
        try:
            _wait(turn, check)
            yield
        finally:
            slots.give_back(turn)


def _end_unwanted(beginning: asyncio.Future[Forked]) -> None:
    if not beginning.cancelled() and beginning.exception() is None:
        beginning.result().end()


def _waiting(pool: Pool, size: int) -> int:
    """Return how many tasks may wait; those of jobs have their limits there."""
    return WAITING_FOR_EACH * size if pool in (Pool.STILL, Pool.ENCODER) else 1000


def _wait(turn: Future[None], check: Callable[[], object]) -> None:
    while True:
        with suppress(FutureTimeoutError):
            turn.result(CHECK_S)
            return
        check()


async def _frames(worker: Forked, task: Task) -> AsyncIterator[tuple[bytes, bytes]]:
    """Yield what the worker says, up to its result.

    Raises:
        FileError: It has failed, has died, or says nothing for too long.
    """
    worker.link.setblocking(False)
    reader, writer = await asyncio.open_unix_connection(sock=worker.link, limit=BUFFER_BYTES)
    try:
        while True:
            try:
                async with asyncio.timeout(task.limits.silent_s):
                    kind, size = HEAD.unpack(await reader.readexactly(HEAD.size))
                    data = await reader.readexactly(min(size, LARGEST))
            except TimeoutError as error:
                raise _slow(task) from error
            except (asyncio.IncompleteReadError, OSError) as error:
                raise _died(task) from error
            if kind == ERROR:
                raise _failure(task, data)
            yield kind, data
            if kind == RESULT:
                return
    finally:
        writer.transport.abort()


def _frames_for_thread(worker: Forked, task: Task, check: Callable[[], object]) -> Iterator[tuple[bytes, bytes]]:
    """Yield what the worker says, up to its result; see `_frames`."""
    link = worker.link
    link.settimeout(CHECK_S)
    while True:
        kind, size = HEAD.unpack(_exactly(link, HEAD.size, task, check))
        data = _exactly(link, min(size, LARGEST), task, check)
        if kind == ERROR:
            raise _failure(task, data)
        yield kind, data
        if kind == RESULT:
            return
        check()


def _exactly(link: socket.socket, size: int, task: Task, check: Callable[[], object]) -> bytes:
    data, heard = bytearray(), time.monotonic()
    while len(data) < size:
        try:
            piece = link.recv(min(size - len(data), BUFFER_BYTES))
        except TimeoutError:
            check()
            if time.monotonic() - heard > task.limits.silent_s:
                raise _slow(task) from None
            continue
        except OSError as error:
            raise _died(task) from error
        if not piece:
            raise _died(task)
        data += piece
        heard = time.monotonic()
    return bytes(data)


def _failure(task: Task, data: bytes) -> FileError:
    failure = msgspec.json.decode(data, type=Failure)
    status, code = (failure.status, failure.code) if failure.code else task.limits.failed
    return FileError(status, code, failure.text, **failure.details)


def _died(task: Task) -> FileError:
    status, code = task.limits.failed
    text = "the file cannot be decoded: it needs more memory or time than it may have, or is damaged"
    return FileError(status, code, text)


def _slow(task: Task) -> FileError:
    return FileError(504, "timeout", f"decoding has taken longer than {task.limits.silent_s:g} s")
