"""Restarts as systemd and logind do them, played by python-dbusmock."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import pytest

from dogwatch.edge import system_power as module
from dogwatch.edge.event_log import EventLog
from dogwatch.edge.files import StateFile
from dogwatch.edge.message_bus import SYSTEMD, SystemBus
from dogwatch.edge.system_power import LOGIND, SystemPower
from dogwatch.errors import EdgeError
from dogwatch.testing.app import until
from tests.dbus_mock import MOCK, MockBus, ready

UNIT = "security-cam.service"


class Machine:
    """What is restarted, and in which order things happened."""

    def __init__(self, bus: SystemBus, event_log: EventLog) -> None:
        self.bus, self.event_log = bus, event_log
        self.happened: list[str] = []
        self.power = SystemPower(bus, event_log, self.finish, lambda: "security-cam")

    def finish(self) -> None:
        time.sleep(0.1)  # a recording takes a moment to be finished
        self.happened.append("finished")

    async def calls(self, place: tuple[str, str, str]) -> list[tuple[str, list[object]]]:
        """Return what was asked for, without the questions of the test and those that change nothing."""
        found = await self.bus.call((place[0], place[1], MOCK), "GetCalls")
        return [(call[1], call[2]) for call in found if call[1] in ("RestartUnit", "Reboot")]

    async def first_call(self, place: tuple[str, str, str]) -> tuple[str, list[object]]:
        async with asyncio.timeout(5):
            while not (calls := await self.calls(place)):  # noqa: ASYNC110 - another program is asked
                await asyncio.sleep(0.05)
        return calls[0]


@pytest.fixture
async def machine(bus: SystemBus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(module, "RESTART_S", 0.3)
    monkeypatch.setattr(module, "REBOOT_S", 0.3)
    return Machine(bus, EventLog(StateFile(tmp_path / "log.json", threading.RLock()), time.time))


async def test_the_unit_is_restarted_after_the_recording_is_finished(programs: MockBus, machine: Machine) -> None:
    programs.start("systemd")
    await ready(machine.bus, "systemd")
    await machine.bus.call((*SYSTEMD[:2], MOCK), "AddMockUnit", "s", UNIT)
    code = f"assert args == ['{UNIT}', 'replace']; ret = '/org/freedesktop/systemd1/job/1'"
    await machine.bus.call((*SYSTEMD[:2], MOCK), "AddMethod", "sssss", SYSTEMD[2], "RestartUnit", "ss", "o", code)
    await machine.power.restart()
    await machine.power.restart()  # asked twice, it is done once
    assert machine.happened == []
    assert await machine.calls(SYSTEMD) == []
    await until(lambda: machine.happened)
    assert await machine.first_call(SYSTEMD) == ("RestartUnit", [UNIT, "replace"])
    assert machine.happened == ["finished"]
    assert [entry.kind for entry in machine.event_log.since(1)] == ["service_restart"]


async def test_a_unit_that_there_is_not_cannot_be_restarted(programs: MockBus, machine: Machine) -> None:
    programs.start("systemd")
    await ready(machine.bus, "systemd")
    with pytest.raises(EdgeError) as refused:
        await machine.power.restart()
    assert (refused.value.status, refused.value.code) == (503, "not_supported")


async def test_the_computer_is_restarted(programs: MockBus, machine: Machine) -> None:
    programs.start("logind")
    await ready(machine.bus, "logind")
    await machine.power.reboot()
    assert await machine.calls(LOGIND) == []
    assert await machine.first_call(LOGIND) == ("Reboot", [False])
    assert machine.happened == ["finished"]
    assert [entry.kind for entry in machine.event_log.since(1)] == ["system_reboot"]


async def test_a_reboot_that_is_not_allowed_is_refused(programs: MockBus, machine: Machine) -> None:
    programs.start("logind", '{"CanReboot": "challenge"}')
    await ready(machine.bus, "logind")
    with pytest.raises(EdgeError, match="challenge") as refused:
        await machine.power.reboot()
    assert refused.value.code == "not_supported"
    assert machine.event_log.since(1) == []


async def test_without_a_service_manager_nothing_is_supported(machine: Machine) -> None:
    for ask in (machine.power.restart, machine.power.reboot):
        with pytest.raises(EdgeError) as refused:
            await ask()
        assert (refused.value.status, refused.value.code) == (503, "not_supported")
