"""What holds for all tests."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from dogwatch.edge import firewall
from dogwatch.store.database import Database
from dogwatch.testing import app as apps
from tests import postgres as servers
from tests.memory import in_memory
from tests.postgres import PostgresServer
from tests.spreading import (  # noqa: F401 - hooks
    pytest_configure,
    pytest_configure_node,
    pytest_runtest_protocol,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
    pytest_xdist_make_scheduler,
)
from tests.waiting import waits

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("dogwatch", deadline=None)
settings.load_profile("dogwatch")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Look for no garbage while tests are collected, which would take a fifth of that time, nor in what is there then.

    The search in what is there for all tests takes a tenth of the time of many tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory for this test: in memory where there is room, but on a disk for tests of whole processes."""
    place = None if waits(request.node.nodeid) else in_memory()
    if place is None:
        yield tmp_path_factory.mktemp("test")
        return
    with tempfile.TemporaryDirectory(prefix="dogwatch-test-", dir=place, ignore_cleanup_errors=True) as directory:
        yield Path(directory)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for all tests of this process."""
    if reason := servers.missing():
        pytest.skip(reason)
    with servers.server() as made:
        yield made


@contextmanager
def new_file() -> Iterator[str]:
    """Give the URL of a new SQLite database that has its tables, which takes less time than to make them."""
    with tempfile.TemporaryDirectory(prefix="dogwatch-db-", dir=in_memory()) as directory:
        path = Path(directory) / "dogwatch.db"
        path.write_bytes(apps.new_database())
        yield f"sqlite:///{path}"


@pytest.fixture
def db() -> Iterator[Database]:
    """A new SQLite database."""
    with new_file() as url:
        opened = Database(url)
        opened.migrate()
        yield opened
        opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A new database of either kind."""
    if request.param == "sqlite":
        with new_file() as url:
            yield url
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.fresh()
    yield url
    server.give_back(url)


@pytest.fixture(scope="session", autouse=True)
def own_machine_left_alone() -> Iterator[None]:
    """Let no test restart this machine, switch its Bluetooth or change its firewall: it has none of these services."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        patched.setattr(firewall, "installed", list)
        yield


@contextmanager
def apps_on(server: PostgresServer) -> Iterator[None]:
    """Give each app that is made meanwhile a database on `server`."""
    made: dict[Path, str] = {}

    def database_in(directory: Path) -> str:
        if directory not in made:
            made[directory] = server.fresh()
        return made[directory]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(apps, "database_in", database_in)
        yield
    for url in made.values():
        server.give_back(url)


@pytest.fixture(scope="module", autouse=True)
def shared_apps_on_a_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """Put apps that the tests of a module share on PostgreSQL with `DOGWATCH_TEST_DATABASE=postgresql`."""
    if os.environ.get("DOGWATCH_TEST_DATABASE") != "postgresql":
        yield
        return
    with apps_on(request.getfixturevalue("postgres")):
        yield


@pytest.fixture(autouse=True)
def apps_on_a_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """Put apps on PostgreSQL: all with `DOGWATCH_TEST_DATABASE=postgresql`, else those of tests marked `postgresql`."""
    wanted = os.environ.get("DOGWATCH_TEST_DATABASE") == "postgresql"
    if not wanted and request.node.get_closest_marker("postgresql") is None:
        yield
        return
    with apps_on(request.getfixturevalue("postgres")):
        yield
