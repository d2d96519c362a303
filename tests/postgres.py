"""A PostgreSQL server of the tests' own: on loopback, in a temporary directory, as a rule unsafe and fast."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dogwatch.store.database import Database
from tests.memory import in_memory
from tests.rtsp import free_port

USER, PASSWORD = "dogwatch", "hunter2"
TEMPLATE = "template_dogwatch"
SHAPE = "SELECT count(*), sum(relnatts) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
VERSION = "SELECT version_num FROM alembic_version"
OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
EMPTY = """
SET session_replication_role = replica;
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND relname <> 'alembic_version' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  PERFORM setval(oid, 1, false) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S';
END $$;
RESET session_replication_role;
"""
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_wal_size": "64MB",
    "max_connections": "60",
    "autovacuum": "off",
    "listen_addresses": "127.0.0.1",
}
USUAL = {"listen_addresses": "127.0.0.1"}
"""The settings of a server as it is installed: what benchmarks measure."""
_numbers = itertools.count(1)


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, None without one."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in folders), key=lambda one: float(one.parent.name), default=None)


def missing() -> str:
    """Return why there can be no server; empty if there can."""
    if find_spec("psycopg") is None:
        return "psycopg is not installed"
    if programs() is None:
        return "PostgreSQL is not installed"
    return "" if os.getuid() or _other_user() else "root cannot run PostgreSQL, and there is no user to run it as"


def _other_user() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return None


class PostgresServer:
    """A server on a port of its own. `kill` and `start` are what happens to real ones."""

    def __init__(self, directory: Path, settings: Mapping[str, str] = FAST) -> None:
        self.directory, self.port, self._settings = directory, free_port(), settings
        self._process: subprocess.Popen[bytes] | None = None
        self._free: list[str] = []
        self._shape: list[tuple[Any, ...]] = []
        self._version: list[tuple[Any, ...]] = []
        found = programs()
        assert found is not None
        self._programs = found
        other = None if os.getuid() else _other_user()
        self._become: dict[str, Any] = {}
        if other is not None:
            os.chown(directory, other.pw_uid, other.pw_gid)
            self._become = {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
        words = ["--auth=trust", f"--username={USER}", "--no-sync", "--encoding=UTF8", "--locale=en_US.UTF-8"]
        if subprocess.run(["locale", "-a"], capture_output=True).stdout.count(b"en_US") == 0:
            words[-1] = "--locale=C.UTF-8"
        self._run("initdb", *words, "-D", str(directory / "data"))

    def start(self) -> None:
        """Start it, and wait until it answers."""
        given = [f"-c{name}={value}" for name, value in self._settings.items()]
        words = [*given, f"-p{self.port}", "-k", str(self.directory)]
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.directory / "data", *words],
                cwd=self.directory, stdout=log, stderr=log, **self._become,
            )  # fmt: skip
        deadline = time.monotonic() + 30
        while not self.answers():
            assert self._process.poll() is None, (self.directory / "log").read_text()
            assert time.monotonic() < deadline, "PostgreSQL does not start"
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        """The number of its first process."""
        assert self._process is not None
        return self._process.pid

    def answers(self) -> bool:
        """Tell whether it takes connections."""
        import psycopg

        try:
            psycopg.connect(self._address("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """End it like a power cut: nothing is said to clients, and nothing is tidied up."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop all its processes: connections stay open, and nobody answers."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        pids = [self._process.pid]
        os.kill(self._process.pid, signal.SIGSTOP)
        try:
            for pid in map(int, children.read_text().split()):
                pids.append(pid)
                os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def stop(self) -> None:
        """End it for good."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement outside of any transaction; return its rows."""
        import psycopg

        with psycopg.connect(self._address(database), autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type,unused-ignore]
            return cursor.fetchall() if cursor.description else []

    def empty(self) -> str:
        """Make a database without tables; return its URL."""
        name = f"d{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def fresh(self) -> str:
        """Give a database with all tables, which takes less time than to make them; return its URL."""
        if self._free:
            return self.url(self._free.pop())
        if not self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'"):
            self.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
            db = Database(self.url(TEMPLATE))
            db.migrate()
            db.close()
            self._shape, self._version = self.execute(SHAPE, TEMPLATE), self.execute(VERSION, TEMPLATE)
        name = f"d{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        return self.url(name)

    def give_back(self, url: str) -> None:
        """Empty a database that `fresh` has made, for the next test; drop one whose tables have changed."""
        import psycopg

        name = url.rpartition("/")[2]
        with psycopg.connect(self._address(name), autocommit=True) as connection:
            connection.execute(OTHERS)
            same = (
                connection.execute(SHAPE).fetchall() == self._shape
                and connection.execute(VERSION).fetchall() == self._version
            )
            if same:
                connection.execute(EMPTY)
        if same:
            self._free.append(name)
        else:
            self.drop(url)

    def drop(self, url: str) -> None:
        """Drop a database, whoever uses it."""
        self.execute(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def _address(self, name: str) -> str:
        return f"host=127.0.0.1 port={self.port} user={USER} dbname={name}"

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [self._programs / program, *words], check=True, capture_output=True, cwd=self.directory, **self._become
        )


@contextmanager
def server(settings: Mapping[str, str] = FAST) -> Iterator[PostgresServer]:
    """Give a running server in a temporary directory."""
    # A database has 300 files: to make and drop one in memory takes a fifth of the time that a disk takes, or less.
    place = in_memory() if settings is FAST else None
    with tempfile.TemporaryDirectory(prefix="dogwatch-pg-", dir=place, ignore_cleanup_errors=True) as directory:
        made = PostgresServer(Path(directory), settings)
        try:
            made.start()
            yield made
        finally:
            made.stop()
