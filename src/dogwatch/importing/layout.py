"""Where the configuration, database and media of an installation lie."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from dogwatch.errors import DogwatchError

IN_CONTAINER = "/media/frigate/"
"""Where the installation's own paths say that its media lie."""
_MEDIA = ("storage", "media/frigate", "media", ".")
_KINDS = ("recordings", "clips", "exports")
_CONFIGS = ("config/config.yml", "config/config.yaml", "config.yml", "config.yaml")
_DATABASE = "frigate.db"


class LeftOutError(DogwatchError):
    """Something that is not brought over; the text says why, without naming it."""


class MissingFileError(LeftOutError):
    """A file is not there."""


@dataclass(frozen=True, slots=True)
class InstallationLayout:
    """An installation; what is None is not there. `media` holds `recordings/`, `clips/` and `exports/`."""

    config: Path | None
    database: Path | None
    media: Path

    def inside(self, path: str) -> str:
        """Return a path of the installation's own rows relative to its media.

        Raises:
            LeftOutError: It lies elsewhere.
        """
        relative = path.removeprefix(IN_CONTAINER)
        if relative.startswith("/"):
            raise LeftOutError(f"its path is not below {IN_CONTAINER}")
        if not relative or ".." in relative.split("/") or "\0" in path:
            raise LeftOutError("its path leads out of the media directory")
        return relative


def find(
    directory: Path, *, config: Path | None = None, database: Path | None = None, media: Path | None = None
) -> InstallationLayout:
    """Find an installation in `directory`; what is given is not looked for.

    Raises:
        DogwatchError: There is none, or something that is given is not there.
    """
    if not directory.is_dir():
        raise DogwatchError(f"there is no directory {directory}")
    for given in (config, database):
        if given is not None and not given.is_file():
            raise DogwatchError(f"there is no file {given}")
    if media is not None and not media.is_dir():
        raise DogwatchError(f"there is no directory {media}")
    places = [directory / name for name in _MEDIA]
    media = media or next((one for one in places if any((one / kind).is_dir() for kind in _KINDS)), None)
    databases = [directory / "config" / _DATABASE, directory / _DATABASE, *(one / _DATABASE for one in places)]
    found = InstallationLayout(
        config or next((path for name in _CONFIGS if (path := directory / name).is_file()), None),
        database or next((path for path in databases if path.is_file()), None),
        Path(os.path.realpath(media or directory)),
    )
    if found.database is None and media is None:
        raise DogwatchError(
            f"{directory} holds no {_DATABASE} and no recordings; --database and --media say where they are"
        )
    return found
