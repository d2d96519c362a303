"""What this computer has of what an edge camera can use, and what is missing: for `dogwatch edge check`."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dogwatch.edge import firewall, stations
from dogwatch.edge.bluez import BlueZ
from dogwatch.edge.message_bus import SYSTEMD, BusError, SystemBus
from dogwatch.edge.system_power import LOGIND
from dogwatch.errors import EdgeError

LIBRARIES = ("gpiozero", "gpiod", "dbus_fast", "bleak")
INSTALL = "pip install 'dogwatch[edge]'"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was looked for: what was found, or what to do if it is wanted."""

    name: str
    present: bool
    text: str


@dataclass(frozen=True, slots=True)
class Places:
    """Where to look."""

    sysfs: Path = Path("/sys")
    dev: Path = Path("/dev")


async def parts(places: Places, unit: str) -> list[Part]:
    """Look for everything; takes some seconds at most where a service does not answer."""
    bus = SystemBus()
    try:
        return [
            *_libraries(),
            _gpio(places.dev),
            await _bluetooth(bus),
            _access_point(places.sysfs),
            _firewall(),
            await _systemd(bus, unit),
            await _reboot(bus),
            _program("CSI camera", "rpicam-vid", "apt install rpicam-apps (only for a camera on the ribbon cable)"),
            _throttling(),
            _card(places.sysfs),
            _program("updates", "git", "apt install git"),
        ]
    finally:
        bus.close()


def _libraries() -> Iterator[Part]:
    for name in LIBRARIES:
        found = importlib.util.find_spec(name) is not None
        yield Part(f"library {name}", found, "installed" if found else INSTALL)


def _gpio(dev: Path) -> Part:
    chips = sorted(dev.glob("gpiochip*"))
    if not chips:
        return Part("GPIO", False, f"there is no {dev}/gpiochip*: this computer has no pins for sensors")
    usable = [chip for chip in chips if os.access(chip, os.R_OK | os.W_OK)]
    if not usable:
        return Part("GPIO", False, f"{chips[0]} may not be opened: add the service's user to the group gpio")
    return Part("GPIO", True, ", ".join(chip.name for chip in usable))


async def _bluetooth(bus: SystemBus) -> Part:
    try:
        adapter = await BlueZ(bus, lambda: 0.0).adapter()
    except (EdgeError, BusError) as error:
        return Part("Bluetooth", False, f"{error} (apt install bluez; rfkill unblock bluetooth)")
    said = "on" if adapter.properties.get("Powered") else "off, and switched on when it is needed"
    paired = sum(device.paired for device in adapter.devices)
    return Part("Bluetooth", True, f"{adapter.properties.get('Address')}, {said}; {paired} paired devices")


def _access_point(sysfs: Path) -> Part:
    if not (sysfs / "class" / "net" / stations.INTERFACE).exists():
        return Part("access point", False, f"there is no interface {stations.INTERFACE}")
    found = stations.stations()
    if found.message:
        return Part("access point", False, f"{found.message} (apt install iw)")
    return Part("access point", True, f"{stations.INTERFACE}, {len(found.stations)} clients")


def _firewall() -> Part:
    names = firewall.installed()
    text = ", ".join(names) or "apt install nftables (only with an access point)"
    return Part("captive portal", bool(names), text)


async def _systemd(bus: SystemBus, unit: str) -> Part:
    unit = unit if "." in unit else f"{unit}.service"
    try:
        await bus.call(SYSTEMD, "GetUnit", "s", unit)
    except BusError as error:
        return Part("restart", False, f"systemd and its unit {unit} are needed: {error}")
    watched = "and watches it" if os.environ.get("WATCHDOG_USEC") else "(set WatchdogSec= to have it watched)"
    return Part("restart", True, f"systemd runs {unit} {watched}")


async def _reboot(bus: SystemBus) -> Part:
    try:
        said = await bus.call(LOGIND, "CanReboot")
    except BusError as error:
        return Part("reboot", False, f"logind is needed: {error}")
    return Part("reboot", said == "yes", "allowed" if said == "yes" else f"not allowed ({said}): see the polkit rule")


def _program(name: str, program: str, advice: str) -> Part:
    path = shutil.which(program)
    return Part(name, path is not None, path or f"{program} is not installed: {advice}")


def _throttling() -> Part:
    path = shutil.which("vcgencmd")
    if path is None:
        return Part("throttling", False, "vcgencmd is not installed: only a Raspberry Pi has it")
    try:
        said = subprocess.run([path, "get_throttled"], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Part("throttling", False, f"vcgencmd fails: {error}")
    text = (said.stdout or said.stderr).strip()
    if said.returncode:
        return Part("throttling", False, f"{text} (add the service's user to the group video)")
    return Part("throttling", True, text)


def _card(sysfs: Path) -> Part:
    device = sysfs / "block" / "mmcblk0" / "device"
    try:
        name = (device / "name").read_text().strip()
    except OSError:
        return Part("card", False, "there is no SD card or eMMC")
    wear = device / "life_time"
    return Part("card", True, f"{name}, {'tells its wear' if wear.exists() else 'does not tell its wear'}")
