"""The edge camera's own log, `logs/api/security-cam.log`: what the core logs, in the form that `edge.logs` reads."""

from __future__ import annotations

import logging
import logging.handlers
from datetime import tzinfo
from pathlib import Path

from dogwatch.edge import logs
from dogwatch.edge.files import local
from dogwatch.redact import redact_text

FILE_BYTES, OLDER = 8 << 20, 3
LOGGER = "dogwatch"


class LocalFormatter(logging.Formatter):
    """Formats a record as `<local time> [<LEVEL>] <source>: <text>`, credentials masked."""

    def __init__(self, zone: tzinfo | None) -> None:
        """Write times of `zone`."""
        super().__init__()
        self._zone = zone

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line (more than one with a traceback)."""
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        moment = local(record.created, self._zone)
        return f"{moment:%Y-%m-%d %H:%M:%S} [{record.levelname}] {record.name}: {redact_text(text)}"


class OwnLog:
    """Writes the log as long as the edge camera runs."""

    def __init__(self, path: Path, zone: tzinfo | None) -> None:
        """Write to `path`, whose older parts are `.1` to `.3`."""
        self._path, self._zone = path, zone
        self._handler: logging.Handler | None = None

    def start(self) -> None:
        """Begin; without a disk for it, there is no such log."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handler = logging.handlers.RotatingFileHandler(
                self._path, maxBytes=FILE_BYTES, backupCount=OLDER, encoding="utf-8", errors="backslashreplace"
            )
        except OSError as error:
            logging.getLogger(__name__).error("%s cannot be written: %s", self._path, error.strerror)
            return
        logs.prune(self._path.parent.parent)
        handler.setFormatter(LocalFormatter(self._zone))
        handler.setLevel(logging.INFO)
        self._handler = handler
        logging.getLogger(LOGGER).addHandler(handler)

    def close(self) -> None:
        """End."""
        if self._handler is not None:
            logging.getLogger(LOGGER).removeHandler(self._handler)
            self._handler.close()
            self._handler = None
