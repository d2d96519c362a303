"""Answers that are files, or made up of files: whole or in part, read as they go out.

Parts are read in threads, a bounded chunk at a time, and no faster than the client takes them. When a file vanishes
while it is being sent, the connection ends early: an answer that is complete but wrong would be kept by caches.
"""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path

import anyio
from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dogwatch.api.conditions import choose, http_date
from dogwatch.errors import NotFoundError
from dogwatch.media.virtual_file import FileSlice, Part, VirtualFile, length, window

CHUNK_BYTES = 256 * 1024
_log = logging.getLogger(__name__)


class RangeResponse(Response):
    """Serves a `VirtualFile`; GET and HEAD, one byte range, ETag and Last-Modified with their conditions.

    Several ranges at once are answered with the whole file, as RFC 9110 allows.
    """

    def __init__(self, file: VirtualFile, media_type: str, headers: Mapping[str, str] | None = None) -> None:
        """Prepare the answer; `headers` are added to the usual ones."""
        self.file = file
        self.size = file.size
        self.media_type = media_type
        self.status_code = 200
        self.background = None
        self.body = b""
        self.etag = f'"{file.tag}"'
        usual = {
            "Accept-Ranges": "bytes",
            "ETag": self.etag,
            "Content-Type": media_type,
        }
        if file.modified is not None:
            usual["Last-Modified"] = http_date(file.modified)
        self.init_headers({**usual, **(headers or {})})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            NotFoundError: The first file is not there; nothing has been sent yet.
        """
        chosen = choose(Headers(scope=scope), self.size, self.etag, self.file.modified)
        status, start, end = chosen.status, chosen.start, chosen.end
        headers = self.headers.mutablecopy()
        if status == 206:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{self.size}"
        elif status == 416:
            headers["Content-Range"] = f"bytes */{self.size}"
        if status != 304:
            headers["Content-Length"] = str(end - start)
        parts = list(window(self.file.parts, start, end)) if scope["method"] != "HEAD" else []
        if any(isinstance(part, FileSlice) for part in parts):
            await run_sync(_check, parts)
        await send({"type": "http.response.start", "status": status, "headers": headers.raw})
        if not parts:
            await send({"type": "http.response.body", "body": b""})
            return
        async with anyio.create_task_group() as group:
            group.start_soon(_cancel_on_disconnect, receive, group.cancel_scope)
            await self._send(parts, send)
            group.cancel_scope.cancel()

    async def _send(self, parts: list[Part], send: Send) -> None:
        try:
            async for chunk in _chunks(parts):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except OSError as error:
            _log.warning("breaking off an answer: %s", error)
            return  # without the last message, at which the server closes the connection
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def of_file(path: Path, media_type: str, headers: Mapping[str, str] | None = None) -> RangeResponse:
    """Serve the file at `path` as it is.

    Raises:
        NotFoundError: There is no such file.
    """
    try:
        stat = path.stat()
    except OSError:
        raise NotFoundError("File not found") from None
    tag = f"{stat.st_mtime_ns:x}-{stat.st_size:x}"
    return RangeResponse(VirtualFile((FileSlice(path, 0, stat.st_size),), stat.st_mtime, tag), media_type, headers)


def _check(parts: list[Part]) -> None:
    first = next((part for part in parts if isinstance(part, FileSlice)), None)
    if first is not None and not first.path.is_file():
        raise NotFoundError("File not found")


async def _chunks(parts: list[Part]) -> AsyncIterator[bytes]:
    reader = _Reader(parts)
    in_memory = all(isinstance(part, bytes) for part in parts)
    try:
        while data := reader.read() if in_memory else await run_sync(reader.read):
            yield data
    finally:
        reader.close()


class _Reader:
    """Reads parts one after another; for threads, one at a time.

    It fills a chunk from as many parts as that takes: an hour's clip has hundreds, and each turn of a thread costs more
    than what a small file's bytes do.
    """

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = iter(parts)
        self._file: io.RawIOBase | io.BytesIO | None = None
        self._left = 0

    def read(self) -> bytes:
        """Return the next chunk, empty at the end.

        Raises:
            OSError: A file is gone or has become shorter.
        """
        chunk = bytearray()
        while len(chunk) < CHUNK_BYTES:
            if self._file is None:
                part = next(self._parts, None)
                if part is None:
                    break
                self._file, self._left = _open(part), length(part)
            data = self._file.read(min(self._left, CHUNK_BYTES - len(chunk)))
            if not data:
                raise OSError("a file has become shorter")
            chunk += data
            self._left -= len(data)
            if not self._left:
                self.close()
        return bytes(chunk)

    def close(self) -> None:
        """Close the file that is being read."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _open(part: Part) -> io.RawIOBase | io.BytesIO:
    if isinstance(part, bytes):
        return io.BytesIO(part)
    file = part.path.open("rb", buffering=0)
    file.seek(part.offset)
    return file


async def _cancel_on_disconnect(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()
