"""The store's tests run on both kinds of database."""

from collections.abc import Iterator

import pytest

from dogwatch.store.database import Database


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    opened.migrate()
    yield opened
    opened.close()
