"""Splits what comes over an RTSP connection into messages and interleaved frames.

A server gets requests, a client replies. Source: RFC 2326, chapters 4 to 7 and 10.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar
from urllib.parse import unquote, urlsplit

MAX_HEAD_BYTES = 16 << 10
MAX_HEADERS = 64
MAX_BODY_BYTES = 64 << 10
FRAME_HEAD_BYTES = 4
DOLLAR = ord("$")
_REQUEST_LINE = re.compile(rb"([A-Z_]{1,32}) (\S{1,4096}) RTSP/(\d\.\d)")
_STATUS_LINE = re.compile(rb"RTSP/1\.\d (\d{3})(?: .{0,1024})?")
_TRACK = re.compile(r"/trackID=(\d{1,3})$")


class BadRequestError(Exception):
    """What cannot be read; `status` is the answer, after which the connection is closed."""

    def __init__(self, reason: str, status: int = 400) -> None:
        """Say why."""
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class RtspRequest:
    """One request. Names of headers are in lower case; of two with the same name the values are joined by commas."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def stream(self) -> str:
        """The name of the stream, empty if the address has none."""
        return _TRACK.sub("", unquote(self._path)).strip("/")

    @property
    def track(self) -> int | None:
        """The number of the track, None if the whole stream is meant."""
        found = _TRACK.search(self._path.rstrip("/"))
        return int(found[1]) if found else None

    @property
    def base(self) -> str:
        """The address without track and query."""
        bare = self.url.partition("?")[0].partition("#")[0].rstrip("/")
        return _TRACK.sub("", bare)

    @property
    def _path(self) -> str:
        try:
            return urlsplit(self.url).path
        except ValueError:
            return ""


@dataclass(frozen=True, slots=True)
class RtspReply:
    """One reply of a server, with headers as those of a request."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


M = TypeVar("M", RtspRequest, RtspReply)


@dataclass(frozen=True, slots=True)
class InterleavedFrame:
    """Binary data between messages: RTP and RTCP."""

    channel: int
    data: bytes


class _MessageParser(Generic[M]):
    """Takes bytes as they come; what is incomplete waits for more, within the limits of this module."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[M | InterleavedFrame]:
        """Take `data`; yield what is complete.

        Raises:
            BadRequestError: It is no RTSP, or too large. What came before it has been yielded.
        """
        self._buffer += data
        while (found := self._next()) is not None:
            yield found

    def _head(self, head: bytes) -> M:
        raise NotImplementedError

    def _next(self) -> M | InterleavedFrame | None:
        buffer = self._buffer
        while buffer[:2] == b"\r\n":  # some clients send one more after a body
            del buffer[:2]
        if not buffer:
            return None
        return self._frame() if buffer[0] == DOLLAR else self._message()

    def _frame(self) -> InterleavedFrame | None:
        buffer = self._buffer
        end = FRAME_HEAD_BYTES + int.from_bytes(buffer[2:4], "big")
        if len(buffer) < max(end, FRAME_HEAD_BYTES):
            return None
        frame = InterleavedFrame(buffer[1], bytes(buffer[FRAME_HEAD_BYTES:end]))
        del buffer[:end]
        return frame

    def _message(self) -> M | None:
        head, separator, _ = self._buffer.partition(b"\r\n\r\n")
        if len(head) > MAX_HEAD_BYTES:
            raise BadRequestError("the message is too long", 413)
        if not separator:
            return None
        message = self._head(bytes(head))
        length = body_length(message.headers)
        end = len(head) + len(separator) + length
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[end - length : end])
        del self._buffer[:end]
        return replace(message, body=body)


class RequestParser(_MessageParser[RtspRequest]):
    """What a client sends."""

    def _head(self, head: bytes) -> RtspRequest:
        return parse_head(head)


class ReplyParser(_MessageParser[RtspReply]):
    """What a server sends."""

    def _head(self, head: bytes) -> RtspReply:
        first, *lines = head.split(b"\r\n")
        line = _STATUS_LINE.fullmatch(first)
        if line is None:
            raise BadRequestError("this is no RTSP reply")
        return RtspReply(int(line[1]), _headers(lines))


def parse_head(head: bytes) -> RtspRequest:
    """Read a request's line and headers, without the empty line behind them.

    Raises:
        BadRequestError: They are malformed.
    """
    first, *lines = head.split(b"\r\n")
    line = _REQUEST_LINE.fullmatch(first)
    if line is None:
        raise BadRequestError("this is no RTSP request")
    if line[3] != b"1.0":
        raise BadRequestError("only RTSP/1.0 is spoken here", 505)
    return RtspRequest(line[1].decode(), line[2].decode("utf-8", "replace"), _headers(lines))


def _headers(lines: Sequence[bytes]) -> dict[str, str]:
    if len(lines) > MAX_HEADERS:
        raise BadRequestError("there are too many headers", 413)
    headers: dict[str, str] = {}
    for each in lines:
        name, colon, value = each.decode("utf-8", "replace").partition(":")
        name = name.strip().lower()
        if not colon or not name:
            raise BadRequestError("a header has no name")
        value = value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def body_length(headers: Mapping[str, str]) -> int:
    """Return how many bytes follow the headers.

    Raises:
        BadRequestError: The header does not say, or says too many.
    """
    text = headers.get("content-length", "0")
    if not (text.isascii() and text.isdigit()):
        raise BadRequestError("the length of the body is no number")
    length = int(text[:20])
    if length > MAX_BODY_BYTES:
        raise BadRequestError("the body is too long", 413)
    return length
