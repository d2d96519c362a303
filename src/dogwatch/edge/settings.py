"""The settings in force, and their file `client/settings/settings.json`. For any thread."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from dogwatch.edge.files import StateFile
from dogwatch.edge.settings_schema import KEYS, EdgeSettings
from dogwatch.errors import EdgeError, unexpected

log = logging.getLogger(__name__)

MOST_BYTES = 256 << 10
SAVE_LOCATION = "VideoSaveLocation"


class Settings:
    """Holds the settings; whoever depends on one follows it."""

    def __init__(self, client: Path, lock: threading.RLock, foreign: Sequence[Path] = ()) -> None:
        """Read `settings/settings.json` below `client`, or make it.

        What is wrong in the file gets its default, and the file is kept aside. Recordings may go neither into the
        directories `foreign` nor above them: the edge API serves and deletes every video in the save directory.
        """
        self._client, self._foreign = client, foreign
        self._file = StateFile(_file(client), lock)
        self._followers: list[tuple[str, Callable[[], object]]] = []
        found = self._read()
        self.current = _mended(found, self._file.path)
        if found != self.current.document():
            self._file.write(self.current.document())

    @property
    def save_dir(self) -> Path:
        """Where recordings and snapshots go."""
        return (self._client / self.current.save_location).resolve()

    def follow(self, key: str, tell: Callable[[], object]) -> None:
        """Call `tell` after each change of a key, by the name that clients know, in the thread that has changed it."""
        self._followers.append((key, tell))

    def change(self, given: Mapping[str, Any], *, merge: bool = True) -> None:
        """Change settings, all of them or none, write them down, and tell who follows them.

        Args:
            given: Values by the names that clients know.
            merge: Whether an object only replaces the members that it has; else it replaces the whole one.

        Raises:
            EdgeError: 400, a value will not do; 413, there is too much.
            OSError: They cannot be written; nothing has changed.
        """
        with self._file.lock:
            before = self.current.document()
            after = {**before, **{key: _merged(before.get(key), value, merge) for key, value in given.items()}}
            new = parse(after)
            if new.save_location != self.current.save_location:
                check_save_location(self._client, new.save_location, self._foreign)
            document = new.document()
            if len(msgspec.json.encode(document)) > MOST_BYTES:
                raise EdgeError(413, "too_large", f"The settings would have more than {MOST_BYTES} bytes")
            changed = {key for key, value in document.items() if before.get(key) != value}
            if not changed:
                return
            self._file.write(document)
            self.current = new
        for key, tell in self._followers:
            if key in changed:
                _tell(tell)

    def _read(self) -> Any:
        """Return what the file holds, None if it holds nothing of use; that is kept aside."""
        try:
            found = self._file.read()
        except ValueError as error:
            aside = self._file.path.with_suffix(".json.broken")
            log.error("%s; it is kept as %s, and all settings are the defaults", error, aside.name)
            self._file.path.replace(aside)
            return None
        return found if isinstance(found, dict) else None


def stored(client: Path) -> EdgeSettings:
    """Return the settings that are stored below `client`, before the edge camera is there; nothing is written."""
    file = _file(client)
    try:
        found = StateFile(file, threading.RLock()).read()
    except (OSError, ValueError):  # `Settings` says so
        found = None
    return _mended(found, file)


def _file(client: Path) -> Path:
    return client / "settings" / "settings.json"


def parse(document: Mapping[str, Any]) -> EdgeSettings:
    """Return the settings that `document` holds.

    Raises:
        EdgeError: 400; a value will not do.
    """
    try:
        return EdgeSettings.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in found["loc"]) or "RotationAngle"
        raise EdgeError(400, "bad_field", f"{field}: {found['msg']}", field=field) from None


def check_save_location(client: Path, text: str, foreign: Sequence[Path] = ()) -> None:
    """Make the directory for recordings, and look whether it can be written; it may have nothing of `foreign` ones.

    Raises:
        EdgeError: 400; it cannot.
    """
    try:
        folder = (client / text).resolve()
        if any(_overlap(folder, one.resolve()) for one in foreign):
            problem: str | None = "the files of the NVR are there"
        else:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):  # asking for permissions says yes to root, of /proc too
                problem = None
    except (OSError, RuntimeError, ValueError) as error:
        problem = (error.strerror if isinstance(error, OSError) else None) or "it is no directory"
    if problem:
        message = f"{SAVE_LOCATION} cannot be used: {problem}"
        raise EdgeError(400, "bad_save_location", message, message=message, field=SAVE_LOCATION)


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def _tell(tell: Callable[[], object]) -> None:
    """Tell a follower; the settings have changed whether or not it can follow."""
    try:
        tell()
    except Exception as error:
        log.error("a part cannot follow the settings: %s", error, exc_info=unexpected(error))


def _merged(before: Any, value: Any, merge: bool) -> Any:
    return {**before, **value} if merge and isinstance(before, dict) and isinstance(value, dict) else value


def _mended(found: Any, path: Path) -> EdgeSettings:
    """Return the settings that `found` holds, with the defaults of those that are missing or wrong."""
    document = dict(found) if isinstance(found, dict) else {}
    for key in KEYS:
        if key in document:
            try:
                parse({key: document[key]})
            except EdgeError as error:
                log.error("%s: %s; the default is used", path, error)
                del document[key]
    try:
        return parse(document)
    except EdgeError as error:  # keys that are right alone, but not together
        log.error("%s: %s; the default is used", path, error)
        document.pop("RotationAngle", None)
        return parse(document)
