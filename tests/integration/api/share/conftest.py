"""The app that links lead to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dogwatch.testing.app import Nvr
from tests.shared_links import SHARING, shown


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with shown(tmp_path, SHARING) as built:
        yield built
