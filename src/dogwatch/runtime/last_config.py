"""The last configuration file that worked, kept so that a broken file does not end recording.

Only the text of the file is kept: `{FRIGATE_*}` names are substituted again at each start, and secrets from the
environment never reach the disk. So a start without a variable that a file needs is refused, for both files.
"""

from __future__ import annotations

import contextlib
import logging
import os
from dataclasses import replace
from pathlib import Path

from dogwatch.config import ConfigErrors, Loaded, parse

NAME = "config.last-worked.yml"
log = logging.getLogger(__name__)


def keep(loaded: Loaded, data: Path) -> None:
    """Keep the text of `loaded` in the data directory, readable by this user only; a failure is logged."""
    file = data / NAME
    fresh = data / f".{NAME}.new"
    try:
        if file.is_file() and file.read_bytes() == loaded.text.encode():
            return
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(loaded.text.encode())
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    except OSError as error:
        log.warning("the configuration that works could not be kept as %s: %s", file, error.strerror)


def instead_of(path: Path, data: Path, errors: ConfigErrors) -> Loaded | None:
    """Return the last configuration that worked, instead of the file at `path`, which has `errors`.

    Returns:
        The configuration with its `mistakes` set; None if there is none, or it is invalid now as well.
    """
    try:
        text = (data / NAME).read_text(encoding="utf-8")
        loaded = parse(text, path=path)
    except (OSError, UnicodeDecodeError, ConfigErrors):
        return None
    return replace(loaded, mistakes=tuple(errors.errors))


def names_other_database(loaded: Loaded, data: Path) -> bool:
    """Whether another database is named than in the configuration that worked last."""
    last = instead_of(loaded.path, data, ConfigErrors([]))
    return last is not None and last.config.database != loaded.config.database
