"""Streams that were added, changed or removed at run time, over those of the configuration.

They last as long as this core: a restart, or a change of the same stream in the configuration, forgets them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from dogwatch.config.source_options import SourceEntryError
from dogwatch.config.stream_sources import (
    MOST_SOURCES,
    SourceAddress,
    StreamReference,
    parse_source,
    target,
)
from dogwatch.errors import DogwatchError, NotFoundError
from dogwatch.live.stream_names import camera_streams, changed_streams, own_named

if TYPE_CHECKING:
    from dogwatch.config import Config

MOST_STREAMS = 100
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\?#&]{1,100}")
RESERVED = ("birdseye",)


class StreamRefusedError(DogwatchError):
    """A stream that cannot be added, changed or removed; the text says why."""

    status = 400


class RuntimeStreams:
    """What differs from the configuration. For the event loop."""

    def __init__(self, config: Config) -> None:
        """Begin without a difference; `on_change` is called after each."""
        self._config = config
        self._changes: dict[str, Sequence[str] | None] = {}
        self.on_change: Callable[[], None] = lambda: None

    @property
    def changes(self) -> Mapping[str, Sequence[str] | None]:
        """The sources of streams that were added or changed; None for one that was removed."""
        return dict(self._changes)

    def configure(self, config: Config) -> None:
        """Continue with another configuration; what it says anew of a stream holds."""
        before, now = self._config.go2rtc.streams, config.go2rtc.streams
        taken = camera_streams(config)
        self._changes = {
            name: sources
            for name, sources in self._changes.items()
            if before.get(name) == now.get(name) and name not in taken
        }
        self._config = config

    def put(self, name: str, sources: Sequence[str]) -> None:
        """Add a stream, or give it other sources. Sources of this machine's files are refused.

        Raises:
            StreamRefusedError: The name or a source is not right, or a camera has a stream of this name.
        """
        given, sources = changed_streams(self._config, self._changes), own_named(self._config, sources)
        if list(sources) == list(given.get(name, ())) and sources:
            return
        if not _NAME.fullmatch(name) or name != name.strip() or name in RESERVED:
            raise StreamRefusedError("no stream can have this name")
        if name in camera_streams(self._config) or name in self._config.cameras:
            raise StreamRefusedError(f"{name} is a stream of a camera: change the camera's configuration")
        if not sources or len(sources) > MOST_SOURCES:
            raise StreamRefusedError(f"expected 1 to {MOST_SOURCES} sources: ?src=rtsp://...")
        if name not in self._changes and len(self._changes) >= MOST_STREAMS:
            raise StreamRefusedError(f"at most {MOST_STREAMS} streams can be changed at run time")
        known = {*given, *self._config.cameras}
        readable = [_parsed(source, name, known) for source in sources]
        if not any(readable):
            raise StreamRefusedError("the stream has no source that can be read")
        if target(name, {**given, name: sources}, camera_streams(self._config)) is None:
            raise StreamRefusedError("the stream refers to one that has no source, or to itself")
        self._changes[name] = tuple(sources)
        self.on_change()

    def remove(self, name: str) -> None:
        """Remove a stream, one of the configuration until the next start.

        Raises:
            NotFoundError: There is no such stream.
            StreamRefusedError: It is a camera's.
        """
        if name in camera_streams(self._config) or name in self._config.cameras:
            raise StreamRefusedError(f"{name} is a stream of a camera: change the camera's configuration")
        if name not in changed_streams(self._config, self._changes):
            raise NotFoundError(f"{name}: there is no such stream")
        if name in self._config.go2rtc.streams:
            self._changes[name] = None
        else:
            del self._changes[name]
        self.on_change()


def _parsed(source: str, name: str, known: set[str]) -> SourceAddress | StreamReference | None:
    try:
        return parse_source(source, name, known, local=False)
    except SourceEntryError as error:
        raise StreamRefusedError(str(error)) from None
