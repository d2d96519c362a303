"""The sources of `go2rtc.streams`: what an entry such as `ffmpeg:rtsp://192.0.2.1/main#video=copy` means.

A source is an address that is read, or the name of another stream. Nothing is ever run to get a stream: forms that
name a program are refused. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dogwatch.address import encode_credentials
from dogwatch.config.inputs import InputOptions, defaults_for, restream_name, scheme_of
from dogwatch.config.source_options import NO_VIDEO, SourceEntryError, SourceOptions, source_options

LONGEST_ENTRY = 4096
MOST_SOURCES = 16
"""Sources of one stream beyond which nobody waits for the last."""
PROGRAMS = ("exec", "echo", "expr", "pipe", "sh", "cmd", "execbin")
NETWORK = ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https")
LOCAL = ("file", "synthetic")
NO_NESTED = {"http": "http,https,tls,tcp,crypto,data", "https": "http,https,tls,tcp,crypto,data", "file": "file,crypto"}
"""What a playlist may refer to, by the scheme of the address that it came from: never a local file."""
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class ProgramSourceError(SourceEntryError):
    """A source that would run a program."""


@dataclass(frozen=True, slots=True)
class SourceAddress:
    """An address that is read. `video` is the codec that the stream is to have, `copy` for that of the source.

    `ignored` names options that mean nothing here.
    """

    url: str
    options: InputOptions
    sound: bool = True
    video: str = "copy"
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StreamReference:
    """Another stream, which is read once for both; `video` and `ignored` as above."""

    stream: str
    video: str = "copy"
    ignored: tuple[str, ...] = ()


def parse_source(
    entry: str, own: str, streams: Collection[str], *, local: bool = True
) -> SourceAddress | StreamReference | None:
    """Return what `entry` means, None if it only adds sound or codecs to its own stream: players get these anyway.

    Args:
        entry: A source as the user wrote it.
        own: The stream that it is a source of.
        streams: The names of all streams.
        local: Whether files of this machine may be read.

    Raises:
        SourceEntryError: It is none that Dogwatch reads.
    """
    entry = entry.strip()
    if not entry or len(entry) > LONGEST_ENTRY or _CONTROL.search(entry):
        raise SourceEntryError("expected an address")
    found = _SCHEME.match(entry)
    scheme = found["scheme"].lower() if found else ""
    if scheme in PROGRAMS:
        raise ProgramSourceError(f"'{scheme}:' is refused: Dogwatch runs no program to get a stream")
    if scheme == "ffmpeg":
        return _derived(entry.partition(":")[2], own, streams, local=local)
    address, rest = _split(entry)
    options = source_options(rest, derived=False)
    if (name := restream_name(address)) is not None:
        return _reference(name, options, own, streams)
    return _address(address, options, local=local)


def addresses(name: str, streams: Mapping[str, Sequence[str]], *, local: bool = True) -> tuple[SourceAddress, ...]:
    """Return the addresses of the sources of stream `name`, the first choice first, without those that are refused."""
    return tuple(one for one in parsed(name, streams, local=local) if isinstance(one, SourceAddress))


def parsed(
    name: str, streams: Mapping[str, Sequence[str]], *, local: bool = True
) -> Iterator[SourceAddress | StreamReference]:
    """Yield the sources of stream `name` that Dogwatch reads."""
    for entry in list(streams.get(name, ()))[:MOST_SOURCES]:
        try:
            source = parse_source(entry, name, streams, local=local)
        except SourceEntryError:
            continue
        if source is not None:
            yield source


def target(name: str, streams: Mapping[str, Sequence[str]], others: Collection[str] = ()) -> str | None:
    """Return the stream that is read for `name`: itself, or the one that its first source refers to, and so on.

    Args:
        name: A stream.
        streams: The sources of each stream.
        others: Streams that need no sources, such as cameras'.

    Returns:
        None if there is nothing that can be read, or the streams refer to each other in a circle.
    """
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        if name in others:
            return name
        first = next(parsed(name, {**dict.fromkeys(others, ()), **streams}), None)
        if not isinstance(first, StreamReference):
            return name if first is not None else None
        name = first.stream
    return None


def asks_for_h264(name: str, streams: Mapping[str, Sequence[str]], others: Collection[str] = ()) -> bool:
    """Whether a stream is to be H.264 whatever its source sends, or one that it refers to is; see `target`."""
    seen: set[str] = set()
    while name not in seen and name not in others:
        seen.add(name)
        first = next(parsed(name, {**dict.fromkeys(others, ()), **streams}), None)
        if first is not None and first.video == "h264":
            return True
        if not isinstance(first, StreamReference):
            return False
        name = first.stream
    return False


def _derived(rest: str, own: str, streams: Collection[str], *, local: bool) -> SourceAddress | StreamReference | None:
    """Return what `ffmpeg:` followed by `rest` means."""
    body, options_text = _split(rest)
    if body.partition("?")[0] in ("device", "virtual"):
        raise SourceEntryError(f"'ffmpeg:{body.partition('?')[0]}' is not supported")
    options = source_options(options_text, derived=True)
    inner = _SCHEME.match(body)
    if inner and inner["scheme"].lower() in (*PROGRAMS, "ffmpeg"):
        raise ProgramSourceError(f"'ffmpeg:{inner['scheme']}:' is refused: Dogwatch runs no program to get a stream")
    if not body.startswith("/") and (body in streams or body == own):
        return _reference(body, options, own, streams)
    if (name := restream_name(body)) is not None:
        return _reference(name, options, own, streams)
    if "://" not in body and not body.startswith(("/", "file:")):
        raise SourceEntryError("there is no stream of that name" if "/" not in body else "a path must begin with '/'")
    return _address(body, options, local=local)


def _split(entry: str) -> tuple[str, str]:
    address, _, options = encode_credentials(entry).partition("#")
    return address.strip(), options


def _reference(name: str, options: SourceOptions, own: str, streams: Collection[str]) -> StreamReference | None:
    if name == own:
        return None
    if name not in streams:
        raise SourceEntryError("there is no stream of that name")
    if options.audio and not options.video:
        raise SourceEntryError(NO_VIDEO)
    return StreamReference(name, _video(options), options.ignored)


def _address(address: str, options: SourceOptions, *, local: bool) -> SourceAddress:
    if address.startswith("file:") and "://" not in address:
        address = address.removeprefix("file:")
    scheme = "file" if address.startswith("/") else scheme_of(address)
    if scheme in LOCAL:
        if not local:
            raise SourceEntryError("files of this machine can be named in the configuration file only")
    elif scheme not in NETWORK:
        found = _SCHEME.match(address)
        shown = f"'{found['scheme'].lower()}:'" if found else "this kind of address"
        raise SourceEntryError(f"{shown} is not supported; use {', '.join(NETWORK)}, file or ffmpeg:")
    elif not re.match(r"[^/?#]", encode_credentials(address).partition("://")[2]):
        raise SourceEntryError("the address names no host")
    if options.audio and not options.video:
        raise SourceEntryError(NO_VIDEO)
    given = dict(options.demuxer)
    if options.timeout_us:
        given["timeout" if scheme.startswith("rtsp") else "rw_timeout"] = options.timeout_us
    if not scheme.startswith("rtsp"):
        given.pop("rtsp_transport", None)
    opened = defaults_for(address)
    more = {"protocol_whitelist": NO_NESTED[scheme]} if scheme in NO_NESTED else {}
    opened = replace(opened, options={**opened.options, **given, **more})
    return SourceAddress(address, opened, options.sound, _video(options), options.ignored)


def _video(options: SourceOptions) -> str:
    wanted = options.video[0] if options.video else "copy"
    if wanted not in ("copy", "h264"):
        raise SourceEntryError("Dogwatch makes no other video than H.264: use #video=h264 or #video=copy")
    return wanted
