"""Which retained messages at the broker are Dogwatch's: a broker keeps them until they are withdrawn.

Without this, the switches of a camera that was removed while Dogwatch was not running would stay for ever. The topics
are in a file, for one broker: what another one keeps is forgotten when the configuration names a new one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)

MOST_BYTES = 16 << 20


class _Kept(msgspec.Struct):
    broker: str
    topics: list[str]


class RetainedTopics:
    """The file of topics. Reading and writing may wait for the disk."""

    def __init__(self, path: Path) -> None:
        """Keep the topics in a file at `path`."""
        self._path = path
        self._kept: _Kept | None = None

    def at(self, broker: str) -> set[str]:
        """Return the topics of the retained messages at `broker`."""
        kept = self._read()
        return set(kept.topics) if kept.broker == broker else set()

    def note(self, broker: str, topics: Iterable[str]) -> None:
        """Write down that these are all retained messages at `broker`; nothing is written if that is known."""
        fresh = _Kept(broker, sorted(topics))
        if fresh == self._read():
            return
        self._kept = fresh
        try:
            beside = self._path.with_name(f".{self._path.name}.new")
            beside.write_bytes(msgspec.json.encode(fresh))
            beside.replace(self._path)
        except OSError as error:
            log.warning("the topics of retained messages cannot be written down: %s", error)

    def _read(self) -> _Kept:
        if self._kept is None:
            self._kept = _Kept("", [])
            try:
                if self._path.stat().st_size <= MOST_BYTES:
                    self._kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
            except FileNotFoundError:
                pass
            except (OSError, ValueError) as error:
                log.warning("the topics of retained messages cannot be read: %s", error)
        return self._kept
