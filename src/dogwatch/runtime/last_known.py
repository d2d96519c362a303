"""What recording needs of the database, kept in a file for a start while the database's server is away.

That is what was switched, and the identities of the recordings' disks.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from dogwatch.config.switches import Values

NAME = "last-known.json"
log = logging.getLogger(__name__)


class LastKnown(msgspec.Struct, frozen=True):
    """The values of switches by camera and name, and the identities."""

    switches: dict[str, dict[str, bool | int | str]] = {}
    volumes: list[str] = []


def keep(switches: Mapping[str, Values], volumes: set[str], data: Path) -> None:
    """Keep this in the data directory, readable by this user only; a failure is logged."""
    text = msgspec.json.encode(LastKnown({name: dict(values) for name, values in switches.items()}, sorted(volumes)))
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
