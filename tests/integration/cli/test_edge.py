"""`dogwatch edge check` on a machine with and without the hardware."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from dogwatch.cli.edge import edge
from dogwatch.edge import firewall
from dogwatch.edge.message_bus import SYSTEMD
from dogwatch.edge.parts_check import Places, parts
from tests.dbus_mock import MOCK, MockBus, ready
from tests.integration.bluez_mock import PHONE, BluezMock


def test_what_is_missing_is_said_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = CliRunner().invoke(edge, ["check", "--data", str(tmp_path)])
    assert answer.exit_code == 0, answer.output
    said = {line[9:].split("  ")[0].strip(): line for line in answer.output.splitlines()}
    assert said["Bluetooth"].startswith("missing")
    assert "apt install bluez" in said["Bluetooth"]
    assert "security-cam.service" in said["restart"]
    assert said["updates"].endswith("apt install git")
    assert answer.output.endswith(f"No camera has an edge API: set edge.camera in {tmp_path}/config.yml.\n")


async def test_what_is_there_is_found(
    tmp_path: Path, programs: MockBus, own_bluez: BluezMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = tmp_path / "sys" / "block" / "mmcblk0" / "device"
    device.mkdir(parents=True)
    (device / "name").write_text("SC16G\n")
    (device / "life_time").write_text("0x01 0x0b\n")
    dev = tmp_path / "dev"
    dev.mkdir()
    (dev / "gpiochip0").touch()
    program = tmp_path / "bin" / "vcgencmd"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho throttled=0x0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(firewall, "installed", lambda: ["nft", "iptables"])
    programs.start("systemd")
    programs.start("logind", '{"CanReboot": "challenge"}')
    await asyncio.gather(ready(own_bluez.bus, "systemd"), ready(own_bluez.bus, "logind"))
    await own_bluez.bus.call((*SYSTEMD[:2], MOCK), "AddMockUnit", "s", "mine.service")
    await own_bluez.add_device(PHONE, "Pixel")
    await own_bluez.pair_from_phone(PHONE)
    found = {part.name: part for part in await parts(Places(tmp_path / "sys", dev), "mine")}
    assert (found["GPIO"].present, found["GPIO"].text) == (True, "gpiochip0")
    assert (found["Bluetooth"].present, found["Bluetooth"].text) == (True, "00:01:02:03:04:05, on; 1 paired devices")
    assert found["restart"].present
    assert (found["reboot"].present, found["reboot"].text[:23]) == (False, "not allowed (challenge)")
    assert (found["throttling"].present, found["throttling"].text) == (True, "throttled=0x0")
    assert (found["card"].present, found["card"].text) == (True, "SC16G, tells its wear")
    assert found["captive portal"].text == "nft, iptables"
    assert not found["access point"].present
