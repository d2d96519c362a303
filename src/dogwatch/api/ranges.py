"""Answers that are files, or made up of files: whole or in part, read as they go out.

Parts are read in threads, a bounded chunk at a time, and no faster than the client takes them. When a file vanishes
while it is being sent, the connection ends early: an answer that is complete but wrong would be kept by caches.
"""

from __future__ import annotations

import io
import logging
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from pathlib import Path

import anyio
from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dogwatch.api.conditions import Chosen, choose, http_date
from dogwatch.api.errors import ApiError
from dogwatch.errors import NotFoundError
from dogwatch.media.virtual_file import FileSlice, Part, VirtualFile, length, window

CHUNK_BYTES = 256 * 1024
_log = logging.getLogger(__name__)


class RangeError(ApiError):
    """A file has none of the bytes that are asked for."""

    def __init__(self, size: int) -> None:
        """Say how many bytes it has."""
        super().__init__(
            416,
            "The file has none of these bytes",
            headers={"Accept-Ranges": "bytes", "Content-Range": f"bytes */{size}"},
        )


class RangeResponse(Response):
    """Serves a `VirtualFile`; GET and HEAD, byte ranges, ETag and Last-Modified with their conditions."""

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
        """Answer a request; ranges are for GET alone.

        Raises:
            NotFoundError: The first file is not there; nothing has been sent yet.
            ApiError: The file has none of the bytes that are asked for.
        """
        head = scope["method"] == "HEAD"
        chosen = choose(Headers(scope=scope), self.size, self.etag, self.file.modified)
        if head and chosen.status in (206, 416):
            chosen = Chosen(200, 0, self.size)
        status, start, end = chosen.status, chosen.start, chosen.end
        if status == 416:
            raise RangeError(self.size)
        headers = self.headers.mutablecopy()
        parts = list(window(self.file.parts, start, end))
        if chosen.several:
            boundary = secrets.token_hex(16)
            headers["Content-Type"] = f"multipart/byteranges; boundary={boundary}"
            parts = list(self._multipart(chosen.several, boundary))
        elif status == 206:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{self.size}"
        if status != 304:
            headers["Content-Length"] = str(sum(map(length, parts)))
        if head:
            parts = []
        if any(isinstance(part, FileSlice) for part in parts):
            await run_sync(_check, parts)
        await send({"type": "http.response.start", "status": status, "headers": headers.raw})
        if not parts:
            await send({"type": "http.response.body", "body": b""})
            return
        if len(parts) == 1 and isinstance(parts[0], bytes) and len(parts[0]) <= CHUNK_BYTES:  # nothing is waited for
            await send({"type": "http.response.body", "body": parts[0]})
            return
        async with anyio.create_task_group() as group:
            group.start_soon(_cancel_on_disconnect, receive, group.cancel_scope)
            await self._send(parts, send)
            group.cancel_scope.cancel()

    def _multipart(self, spans: Iterable[tuple[int, int]], boundary: str) -> Iterator[Part]:
        """Yield the body of an answer with several ranges (RFC 9110, section 14.6)."""
        for start, end in spans:
            head = (
                f"--{boundary}\r\nContent-Type: {self.media_type}\r\nContent-Range: bytes {start}-{end - 1}/{self.size}"
            )
            yield f"{head}\r\n\r\n".encode()
            yield from window(self.file.parts, start, end)
            yield b"\r\n"
        yield f"--{boundary}--\r\n".encode()

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
