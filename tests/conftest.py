"""What holds for all tests."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import postgres as servers
from tests.postgres import PostgresServer

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("dogwatch", deadline=None)
settings.load_profile("dogwatch")


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
    server.drop(url)
