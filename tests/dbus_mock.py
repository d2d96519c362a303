"""Programs on a message bus of the tests' own, played by python-dbusmock: BlueZ, systemd, logind.

python-dbusmock needs libraries of the system, so it is Debian's package, run by the system's Python.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dogwatch.edge.message_bus import BusError, SystemBus

SYSTEM_PYTHON = "/usr/bin/python3"
MOCK = "org.freedesktop.DBus.Mock"
NAMES = {"bluez5": "org.bluez", "systemd": "org.freedesktop.systemd1", "logind": "org.freedesktop.login1"}
START_S = 20.0


def missing() -> str | None:
    """Say what is missing for these tests."""
    if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
        return "there is no dbus-daemon"
    probe = subprocess.run([SYSTEM_PYTHON, "-c", "import dbusmock"], capture_output=True, check=False)
    return "python3-dbusmock is not installed" if probe.returncode else None


class MockBus:
    """A message bus, and the programs on it."""

    def __init__(self, directory: Path) -> None:
        """Start a bus whose socket is in `directory`."""
        self.address = f"unix:path={directory}/bus"
        config = directory / "bus.conf"
        config.write_text(
            f"<busconfig><type>system</type><listen>{self.address}</listen><policy context='default'>"
            "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/><allow own='*'/><allow user='*'/>"
            "</policy></busconfig>"
        )
        self._daemon = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"], stdout=subprocess.PIPE
        )
        assert self._daemon.stdout is not None
        assert self._daemon.stdout.readline()
        self._programs: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, template: str, parameters: str | None = None) -> None:
        """Start the program that a template plays, with its `parameters` as JSON; it is soon on the bus."""
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": self.address}
        command = [SYSTEM_PYTHON, "-m", "dbusmock", "--system", "--template", template]
        command += ["--parameters", parameters] if parameters else []
        self._programs[template] = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)

    def stop(self, template: str) -> None:
        """End a program, as if it had crashed."""
        program = self._programs.pop(template)
        program.kill()
        program.wait()

    def hang(self, template: str) -> None:
        """Let a program hang: it stays on the bus, and answers nothing."""
        self._programs[template].send_signal(signal.SIGSTOP)

    def close(self) -> None:
        """End all."""
        for template in list(self._programs):
            self.stop(template)
        self._daemon.kill()
        self._daemon.wait()
        assert self._daemon.stdout is not None
        self._daemon.stdout.close()


@contextmanager
def mock_bus(directory: Path, *templates: str) -> Iterator[MockBus]:
    """Give a bus with the programs that these templates play."""
    bus = MockBus(directory)
    try:
        for template in templates:
            bus.start(template)
        yield bus
    finally:
        bus.close()


async def ready(bus: SystemBus, template: str) -> None:
    """Wait until the program that a template plays answers."""
    import asyncio

    name = NAMES[template]
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            daemon = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
            if await bus.call(daemon, "NameHasOwner", "s", name):
                return
        except BusError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError(f"{name} is not on the bus")
