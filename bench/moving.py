"""A PostgreSQL server with the rows of `years`, moved there as users do it."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import USUAL, PostgresServer, missing, server

from bench.years import database

FILE = "dogwatch.db"
ROOM = 16 << 30  # for a server, the file, and the file that comes back


@dataclass(frozen=True, slots=True)
class Moved:
    """How a move ended: its exit status, seconds, and the most memory that it took."""

    status: int
    seconds: float
    mib: float
    said: str


@contextmanager
def stage() -> Iterator[tuple[Path, PostgresServer]]:
    """Give a data directory with the rows, and a server with the settings of a new installation."""
    if why := missing():
        raise SystemExit(why)
    with tempfile.TemporaryDirectory(prefix="dogwatch-bench-") as root, server(USUAL) as made:
        if shutil.disk_usage(root).free < ROOM:
            raise SystemExit(f"there is no room for {ROOM >> 30} GB in {root}")
        shutil.copyfile(database(), Path(root) / FILE)
        yield Path(root), made


def move(data: Path, target: str, stop: Callable[[float], bool] = lambda _: False) -> Moved:
    """Run `dogwatch database move`; kill it as soon as `stop`, which is told its seconds, says so."""
    words = [sys.executable, "-m", "dogwatch", "database", "--data", str(data), "move", target]
    began, most = time.monotonic(), 0.0
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while process.poll() is None:
        most = max(most, _memory_mib(process.pid))
        if stop(time.monotonic() - began):
            process.kill()
        time.sleep(0.1)
    said = process.communicate()[0]
    return Moved(process.returncode, time.monotonic() - began, most, said)


def _memory_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0) / 1024


def plain(url: str) -> str:
    """Return a URL as users write it."""
    return url.replace("+psycopg", "")


def points_to(data: Path, url: str | None) -> None:
    """Write a configuration that names this database, or the file."""
    named = f"database: {{url: '{plain(url)}'}}\n" if url else ""
    (data / "config.yml").write_text(f"{named}cameras: {{}}\n")
