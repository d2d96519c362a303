"""Says in words why a stream cannot be read."""

from __future__ import annotations

import errno

import av

from dogwatch.errors import SourceError
from dogwatch.redact import redact_text, redact_url


class SourceRefusedError(SourceError):
    """Nothing listens on that port: a camera or server that is restarting, so retry often."""


class SourceStalledError(SourceError):
    """The connection stands, but no data comes."""


UNRECORDABLE = (av.error.FFmpegError, ValueError)
"""What libav raises for streams that it cannot write to an MP4 file."""
_ERRNO = {
    errno.EHOSTUNREACH: "its host cannot be reached",
    errno.EHOSTDOWN: "its host cannot be reached",
    errno.ENETUNREACH: "its network cannot be reached",
    errno.ENETDOWN: "its network cannot be reached",
    errno.EADDRNOTAVAIL: "its network cannot be reached",
    errno.ETIMEDOUT: "it does not answer",
    errno.EAGAIN: "it does not answer",
    errno.ENOENT: "it does not exist",
    errno.ENOTDIR: "it does not exist",
    errno.EACCES: "reading it is not permitted",
    errno.EPERM: "it refuses to play the stream",
    errno.EISDIR: "it is a directory",
    errno.EINVAL: "its address or its options are not valid",
    errno.ERANGE: "its address or its options are not valid",
    errno.EDOM: "its address or its options are not valid",
    errno.ECONNRESET: "it has closed the connection",
    errno.ECONNABORTED: "it has closed the connection",
    errno.ENOTCONN: "it has closed the connection",
    errno.EPIPE: "it has closed the connection",
    errno.EPROTO: "it answers, but not as its kind of address demands",
    errno.EPROTONOSUPPORT: "it does not offer this kind of connection",
    errno.EIO: "its host name cannot be resolved, or it has broken off",
    errno.ENOMEM: "there is not enough memory to read it",
    errno.EMFILE: "too many files are open",
}
_KINDS: tuple[tuple[type[Exception], str], ...] = (  # the first match counts
    (av.error.HTTPUnauthorizedError, "the user name or password is wrong (401)"),
    (av.error.HTTPForbiddenError, "access is forbidden (403)"),
    (av.error.HTTPNotFoundError, "there is no such stream or file (404)"),
    (av.error.HTTPBadRequestError, "the camera or server does not understand the request (400): is its address right?"),
    (av.error.HTTPTooManyRequestsError, "the camera or server is asked too often (429)"),
    (
        av.error.HTTPClientError,
        "the camera or server refuses the request (4XX): it may have too many connections, or not offer this stream",
    ),
    (
        av.error.HTTPError,
        "the camera or server has failed with the request (5XX): it may be starting, or have too many connections",
    ),
    (av.error.InvalidDataError, "it is no video that can be read; a file may be truncated"),
    (
        av.error.ProtocolNotFoundError,
        "its kind of address is not supported; use rtsp, rtmp, http, https, file or synthetic",
    ),
    (av.error.OptionNotFoundError, "one of its options is not known"),
    (av.error.DemuxerNotFoundError, "its format cannot be read"),
    (av.error.DecoderNotFoundError, "its format cannot be read"),
    (av.error.PatchWelcomeError, "its format cannot be read"),
    (av.error.ExternalError, "it has broken off: is it encrypted as its address says?"),
    (EOFError, "it has ended"),
)
_OTHER_TRANSPORT = {
    "tcp": "the camera does not offer RTSP over TCP; try preset-rtsp-udp",
    "udp": "the camera does not offer RTSP over UDP; try preset-rtsp-generic",
}


def explain(error: Exception, url: str, timeout: float, transport: str = "") -> SourceError:
    """Turn an error of libav into a `SourceError` that a user can act on, without credentials.

    Args:
        error: What `av.open` or reading has raised.
        url: What was opened.
        timeout: The time limit in seconds, for the message.
        transport: `tcp` or `udp` with RTSP.
    """
    name = redact_url(url)
    if isinstance(error, ConnectionRefusedError):
        return SourceRefusedError(f"{name}: connection refused, nobody listens on that port")
    kind = SourceStalledError if isinstance(error, av.error.ExitError) else SourceError
    return kind(f"{name}: {_reason(error, timeout, transport)}")


def _reason(error: Exception, timeout: float, transport: str) -> str:
    if isinstance(error, av.error.ExitError):
        return f"no data for {timeout:g} s"
    for kind, words in _KINDS:
        if isinstance(error, kind):
            return words
    # libav's own errors are no OSErrors as a rule, whatever their number.
    number = getattr(error, "errno", None)
    if number == errno.EPROTONOSUPPORT and transport in _OTHER_TRANSPORT:
        return _OTHER_TRANSPORT[transport]
    if number in _ERRNO:
        return _ERRNO[number]
    words = getattr(error, "strerror", None) or str(error)
    return f"it cannot be read: {redact_text(words)}"
