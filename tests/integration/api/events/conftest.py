"""The app whose events are read and changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dogwatch.testing.app import Nvr
from tests.integration.api.events.furnished import furnished


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with furnished(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nvr]:
    """The app of tests that only ask."""
    with furnished(tmp_path_factory.mktemp("shared")) as made:
        yield made
