"""Checks the disks of the other directories that are written to, beside `recordings/`.

Recording does not start without its disk (see `recordings.volume`). Everything else goes on: while the disk of `clips/`
is missing, pictures wait in memory; without that of `logs/`, the log goes to standard error only.
"""

from __future__ import annotations

import errno
import logging
import threading
from functools import partial
from pathlib import Path

from dogwatch.errors import DogwatchError
from dogwatch.model import VOLUME_FILE
from dogwatch.store import volumes
from dogwatch.store.database import Database
from dogwatch.volume import Volume, gone, identity_of, is_own_disk, mounts_text, read_identity, write_identity

_log = logging.getLogger(__name__)


class WrittenFolder:
    """One of the directories. `verify` may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """Count as missing until the first check."""
        self.path = path
        self.volume: Volume | None = None
        self.fault = ""
        self.traits: object = None  # of its disk, when that was found

    def verify(self) -> None:
        """Check that files written now go to the right disk.

        Raises:
            OSError: Its disk is missing.
        """
        volume = self.volume
        if volume is None:
            raise OSError(errno.ENOENT, self.fault) if self.fault else gone(self.path)
        volume.verify()


class WrittenFolders:
    """All these directories, by name."""

    def __init__(self, db: Database, data: Path) -> None:
        """Use the directories below `data`; call `check` before anything is written."""
        self._db, self._data = db, data
        self._folders = {name: WrittenFolder(data / name) for name in volumes.OTHERS}
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> WrittenFolder:
        return self._folders[name]

    def faults(self) -> dict[str, str]:
        """Return why each directory whose disk is missing cannot be written."""
        return {name: folder.fault for name, folder in self._folders.items() if folder.fault}

    def check(self) -> None:
        """Check which disks are there; call it at the start and regularly, from a worker thread."""
        with self._lock:
            common = len(self._db.mendings), identity_of(self._data), mounts_text()
            for name, folder in self._folders.items():
                traits = common, identity_of(folder.path), identity_of(folder.path / VOLUME_FILE)
                if folder.volume is None or folder.traits != traits:
                    self._check(name, folder)
                    folder.traits = traits  # an identity file that was just written makes for one more check

    def _check(self, name: str, folder: WrittenFolder) -> None:
        try:
            folder.volume, fault = self._find(name, folder.path), ""
        except OSError as error:
            folder.volume, fault = None, error.strerror or str(error)
        except DogwatchError as error:
            folder.volume, fault = None, str(error)
        if fault and fault != folder.fault:
            _log.error("%s; nothing is written there until then", fault)
        elif folder.fault and not fault:
            _log.info("%s is there again", folder.path)
        folder.fault = fault

    def _find(self, name: str, path: Path) -> Volume:
        """Return the volume of a directory; a disk that is used for the first time gets an identity file.

        Raises:
            DogwatchError: It is another disk than before.
            OSError: It cannot be read or written.
        """
        own = is_own_disk(path, self._data)
        with self._db.read() as connection:
            known = volumes.known(connection, name)
        if not own and not known:
            return Volume(path, device=self._data.stat().st_dev)
        present = read_identity(path)
        if present is None and known:
            raise DogwatchError(
                f"{path} is not the directory that was used before: is its disk mounted? To use this directory from "
                f"now on, make an empty file {path / VOLUME_FILE}"
            )
        if present and known and present not in known:
            raise DogwatchError(
                f"{path} belongs to another Dogwatch database. To use it with this one, empty the file "
                f"{path / VOLUME_FILE}"
            )
        if not present:
            present = volumes.new_identity(name)
            write_identity(path, present)
        if present not in known:
            self._db.write(partial(volumes.add, identity=present))
        return Volume(path, present)
