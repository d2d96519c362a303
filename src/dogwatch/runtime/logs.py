"""Sets up logging to standard error, and to `logs/dogwatch.log` in the form of the log endpoint."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from dogwatch.redact import redact_text
from dogwatch.runtime.log_file import LogFile
from dogwatch.supervisor import console

FILE_BYTES, OLDER = 8 << 20, 3
NOISY = ("uvicorn.access", "asyncio", "alembic", "httpcore")


class LogFormatter(logging.Formatter):
    """Formats a record as `<time with nanoseconds>  [<time>] <logger> <LEVEL>: <text>`, credentials masked.

    Source: docs/api/system.md.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line (more than one with a traceback)."""
        moment = time.localtime(record.created)
        seconds = time.strftime("%Y-%m-%d %H:%M:%S", moment)
        nanoseconds = f"{record.created % 1:.9f}"[1:]
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        head = f"{seconds}{nanoseconds}  [{seconds}] {record.name:<30} {record.levelname:<8}"
        return f"{head}: {redact_text(text)}"


class ConsoleFormatter(logging.Formatter):
    """Formats a record for a person at a terminal, credentials masked."""

    def format(self, record: logging.LogRecord) -> str:
        """Return `HH:MM:SS LEVEL logger: text`."""
        moment = time.strftime("%H:%M:%S", time.localtime(record.created))
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return f"{moment} {record.levelname:<7} {record.name.removeprefix('dogwatch.')}: {redact_text(text)}"


class ConsoleHandler(logging.Handler):
    """Writes records to standard error; those that nobody takes are dropped and counted."""

    def __init__(self) -> None:
        """Start with nothing dropped."""
        super().__init__()
        self._missed = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; never waits, since a terminal may be halted with Ctrl-S."""
        note = f"{self._missed} lines could not be written here\n" if self._missed else ""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - arguments that do not fit the message; the file has its name
            self.handleError(record)
            return
        if console.write(console.ERROR, f"{note}{line}\n"):
            self._missed = 0
        else:
            self._missed += 1


def start_logging(path: Path, level: str, levels: Mapping[str, str]) -> LogFile:
    """Log to standard error, and to `path`, rotated at 8 MiB, once `begin` of what is returned is called.

    Args:
        path: The log file.
        level: The level for all, a lower-case name.
        levels: Levels of single loggers, by their names.
    """
    logging.raiseExceptions = False  # no traceback to a standard error that cannot be written
    terminal = ConsoleHandler()
    terminal.setFormatter(ConsoleFormatter())
    file = LogFile(path, max_bytes=FILE_BYTES, older=OLDER, complain=_say)
    file.setFormatter(LogFormatter())
    logging.basicConfig(handlers=[terminal, file], force=True)
    set_levels(level, levels)
    return file


def set_levels(level: str, levels: Mapping[str, str], before: Iterable[str] = ()) -> None:
    """Log from `level` on, and by `levels` where a logger has its own; those `before` no longer have one."""
    logging.getLogger().setLevel(level.upper())
    own = dict.fromkeys(before, "NOTSET") | {name: text.upper() for name, text in levels.items()}
    for name, text in (own | dict.fromkeys(NOISY, "WARNING")).items():
        logging.getLogger(name).setLevel(text)


def _say(line: str) -> None:
    """Write a line to standard error, if that can be done."""
    console.write(console.ERROR, f"dogwatch: {line}\n")
