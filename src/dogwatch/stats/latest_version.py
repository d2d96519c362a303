"""Looks once a day for the newest version of Dogwatch, where the configuration says, or where pip installs from."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

DISABLED, UNKNOWN = "disabled", "unknown"
EVERY_S = 86_400.0
TIMEOUT_S = 20.0
PIP_TIMEOUT_S = 60.0
MOST_BYTES = 8 << 20  # the index lists every file of every version
PIP = (sys.executable, "-m", "pip", "index", "versions", "dogwatch", "--no-input", "--disable-pip-version-check")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+!-]{0,40}")
_LISTED = re.compile(rb"^dogwatch \(([^)\s]+)\)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class VersionSettings:
    """Whether to look, and at which address; without one, pip is asked."""

    enabled: bool
    url: str | None


class LatestVersion:
    """The newest version, as far as it is known. `tick` takes its time: call it in a thread."""

    def __init__(
        self,
        settings: VersionSettings,
        file: Path,
        clock: Callable[[], float] = time.time,
        pip: tuple[str, ...] = PIP,
    ) -> None:
        """Keep what was found, and when, in `file`, so that a restart does not ask again; `pip` is a command."""
        self._settings, self._file, self._clock, self._pip = settings, file, clock, pip
        self._asked, self._found = self._kept()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def configure(self, settings: VersionSettings) -> None:
        """Look as `settings` say from now on."""
        if settings != self._settings:
            self._settings, self._asked, self._found = settings, 0.0, UNKNOWN

    def text(self) -> str:
        """Return the newest version, `unknown`, or `disabled`."""
        return self._found if self._settings.enabled else DISABLED

    def close(self) -> None:
        """End a look by pip, which may take a minute where there is no network: the program cannot end before."""
        self._closed = True
        if (process := self._process) is not None:
            process.kill()

    def tick(self) -> None:
        """Look, if that is switched on and has not been done within a day."""
        now, settings = self._clock(), self._settings
        if not settings.enabled or 0 <= now - self._asked < EVERY_S:
            return
        self._asked = now
        try:
            found = self._at(settings.url) if settings.url else self._by_pip()
        except (OSError, ValueError, RecursionError, subprocess.SubprocessError) as error:
            log.info("the newest version cannot be found out: %s", type(error).__name__)
            found = None
        if settings == self._settings and not self._closed:  # otherwise it was changed meanwhile
            self._found = found or self._found
            self._keep()

    def _at(self, url: str) -> str | None:
        from http.client import HTTPException  # here: few use it
        from urllib.request import Request, urlopen

        try:
            request = Request(url, headers={"Accept": "application/json"})  # noqa: S310
            with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                data = answer.read(MOST_BYTES + 1)
        except HTTPException as error:
            raise ValueError("the answer is no HTTP") from error
        if len(data) > MOST_BYTES:
            raise ValueError("the answer is too long")
        told = json.loads(data)
        info = told.get("info") if isinstance(told, dict) else None
        return _plain(info.get("version") if isinstance(info, dict) else None)

    def _by_pip(self) -> str | None:
        """Ask the package index that pip is configured to use."""
        with subprocess.Popen(
            self._pip, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            self._process = process
            try:
                if self._closed:
                    return None
                said, _ = process.communicate(timeout=PIP_TIMEOUT_S)
            finally:
                self._process = None
                process.kill()
        found = _LISTED.search(said[:MOST_BYTES])
        return _plain(found[1].decode("ascii", "replace")) if found else None

    def _kept(self) -> tuple[float, str]:
        try:
            told = json.loads(self._file.read_text())
            same = told["url"] == self._settings.url
            return (float(told["asked_at"]), _plain(told["version"]) or UNKNOWN) if same else (0.0, UNKNOWN)
        except (OSError, ValueError, KeyError, TypeError):
            return 0.0, UNKNOWN

    def _keep(self) -> None:
        kept = {"asked_at": self._asked, "version": self._found, "url": self._settings.url}
        fresh = self._file.with_name(f".{self._file.name}.new")
        try:
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps(kept))
            fresh.replace(self._file)
        except OSError as error:
            log.info("%s cannot be written: %s", self._file.name, error.strerror)


def _plain(version: object) -> str | None:
    """Return a text that is a version; None for anything else."""
    return version if isinstance(version, str) and _VERSION.fullmatch(version) else None
