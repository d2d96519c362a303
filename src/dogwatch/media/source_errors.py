"""Says in words why a stream cannot be read."""

from __future__ import annotations

import errno

import av

from dogwatch.errors import SourceError
from dogwatch.redact import redact_text, redact_url


class SourceRefusedError(SourceError):
    """Nobody listens there, at this moment: a camera or server that starts again, worth asking often."""


class SourceStalledError(SourceError):
    """The connection is there, but nothing comes."""


_ERRNO = {
    errno.EHOSTUNREACH: "its host cannot be reached",
    errno.ENETUNREACH: "its network cannot be reached",
    errno.ETIMEDOUT: "it does not answer",
    errno.ENOENT: "it does not exist",
    errno.EACCES: "reading it is not permitted",
    errno.EISDIR: "it is a directory",
    errno.EINVAL: "its address or its options are not valid",
    errno.ECONNRESET: "it has closed the connection",
    errno.EPIPE: "it has closed the connection",
    errno.EIO: "its host name cannot be resolved, or it has broken off",
}


def explain(error: Exception, url: str, timeout: float) -> SourceError:
    """Turn an error of libav into a `SourceError` that a user can act on, without credentials.

    Args:
        error: What `av.open` or reading has raised.
        url: What was opened.
        timeout: The time limit in seconds, for the message.
    """
    name = redact_url(url)
    if isinstance(error, ConnectionRefusedError):
        return SourceRefusedError(f"{name}: connection refused, nobody listens on that port")
    kind = SourceStalledError if isinstance(error, av.error.ExitError) else SourceError
    return kind(f"{name}: {_reason(error, timeout)}")


def _reason(error: Exception, timeout: float) -> str:
    if isinstance(error, av.error.ExitError):
        return f"no data for {timeout:g} s"
    if isinstance(error, av.error.HTTPUnauthorizedError):
        return "the user name or password is wrong (401)"
    if isinstance(error, av.error.HTTPForbiddenError):
        return "access is forbidden (403)"
    if isinstance(error, av.error.HTTPNotFoundError):
        return "there is no such stream or file (404)"
    if isinstance(error, av.error.HTTPError):
        return f"the server refuses the request ({error.strerror})"
    if isinstance(error, av.error.InvalidDataError):
        return "it is no video that can be read; a file may be truncated"
    if isinstance(error, av.error.ProtocolNotFoundError):
        return "its kind of address is not supported; use rtsp, rtmp, http, https, file or synthetic"
    if isinstance(error, EOFError):
        return "it has ended"
    number = error.errno if isinstance(error, OSError) else None
    if number in _ERRNO:
        return _ERRNO[number]
    return redact_text(str(error))
