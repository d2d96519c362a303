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
async def bus() -> AsyncIterator[SystemBus]:
    """A connection to the bus that there is when it is first used."""
    made = SystemBus()
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared_programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockBus]:
    """A system message bus with BlueZ, for all tests of this process that leave it running."""
    if reason := dbus_mock.missing():
        pytest.skip(reason)
    with dbus_mock.mock_bus(tmp_path_factory.mktemp("bus"), "bluez5") as bus:
        yield bus


@pytest.fixture
async def bluez(shared_programs: MockBus, bus: SystemBus, monkeypatch: pytest.MonkeyPatch) -> BluezMock:
    """BlueZ with one adapter."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", shared_programs.address)
    made = BluezMock(shared_programs, bus)
    await made.begin()
    return made


@pytest.fixture
async def own_bluez(programs: MockBus, bus: SystemBus) -> BluezMock:
    """BlueZ with one adapter on this test's own bus, which may end or hang."""
    programs.start("bluez5")
    made = BluezMock(programs, bus)
    await made.begin()
    return made
