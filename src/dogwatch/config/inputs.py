"""ffmpeg input arguments to what libav takes: a demuxer's name and its options.

Configurations of this family describe inputs in the ffmpeg program's words. What concerns the demuxer or the protocol
is kept; what concerns the program is named in `ignored`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from dogwatch.address import encode_credentials, without_options
from dogwatch.redact import MASK, is_secret, redact_text, redact_url

_OPTION = re.compile(r"[#-](?P<name>\w+)[\s=]+")  # of a stream server's command or address
TIMEOUT_US = "10000000"
RTSP = {"rtsp_transport": "tcp", "timeout": TIMEOUT_US}
HTTP = {"rw_timeout": TIMEOUT_US, "fflags": "+genpts+discardcorrupt"}
WALL_CLOCK = {"use_wallclock_as_timestamps": "1"}


@dataclass(frozen=True, slots=True)
class InputOptions:
    """How libav opens an input; `ignored` names arguments that mean nothing to it."""

    format: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


PRESETS: dict[str, InputOptions] = {
    "preset-rtsp-generic": InputOptions(None, RTSP),
    "preset-rtsp-restream": InputOptions(None, RTSP),
    "preset-rtsp-restream-low-latency": InputOptions(None, {**RTSP, "fflags": "nobuffer"}),
    "preset-rtsp-udp": InputOptions(None, {**RTSP, "rtsp_transport": "udp"}),
    "preset-rtsp-blue-iris": InputOptions(None, {**RTSP, **WALL_CLOCK}),
    "preset-rtmp-generic": InputOptions("live_flv", {**HTTP, "fflags": "nobuffer"}),
    "preset-http-reolink": InputOptions(None, HTTP),
    "preset-http-mjpeg-generic": InputOptions(None, {**HTTP, **WALL_CLOCK}),
    "preset-http-jpeg-generic": InputOptions(
        "image2", {"loop": "1", "framerate": "5", "pattern_type": "none", "rw_timeout": TIMEOUT_US}
    ),
}

RENAMED = {"stimeout": "timeout", "r": "framerate"}
KEPT = frozenset(
    {
        "allowed_media_types",
        "analyzeduration",
        "auth_type",
        "buffer_size",
        "ca_file",
        "cookies",
        "fflags",
        "framerate",
        "headers",
        "loop",
        "max_delay",
        "multiple_requests",
        "pattern_type",
        "pixel_format",
        "probesize",
        "reconnect",
        "reconnect_at_eof",
        "reconnect_delay_max",
        "reconnect_on_network_error",
        "reconnect_streamed",
        "reorder_queue_size",
        "rtsp_flags",
        "rtsp_transport",
        "rw_timeout",
        "seekable",
        "timeout",
        "tls_verify",
        "use_wallclock_as_timestamps",
        "user_agent",
        "video_size",
        "verify",
    }
)
"""Options of libav's demuxers and protocols that describe how a camera is read."""


def scheme_of(path: str) -> str:
    """Return the lower-case scheme of an address; empty for a bare path."""
    return path.partition("://")[0].lower() if "://" in path else ""


def defaults_for(path: str) -> InputOptions:
    """Return the options for an address that nothing was said about: never wait longer than ten seconds."""
    scheme = scheme_of(path)
    if scheme in ("rtsp", "rtsps"):
        return InputOptions(None, dict(RTSP))
    if scheme in ("http", "https", "rtmp", "rtmps"):
        return InputOptions(None, {"rw_timeout": TIMEOUT_US})
    return InputOptions()


