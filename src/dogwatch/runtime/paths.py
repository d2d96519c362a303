"""The directories of a running Dogwatch, and the lock on them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from dogwatch.address import encode_credentials
from dogwatch.bus import shared
from dogwatch.bus.unix import LONGEST, place
from dogwatch.errors import ConflictError, DogwatchError

if TYPE_CHECKING:
    from dogwatch.config.system import DatabaseConfig

LEAVING_S = 5.0  # how long the core of a killed supervisor may take to exit


@dataclass(frozen=True, slots=True)
class Paths:
    """The directories of one instance.

    `data` holds the configuration, database, secrets and logs; `media` holds recordings, clips and exports;
    `run` holds sockets (a short path: socket names are limited to about 100 bytes); `shm` is where shared
    memory files go.
    """

    data: Path
    media: Path
    run: Path
    shm: str

    @classmethod
    def below(cls, data: Path) -> Paths:
        """Return the paths of an instance with the data directory `data`; makes no directory yet."""
        data = data.absolute()
        digest = hashlib.sha256(str(data).encode()).hexdigest()[:10]
        run = Path(tempfile.gettempdir()) / f"dogwatch-{os.getuid()}-{digest}"
        return cls(data, data, run, shared.default_directory(str(run)))

    @property
    def config(self) -> Path:
        """The user's configuration file."""
        return self.data / "config.yml"

    def database(self, settings: DatabaseConfig) -> str:
        """Return the SQLAlchemy URL of the database; it may hold a password."""
        if settings.url is not None:
            return f"postgresql+psycopg://{encode_credentials(settings.url).partition('://')[2]}"
        return f"sqlite:///{settings.path or self.data / 'dogwatch.db'}"

    @property
    def log(self) -> Path:
        """The core's own log, with those of its workers."""
        return self.data / "logs" / "dogwatch.log"

    @property
    def link(self) -> str:
        """The address to which the workers connect."""
        return place(str(self.run), "core")

    def make(self) -> None:
        """Make the directories, with private ones for their owner only.

        Raises:
            DogwatchError: One cannot be made, or the run directory belongs to somebody else or is too long for sockets.
        """
        place(str(self.run), f"detector-{'x' * LONGEST}")
        try:
            # Footage and password hashes are for their owner only; users may change the mode later.
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            for directory in (self.media / "recordings", self.media / "clips", self.log.parent):
                if not directory.is_symlink():  # its disk may not be there yet
                    directory.mkdir(parents=True, exist_ok=True)
            for directory in (self.data / "secrets", self.run):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise DogwatchError(f"{error.filename}: cannot be made: {error.strerror}") from error
        found = self.run.lstat()  # any user may make something of that name in the directory for temporary files
        if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode):
            raise DogwatchError(f"{self.run} is no directory of this user")
        self.run.chmod(0o700)


def default_data() -> Path:
    """Return `$DOGWATCH_DATA`; else `./data` if it exists, or if `/var/lib/dogwatch` does not; else the latter."""
    named = os.environ.get("DOGWATCH_DATA")
    if named:
        return Path(named)
    local, system = Path("data"), Path("/var/lib/dogwatch")
    return system if system.is_dir() and not local.is_dir() else local


def _runs(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except OSError:
        pass
    return True


def own(data: Path) -> IO[str]:
    """Lock the data directory for this process; keep the returned file open while it is used.

    Raises:
        ConflictError: Another Dogwatch already runs on it.
        DogwatchError: It cannot be written.
    """
    try:
        lock = (data / ".lock").open("a+")
    except OSError as error:
        raise DogwatchError(f"{data} cannot be written: {error.strerror}") from error
    deadline = time.monotonic() + LEAVING_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError as error:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            if _runs(owner) or time.monotonic() > deadline:
                lock.close()
                raise ConflictError(f"another Dogwatch (pid {owner}) already runs on {data}") from error
            time.sleep(LEAVING_S / 50)  # the core of a killed supervisor holds the lock until it exits
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock
