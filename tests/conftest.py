"""What holds for all tests."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from dogwatch.edge import firewall
from dogwatch.testing import app as apps
from tests import postgres as servers
from tests.postgres import PostgresServer

if TYPE_CHECKING:
    from tests.lanes import MixedScheduling

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("dogwatch", deadline=None)
settings.load_profile("dogwatch")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Spare what is there for all tests the search for garbage, which takes a tenth of the time of many tests."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> MixedScheduling | None:
    """Mix tests that wait with tests that compute where whole files are spread over processes."""
    if config.getvalue("dist") != "loadfile":
        return None
    from tests.lanes import MixedScheduling

    return MixedScheduling(config, log)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for all tests of this process."""
    if reason := servers.missing():
        pytest.skip(reason)
    with servers.server() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of either kind: one that is made when it is opened, or one that has its tables."""
    if request.param == "sqlite":
        yield "sqlite://"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.fresh()
    yield url
    server.give_back(url)


@pytest.fixture(autouse=True)
def own_machine_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test restart this machine, switch its Bluetooth or change its firewall: it has none of these services."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    monkeypatch.setattr(firewall, "installed", list)


@pytest.fixture(autouse=True)
def apps_on_a_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put apps on PostgreSQL: all with `DOGWATCH_TEST_DATABASE=postgresql`, else those of tests marked `postgresql`."""
    wanted = os.environ.get("DOGWATCH_TEST_DATABASE") == "postgresql"
    if not wanted and request.node.get_closest_marker("postgresql") is None:
        yield
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    made: dict[Path, str] = {}

    def database_in(directory: Path) -> str:
        if directory not in made:
            made[directory] = server.fresh()
        return made[directory]

    monkeypatch.setattr(apps, "database_in", database_in)
    yield
    for url in made.values():
        server.give_back(url)
