"""Unix-domain sockets in the run directory: with short enough paths, for their owner alone, replacing stale files."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from dogwatch.errors import DogwatchError

LONGEST = 103  # bytes that a socket's path may have on macOS; 107 on Linux


def place(run_dir: str, name: str) -> str:
    """Return the path of socket `name` in `run_dir`; too long a name becomes its first word and a digest.

    Raises:
        DogwatchError: `run_dir` is too long even for that.
    """
    path = f"{run_dir}/{name}"
    if _fits(path):
        return path
    path = f"{run_dir}/{name.partition('-')[0]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    if _fits(path):
        return path
    raise DogwatchError(f"{run_dir} is too long for sockets, whose paths may have {LONGEST} bytes; see TMPDIR")


def _fits(path: str) -> bool:
    return len(os.fsencode(path)) <= LONGEST


class Bound:
    """A non-blocking `socket` bound to a file that only its user can reach. A stale file is replaced."""

    def __init__(self, path: str, kind: socket.SocketKind) -> None:
        """Bind a socket of `kind` at `path`.

        Raises:
            DogwatchError: It cannot be made.
        """
        self.socket = socket.socket(socket.AF_UNIX, kind)
        self._path = Path(path)
        try:
            self.socket.setblocking(False)
            with _locked(self._path.parent):
                if self._path.is_socket():
                    self._path.unlink()
                self.socket.bind(path)
                self._path.chmod(0o600)  # beside the run directory's own mode
                self._inode = self._path.stat().st_ino
        except OSError as error:
            self.socket.close()
            raise DogwatchError(f"socket {path} cannot be made: {error.strerror}") from error

    def close(self) -> None:
        """Close the socket and remove its file, unless a successor has put its own there."""
        with contextlib.suppress(OSError), _locked(self._path.parent):
            if self._path.stat().st_ino == self._inode:  # not used again while the socket is open
                self._path.unlink()
        self.socket.close()


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Lock `directory`: otherwise a successor could bind its socket between the check of a file and its removal."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
