"""Reads a multipart body as it comes, so that a file of any size needs no memory (RFC 7578, RFC 2046)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from email.message import Message
from email.utils import collapse_rfc2231_value

from starlette.requests import ClientDisconnect, Request

from dogwatch.api.timeouts import expect_large_body
from dogwatch.errors import FileError

FILE = "file"
LONGEST_HEAD = 8192
LONGEST_TEXT = 4096
MOST_PARTS = 20
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{1,70}")


class MultipartForm:
    """A form with one file and some texts. `texts` is complete once `file` has come to its end.

    `filename` is that of the file's part, as the client says it.
    """

    def __init__(self, request: Request) -> None:
        """Read the body of `request`.

        Raises:
            FileError: 415; it is no form.
        """
        boundary = _parameter(request.headers.get("content-type", ""), "multipart/form-data", "boundary")
        if boundary is None or not _BOUNDARY.fullmatch(boundary):
            raise FileError(415, "bad_media_type", "The body has to be multipart/form-data")
        self._request, self._found = request, b""
        self._incoming = aiter(request.stream())
        self._marker = f"\r\n--{boundary}".encode()
        self._buffer = bytearray(b"\r\n")  # so that the first marker is like all others
        self.texts: dict[str, str] = {}
        self.filename = ""

    async def file(self) -> AsyncIterator[bytes]:
        """Yield the bytes of the part `file`.

        Raises:
            FileError: 400; there is none, or the body is no form.
        """
        seen = False
        expect_large_body(self._request.scope)
        await self._skip_to_part()
        for _ in range(MOST_PARTS):
            if await self._is_end():
                break
            name, filename = _disposition(await self._up_to(b"\r\n\r\n", LONGEST_HEAD))
            if name == FILE:
                if seen:
                    raise FileError(400, "duplicate_parameter", "file is given twice", parameter=FILE)
                seen, self.filename = True, filename
                async for block in self._blocks():
                    yield block
            else:
                text = await self._up_to(self._marker, LONGEST_TEXT)
                if name in self.texts:
                    raise FileError(400, "duplicate_parameter", f"{name} is given twice", parameter=name)
                self.texts[name] = text.decode("utf-8", "replace")
        else:
            raise FileError(400, "bad_field", f"The form has more than {MOST_PARTS} parts")
        if not seen:
            raise FileError(400, "missing_file", "The form has no part with the name file")
        async for _ in self._incoming:  # what follows the form
            pass

    async def _skip_to_part(self) -> None:
        async for _ in self._blocks():
            pass

    async def _is_end(self) -> bool:
        """Read what follows a marker; tell whether the form is over."""
        rest = await self._up_to_any((b"\r\n", b"--"))
        if rest.strip(b" \t"):
            raise _broken()
        return self._found == b"--"

    async def _blocks(self) -> AsyncIterator[bytes]:
        """Yield what comes before the next marker."""
        keep = len(self._marker) - 1
        while (place := self._buffer.find(self._marker)) < 0:
            if len(self._buffer) > keep:
                yield bytes(self._buffer[: len(self._buffer) - keep])
                del self._buffer[: len(self._buffer) - keep]
            await self._more()
        if place:
            yield bytes(self._buffer[:place])
        del self._buffer[: place + len(self._marker)]

    async def _up_to(self, end: bytes, most: int) -> bytes:
        while (place := self._buffer.find(end)) < 0:
            if len(self._buffer) > most:
                raise _broken()
            await self._more()
        if place > most:
            raise _broken()
        found = bytes(self._buffer[:place])
        del self._buffer[: place + len(end)]
        return found

    async def _up_to_any(self, ends: tuple[bytes, ...]) -> bytes:
        while not (places := [(place, end) for end in ends if (place := self._buffer.find(end)) >= 0]):
            if len(self._buffer) > LONGEST_HEAD:
                raise _broken()
            await self._more()
        place, self._found = min(places)
        found = bytes(self._buffer[:place])
        del self._buffer[: place + len(self._found)]
        return found

    async def _more(self) -> None:
        try:
            self._buffer += await anext(self._incoming)
        except StopAsyncIteration:
            raise _broken() from None
        except ClientDisconnect:
            raise FileError(400, "missing_file", "The client has gone before the end of the file") from None


def _broken() -> FileError:
    return FileError(400, "missing_file", "The body is no complete form")


def _parameter(header: str, kind: str, name: str) -> str | None:
    """Return a parameter of a header with the given value; None if it is another one."""
    message = Message()
    message["content-type"] = header
    found = message.get_param(name)
    if message.get_content_type() != kind or found is None:
        return None
    return collapse_rfc2231_value(found)


def _disposition(head: bytes) -> tuple[str, str]:
    """Return the name and the file's name that stand before a part."""
    for line in head.split(b"\r\n"):
        field, _, value = line.partition(b":")
        if field.strip().lower() == b"content-disposition":
            message = Message()
            message["content-disposition"] = value.strip().decode("utf-8", "replace")
            name = message.get_param("name", "", "content-disposition")
            filename = message.get_param("filename", "", "content-disposition")
            return collapse_rfc2231_value(name), collapse_rfc2231_value(filename)
    return "", ""
