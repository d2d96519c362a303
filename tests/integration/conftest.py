"""A message bus with programs that are played, for tests of what speaks to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from dogwatch.edge.message_bus import SystemBus
from tests import dbus_mock
from tests.dbus_mock import MockBus
from tests.integration.bluez_mock import BluezMock


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockBus]:
    """A system message bus of this test's own, which is empty."""
    if reason := dbus_mock.missing():
        pytest.skip(reason)
    directory = tmp_path / "bus"
    directory.mkdir()
    with dbus_mock.mock_bus(directory) as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        yield bus


@pytest.fixture
async def bus(programs: MockBus) -> AsyncIterator[SystemBus]:
    """A connection to that bus."""
    made = SystemBus()
    yield made
    made.close()


@pytest.fixture
async def bluez(programs: MockBus, bus: SystemBus) -> BluezMock:
    """BlueZ with one adapter."""
    programs.start("bluez5")
    made = BluezMock(programs, bus)
    await made.begin()
    return made
