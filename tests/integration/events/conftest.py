"""The hub that the tests of events share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.events.house import House


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    yield house
    house.hub.outputs.workers.close()
    house.db.close()
