"""The configuration file of a running program: read again, edited and replaced, by one at a time."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dogwatch.config import edit
from dogwatch.config.difference import Difference
from dogwatch.config.effective import CREDENTIAL
from dogwatch.config.keeper import Keeper
from dogwatch.config.load import EMPTY, Loaded, find, load_again, parse, text_of
from dogwatch.config.problems import ConfigErrors
from dogwatch.config.root import Config
from dogwatch.config.shown import without_secrets
from dogwatch.config.text_file import write
from dogwatch.errors import ConfigError, DogwatchError
from dogwatch.redact import MASK

MOST_CHANGES = 1000
WAIT_S = 10.0
_MASKED = re.compile(rf"^[^#]*?({re.escape(CREDENTIAL)}|//{re.escape(MASK)}@)")


class BusyError(DogwatchError):
    """Somebody else is changing the configuration."""

    status = 503


class UnwritableError(DogwatchError):
    """The file cannot be replaced."""


class NothingToDoError(ConfigError):
    """A change changes nothing."""


Changes = Mapping[edit.Path, Any] | Callable[[Config], Mapping[edit.Path, Any]]
"""Values by key, or what returns them for a configuration; None removes a key."""


class ConfigFile:
    """Changes the configuration in force and its file. Its methods take their time: call them in worker threads."""

    def __init__(
        self,
        keeper: Keeper,
        restart: Callable[[], None],
        works: Callable[[Loaded], None] = lambda _: None,
    ) -> None:
        """Change what `keeper` keeps.

        Args:
            keeper: Holds the configuration in force.
            restart: Starts the core anew; called when it cannot follow a change that is to be in force.
            works: Hears of each configuration that a running core has followed, and whose file says the same.
        """
        self._keeper, self._restart, self._works = keeper, restart, works
        self._lock = threading.Lock()

    def reload(self) -> Difference:
        """Read the file again and put it in force.

        Raises:
            ConfigErrors: It is wrong; nothing has changed.
            BusyError: Somebody else is changing it.
        """
        with self._alone(WAIT_S):
            return self._apply(load_again(self._keeper.loaded))

    def save(self, text: str) -> None:
        """Replace the file; what it says is in force after a restart or `reload`.

        Raises:
            ConfigErrors: The text is wrong; nothing is written.
            BusyError: Somebody else is changing it.
            UnwritableError: It cannot be written.
        """
        with self._alone():
            self._checked(text)
            _write(self._path, text)

    def check(self, text: str) -> tuple[Loaded, Difference]:
        """Return what `text` would be as the file, and what would change in force by it; nothing is written.

        Raises:
            ConfigErrors: The text is wrong.
        """
        loaded = self._checked(text)
        return loaded, self._keeper.compared(loaded)

    def with_changes(self, changes: Mapping[edit.Path, Any]) -> Loaded:
        """Return the configuration in force with changes of single keys; nothing is written.

        Raises:
            ConfigError: There are too many.
            ConfigErrors: One cannot be made, or the result is wrong.
        """
        return changed(self._keeper.loaded, changes)

    def change(self, changes: Changes, *, live: bool, write: bool) -> Difference:
        """Change single keys in the file (`write`), in what is in force (`live`), or both.

        What was written before and waits for a restart goes on waiting. A file that had mistakes counts as a whole.
        `changes` that depend on what there is are a function, which is asked for each of the two.

        Returns:
            What has changed in force.

        Raises:
            NothingToDoError: There are no changes.
            ConfigError: There are too many, or one cannot be made.
            ConfigErrors: The result is wrong; nothing has changed.
            BusyError: Somebody else is changing it.
            UnwritableError: It cannot be written; nothing has changed.
        """
        with self._alone():
            path, present = self._path, self._keeper.loaded
            written = text_of(path) if write else present.text
            wanted = changes(parse(written, path=path).config) if callable(changes) else changes
            also = changes(present.config) if callable(changes) else changes
            if not (wanted or also):
                raise NothingToDoError("Nothing to do")
            _limit(wanted)
            fresh = _edited(written, wanted, path)
            loaded = parse(fresh, path=path)
            if live and written != present.text and not present.mistakes:
                loaded = parse(_edited(present.text, also, path), path=path)
            if write and fresh != written:
                _write(path, fresh)
            if not live:
                return Difference()
            return self._apply(loaded if write else replace(loaded, mistakes=present.mistakes), unsaved=not write)

    def _checked(self, text: str) -> Loaded:
        """Return what `text` is as the file.

        Raises:
            ConfigErrors: It is wrong.
        """
        path = self._path
        masked = [number for number, line in enumerate(text.splitlines(), 1) if _MASKED.match(line)]
        if masked:
            errors = [ConfigError("holds what is shown in place of a secret", line=line) for line in masked]
            raise ConfigErrors(errors, path.name)
        if not text.strip("\ufeff \t\r\n") and self._keeper.config.cameras:
            raise ConfigErrors([EMPTY], path.name)
        return parse(text, path=path)

    @property
    def _path(self) -> Path:
        return find(self._keeper.loaded.path)

    @contextlib.contextmanager
    def _alone(self, wait_s: float = 0.0) -> Iterator[None]:
        if not self._lock.acquire(timeout=wait_s):
            raise BusyError("Busy: the configuration is being changed; try again")
        try:
            path = self._path
            if path.exists() and not path.is_file() and not path.is_dir():  # reading a pipe might wait for ever
                raise ConfigErrors([ConfigError("is no ordinary file")], path.name)
            yield
        finally:
            self._lock.release()

    def _apply(self, loaded: Loaded, *, unsaved: bool = False) -> Difference:
        found = self._keeper.change(loaded)
        if found.restart:
            self._restart()
        elif not unsaved:
            self._works(loaded)
        return found


def changed(loaded: Loaded, changes: Mapping[edit.Path, Any]) -> Loaded:
    """Return a configuration with changes of single keys; see `ConfigFile.with_changes`."""
    path = find(loaded.path)
    _limit(changes)
    return parse(_edited(loaded.text, changes, path), path=path)


def _limit(changes: Mapping[edit.Path, Any]) -> None:
    if len(changes) > MOST_CHANGES:
        raise ConfigError(f"more than {MOST_CHANGES} changes at once")


def _edited(text: str, changes: Mapping[edit.Path, Any], path: Path) -> str:
    try:
        return edit.edited(text, changes) if changes else text
    except ConfigError as error:
        raise ConfigErrors([without_secrets(error)], path.name) from error


def _write(path: Path, text: str) -> None:
    try:
        write(path, text)
    except OSError as error:
        raise UnwritableError(f"{path.name} cannot be written: {error.strerror or error}") from error
