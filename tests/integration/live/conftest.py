from collections.abc import Iterator
from pathlib import Path

import pytest

from dogwatch.testing.app import Nvr, nvr


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with nvr(tmp_path) as made:
        yield made