def input_options(path: str, arguments: str | None) -> InputOptions:
    """Return how to open `path`, given the user's preset or arguments.

    The generic RTSP preset stands in every file that names none, so it does not apply to other addresses.

    Args:
        path: Address of the stream.
        arguments: A preset's name, ffmpeg arguments, or None.

    Raises:
        ValueError: The preset is unknown, or the arguments are no well-formed text.
    """
    text = (arguments or "").strip()
    fallback = defaults_for(path)
    rtsp = scheme_of(path) in ("rtsp", "rtsps")
    if not text or text == "auto":
        return fallback
    if text.startswith("preset-"):
        name, _, rest = text.partition(" ")
        if name not in PRESETS:
            raise ValueError(f"unknown preset '{name}'; expected one of {', '.join(PRESETS)}")
        chosen = PRESETS[name] if rtsp or not name.startswith("preset-rtsp") else fallback
        more = _parsed(rest)
        return InputOptions(more.format or chosen.format, {**chosen.options, **more.options}, more.ignored)
    parsed = _parsed(text)
    timeout = {name: value for name, value in fallback.options.items() if name in ("timeout", "rw_timeout")}
    return InputOptions(parsed.format, {**timeout, **parsed.options}, parsed.ignored)


def _parsed(text: str) -> InputOptions:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ValueError(f"arguments cannot be read: {error}") from None
    form: str | None = None
    options: dict[str, str] = {}
    ignored: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        has_value = index + 1 < len(words) and (not words[index + 1].startswith("-") or _is_number(words[index + 1]))
        value = words[index + 1] if has_value else None
        index += 2 if has_value else 1
        name = RENAMED.get(word[1:], word[1:])
        if word == "-f" and value:
            form = value
        elif word.startswith("-") and name in KEPT and value is not None:
            options[name] = value
        else:
            ignored.append(word)
    return InputOptions(form, options, tuple(ignored))


def redacted(arguments: str) -> str:
    """Return ffmpeg arguments fit to be shown: without headers, cookies and the like, and credentials in addresses."""
    try:
        words = shlex.split(arguments)
    except ValueError:
        return MASK
    shown: list[str] = []
    hiding = False
    for word in words:
        if word.startswith("-"):
            hiding = is_secret(word[1:])
            shown.append(word)
        else:
            shown.append(MASK if hiding else redact_text(word))
    return arguments if shown == words else shlex.join(shown)


def redacted_source(entry: str) -> str:
    """Return an entry of `go2rtc.streams` fit to be shown; headers go, and what follows them."""
    for option in _OPTION.finditer(entry):
        if is_secret(option["name"]):
            entry = entry[: option.end()] + MASK
            break
    return redact_text(redact_url(entry))


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


RESTREAM_HOSTS = ("127.0.0.1", "localhost", "::1", "go2rtc")
RESTREAM_PORT = 8554
_OWN_SERVER = r"^((?:ffmpeg:)?rtsp://(?:[^/?#]*@)?(?:127\.0\.0\.1|localhost|\[::1\])):{port}(?=[/?#]|$)"


def restream_name(path: str) -> str | None:
    """Return the stream's name if `path` is an address of a stream server on this machine, else None."""
    if scheme_of(path) != "rtsp":
        return None
    try:
        parts = urlsplit(encode_credentials(path))
        here = parts.hostname in RESTREAM_HOSTS and parts.port == RESTREAM_PORT
    except ValueError:
        return None
    return parts.path.strip("/") or None if here else None


def as_restream(entry: str, port: int) -> str:
    """Return a source of `go2rtc.streams` that is read from our own RTSP server at `port` as `restream_name` knows it.

    Otherwise a stream could be read from itself: it would be its own viewer, and never end.
    """
    return re.sub(_OWN_SERVER.format(port=port), rf"\g<1>:{RESTREAM_PORT}", entry, count=1, flags=re.IGNORECASE)


def reads_another_server(paths: Iterable[str], streams: dict[str, list[str]], port: int) -> bool:
    """Whether one of these inputs is read from an RTSP server that somebody else runs at `port` of this machine."""
    return port == RESTREAM_PORT and any(restream_name(resolved(path, streams)) is not None for path in paths)


def resolved(path: str, streams: dict[str, list[str]]) -> str:
    """Return the camera's own address for `path`, with user and password percent-encoded.

    Files of this family often read cameras through a stream server on the same machine, which Dogwatch does not need:
    the first address of that stream takes its place. Entries that derive from another stream are skipped.
    """
    name = restream_name(path)
    for entry in streams.get(name, []) if name else []:
        source = without_options(entry.removeprefix("ffmpeg:"))
        if "://" in source and scheme_of(source) in ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https"):
            return source
    return encode_credentials(path)
