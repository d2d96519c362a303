"""The camera that the tests of its analysis share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.workers.analysis.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    one = Bench(tmp_path)
    yield one
    one.watch.leave()
    one.client.pool.close(unlink=True)
    one.ring.close(unlink=True)
