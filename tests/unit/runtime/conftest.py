from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.runtime.stage import Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    yield made
    made.close()
