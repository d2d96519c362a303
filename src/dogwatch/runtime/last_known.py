"""What recording needs of the database, kept in a file for a start while the database's server is away.

That is what was switched, the active profile, and the identities of the recordings' disks.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from dogwatch.config.switches import Values

NAME = "last-known.json"
log = logging.getLogger(__name__)


class LastKnown(msgspec.Struct, frozen=True):
    """The values of switches by camera and name, the identities, and the active profile."""

    switches: dict[str, dict[str, bool | int | str]] = {}
    volumes: list[str] = []
    profile: str | None = None


class KeptFile:
    """The file in the data directory. Safe to use from any thread."""

    def __init__(self, volumes: set[str], data: Path) -> None:
        """Begin with what is there, but for the identities; nothing is written yet."""
        self._data, self._lock = data, threading.Lock()
        self._known = msgspec.structs.replace(load(data) or LastKnown(), volumes=sorted(volumes))

    def keep_switches(self, switches: Mapping[str, Values]) -> None:
        """Keep the values of switches."""
        self._keep(switches={name: dict(values) for name, values in switches.items()})

    def keep_profile(self, profile: str | None) -> None:
        """Keep the active profile."""
        self._keep(profile=profile)

    def _keep(self, **known: Any) -> None:
        with self._lock:
            self._known = msgspec.structs.replace(self._known, **known)
            _write(self._known, self._data)


def _write(known: LastKnown, data: Path) -> None:
    """Write the file, readable by this user only; a failure is logged."""
    text = msgspec.json.encode(known)
    fresh = data / f".{NAME}.new"
    try:
        if load_text(data) == text:
            return
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(data / NAME)
    except OSError as error:
        log.warning("%s could not be written: %s", NAME, error.strerror)


def load(data: Path) -> LastKnown | None:
    """Return what was kept, None without it."""
    try:
        return msgspec.json.decode(load_text(data), type=LastKnown)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def load_text(data: Path) -> bytes:
    """Return the text of the file, nothing without it."""
    try:
        return (data / NAME).read_bytes()
    except OSError:
        return b""
