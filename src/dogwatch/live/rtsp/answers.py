"""Writes RTSP answers. Source: RFC 2326, section 7."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    413: "Request Entity Too Large",
    451: "Parameter Not Understood",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    459: "Aggregate Operation Not Allowed",
    460: "Only Aggregate Operation Allowed",
    461: "Unsupported Transport",
    503: "Service Unavailable",
    505: "RTSP Version Not Supported",
    551: "Option Not Supported",
}
SERVER = "Dogwatch"


@dataclass(frozen=True, slots=True)
class RtspAnswer:
    """One answer; `CSeq`, `Server` and `Content-Length` are added when it is written.

    `close` ends the connection, and `then` is called when the answer has been written.
    """

    status: int = 200
    headers: Iterable[tuple[str, str]] = field(default_factory=tuple)
    body: str = ""
    close: bool = False
    then: Callable[[], None] | None = None

    def encoded(self, cseq: str) -> bytes:
        """Return the bytes that answer the request with this number."""
        head = [f"RTSP/1.0 {self.status} {REASONS[self.status]}"]
        if cseq:
            head.append(f"CSeq: {cseq}")
        head.append(f"Server: {SERVER}")
        head += [f"{name}: {value}" for name, value in self.headers]
        body = self.body.encode()
        if body:
            head.append(f"Content-Length: {len(body)}")
        return "".join(f"{line}\r\n" for line in head).encode() + b"\r\n" + body
