"""The store's tests run on both kinds of database."""

from collections.abc import Iterator

import pytest

from dogwatch.store.database import Database
from tests import postgres as servers
from tests.postgres import PostgresServer


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    opened.migrate(owns=True)  # only then a server's rows are kept in mind
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def mortal() -> Iterator[PostgresServer]:
    """A server for tests of its loss, as nobody else may use it meanwhile."""
    if reason := servers.missing():
        pytest.skip(reason)
    with servers.server() as made:
        yield made


@pytest.fixture
def server(mortal: PostgresServer) -> Iterator[PostgresServer]:
    """One that tests may kill."""
    yield mortal
    if not mortal.answers():
        mortal.start()
