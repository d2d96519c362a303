"""Listening for phones with bleak, against BlueZ as python-dbusmock plays it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from dogwatch.edge.low_energy import LowEnergy
from tests.integration.bluez_mock import PHONE, STRANGER, BluezMock
from tests.unit.edge.test_low_energy import FRIEND, KEY, OTHER, address_of


@pytest.fixture
async def low_energy() -> AsyncIterator[LowEnergy]:
    yield LowEnergy(time.monotonic)
    from bleak.backends.bluezdbus import manager

    for made in manager._global_instances.values():  # bleak keeps a connection for each event loop
        if made._bus is not None:
            made._bus.disconnect()
    manager._global_instances.clear()


async def test_a_phone_is_heard_under_its_changing_address(bluez: BluezMock, low_energy: LowEnergy) -> None:
    looking = asyncio.create_task(low_energy.look({PHONE: KEY, FRIEND: OTHER}))
    await asyncio.sleep(0.5)
    assert await bluez.adapter_property("Discovering") is True
    await bluez.advertise(STRANGER)
    await bluez.advertise(address_of(KEY, b"\x40\x00\x07"))
    assert await looking == {PHONE}
    assert await bluez.adapter_property("Discovering") is False


async def test_without_an_adapter_nobody_is_heard(bluez: BluezMock, low_energy: LowEnergy) -> None:
    await bluez.remove_adapter()
    assert await low_energy.look({PHONE: KEY}) == set()
