from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dogwatch.runtime.service_manager import ServiceManager, unwell


@pytest.fixture
def systemd() -> Iterator[tuple[socket.socket, str]]:
    """What systemd listens on, and its address."""
    with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        path = str(Path(directory) / "notify")
        listener.bind(path)
        listener.setblocking(False)
        yield listener, path


def heard(listener: socket.socket) -> list[str]:
    words = []
    while True:
        try:
            words.append(listener.recv(100).decode())
        except BlockingIOError:
            return words


def problem(kind: str, camera: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "camera": camera, "text": f"{kind} {camera}"}


def test_systemd_hears_that_the_core_is_ready_and_well(systemd: tuple[socket.socket, str]) -> None:
    listener, path = systemd
    manager = ServiceManager({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getppid())})
    assert manager.every_s == 20.0
    manager.ready()
    manager.tick([], ["front"])
    manager.tick([problem("no_footage", "front")], ["front"])
    assert heard(listener) == ["READY=1", "WATCHDOG=1"]
    manager.tick([problem("backup_old")], ["front"])
    assert heard(listener) == ["WATCHDOG=1"]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX") or os.uname().sysname != "Linux", reason="a Linux address")
def test_an_abstract_address_is_understood() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        name = f"dogwatch-test-{os.getpid()}"
        listener.bind("\0" + name)
        listener.setblocking(False)
        ServiceManager({"NOTIFY_SOCKET": "@" + name}).ready()
        assert heard(listener) == ["READY=1"]


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"WATCHDOG_USEC": "60000000"},
        {"NOTIFY_SOCKET": "/nowhere"},
        {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "soon"},
        {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"},
    ],
)
def test_without_a_watchdog_nothing_is_due_and_telling_is_harmless(environment: dict[str, str]) -> None:
    manager = ServiceManager(environment, pids=(100, 101))
    assert manager.every_s is None
    manager.ready()


@pytest.mark.parametrize(
    ("problems", "well"),
    [
        ([], True),
        ([problem("no_footage", "front")], True),  # the other one is recorded
        ([problem("no_footage", "front"), problem("no_footage", "back")], False),
        ([problem("no_footage", "front"), problem("process_failing", "back")], False),
        ([problem("no_footage", "front"), problem("camera_unreachable", "back")], False),
        ([problem("camera_unreachable", "front"), problem("camera_unreachable", "back")], True),
        ([problem("no_footage", "front"), problem("no_footage", "back"), problem("disk_low")], True),
        ([problem("process_failing"), problem("database_away")], True),
    ],
)
def test_only_recording_that_has_failed_as_a_whole_is_unwell(problems: list[dict[str, Any]], well: bool) -> None:
    assert (unwell(problems, ["front", "back"]) == "") is well


def test_where_nothing_is_to_be_recorded_all_is_well() -> None:
    assert unwell([problem("no_footage", "front")], []) == ""
