"""Measures the computer (docs/api/edge/system.md). Calls take some milliseconds, so they need a thread."""

from __future__ import annotations

import getpass
import os
import platform
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from dogwatch.edge.alerts import Vitals
from dogwatch.edge.files import iso
from dogwatch.edge.hardware import GIB, Hardware, is_throttled, life_time, throttle
from dogwatch.edge.storage import DiskUsage, disk_usage

MIB = 1 << 20
LEAST_S = 0.5  # a shorter time measures nothing
FIRST_S = 0.1
PROGRAM_S = 2.0


class ProcessorLoad:
    """Measures each processor core between two calls. For any thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin to measure."""
        self._monotonic, self._lock = monotonic, threading.Lock()
        self._at, self._times = monotonic(), psutil.cpu_times(percpu=True)
        self._percent: list[float] = []

    def percent(self) -> list[float]:
        """Return the use of each core in percent."""
        with self._lock:
            if self._percent and self._monotonic() - self._at < LEAST_S:
                return self._percent
            if not self._percent:
                time.sleep(FIRST_S)
            before, self._times, self._at = self._times, psutil.cpu_times(percpu=True), self._monotonic()
            self._percent = [_used(old, new) for old, new in zip(before, self._times, strict=False)]
            return self._percent


def _used(before: Any, after: Any) -> float:
    spent = [new - old for old, new in zip(before, after, strict=True)]
    fields = after._fields
    idle = sum(value for name, value in zip(fields, spent, strict=True) if name in ("idle", "iowait"))
    # Time of guests is in that of users too.
    whole = sum(value for name, value in zip(fields, spent, strict=True) if not name.startswith("guest"))
    return round(min(100.0, max(0.0, 100 * (1 - idle / whole))), 1) if whole > 0 else 0.0


class SystemInfo:
    """What answers tell of the computer."""

    def __init__(
        self, hardware: Hardware, save_dir: Callable[[], Path], deployed: Callable[[], Mapping[str, str | None]]
    ) -> None:
        """Measure the disk of `save_dir`; `deployed` tells which version runs."""
        self._hardware, self._save_dir, self._deployed = hardware, save_dir, deployed
        self._load = ProcessorLoad()

    def info(self, *, extended: bool = False) -> dict[str, Any]:
        """Return the body of `GET /system_info`."""
        temperature, raw = self._hardware.temperature(), self._hardware.throttling()
        memory, disk = psutil.virtual_memory(), _disk(self._save_dir())
        found: dict[str, Any] = {
            "cpu_temp_celsius": None if temperature is None else round(temperature),
            "cpu_load_percent": round(max(self._load.percent(), default=0.0)),
            "storage_info_gb": {
                "total_gb": round(disk.total / GIB, 1) if disk else None,
                "used_gb": round(disk.used / GIB, 1) if disk else None,
            },
            "ram_usage_mb": {
                "total_mb": memory.total // MIB,
                "used_mb": (memory.total - memory.available) // MIB,
            },
            "uptime_seconds": max(0, int(time.time() - psutil.boot_time())),
            "throttle": None if raw is None else throttle(raw),
            "sd_health": self._hardware.card(),
        }
        return found | ({"extended": self.stats()} if extended else {})

    def measured(self) -> Vitals:
        """Return what alerts are made of."""
        temperature, raw, card = self._hardware.temperature(), self._hardware.throttling(), self._hardware.card()
        shares = fullness(Path("/"), self._save_dir())
        return Vitals(
            temp=temperature,
            load=max(self._load.percent(), default=0.0),
            storage_pct=round(max(shares), 1) if shares else None,
            sd_life_est=life_time(str(card.get("life_time_est", ""))) if card else None,
            throttled=None if raw is None else is_throttled(raw),
            ram_pct=psutil.virtual_memory().percent,
        )

    def stats(self) -> dict[str, Any]:
        """Return the body of `GET /system_stats`; what is not known is left out, but for the version."""
        network, swap, load = psutil.net_io_counters(), psutil.swap_memory(), os.getloadavg()
        address, interface = _own_address()
        found: dict[str, Any] = {
            "process_count": len(psutil.pids()),
            "cpu_count": psutil.cpu_count(),
            "cpu_per_core": self._load.percent(),
            "boot_time": iso(psutil.boot_time()),
            "hostname": socket.gethostname(),
            "network": None if network is None else {
                "bytes_sent": network.bytes_sent,
                "bytes_recv": network.bytes_recv,
                "packets_sent": network.packets_sent,
                "packets_recv": network.packets_recv,
            },
            "swap": {"total_mb": swap.total // MIB, "used_mb": swap.used // MIB, "percent": swap.percent},
            "load_avg": dict(zip(("1min", "5min", "15min"), (round(one, 2) for one in load), strict=True)),
            "ip_address": address,
            "ip_interface": interface,
            **_wifi(),
            "username": _user(),
            "python_version": platform.python_version(),
            "os_info": platform.platform(),
            "os_distro": _distribution(),
            "arch": platform.machine(),
            "kernel": platform.release(),
            "cpu_model": self._model(),
        }  # fmt: skip
        return {name: value for name, value in found.items() if value is not None} | dict(self._deployed())

    def _model(self) -> str | None:
        try:
            text = (self._hardware.proc / "cpuinfo").read_text(errors="replace")
        except OSError:
            return None
        for name in ("Model", "model name", "Hardware"):
            if found := re.search(rf"^{name}\s*:\s*(.+)$", text, re.MULTILINE):
                return found[1].strip()
        return None


def _disk(place: Path) -> DiskUsage | None:
    try:
        return disk_usage(place)
    except OSError:
        return None


def fullness(*places: Path) -> list[float]:
    """Return how full the disks of `places` are, in percent, as far as that can be told."""
    return [found.percent for place in places if (found := _disk(place)) is not None]


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return None


def _distribution() -> str | None:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME")
    except OSError:
        return None


def _own_address() -> tuple[str | None, str | None]:
    """Return the address in the network, and its interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # of a network for documentation: routed, but nothing is sent
        except OSError:
            return None, None
        address = str(probe.getsockname()[0])
    for name, addresses in psutil.net_if_addrs().items():
        if any(one.address == address for one in addresses):
            return address, name
    return address, None


def _wifi() -> dict[str, Any]:
    """Return name and signal of the wireless network, and the signal of the access point's clients."""
    program = shutil.which("iw")
    wireless = [one.parent.name for one in Path("/sys/class/net").glob("*/wireless")] if program else []
    found: dict[str, Any] = {}
    for name in wireless:
        said = _run([program or "iw", "dev", name, "link"])
        if (ssid := re.search(r"^\s*SSID: (.+)$", said, re.MULTILINE)) and "wifi_ssid" not in found:
            found["wifi_ssid"] = ssid[1]
            if signal := re.search(r"signal: (-?\d+) dBm", said):
                found["wifi_signal_dbm"] = int(signal[1])
    if "ap0" in wireless:
        said = _run([program or "iw", "dev", "ap0", "station", "dump"])
        found["ap_clients_signal"] = [
            {"mac": mac.upper(), "signal_dbm": int(signal)}
            for mac, signal in re.findall(r"Station ([0-9a-f:]{17})[^\0]*?signal:\s*(-?\d+)", said)
        ]
    return found


def _run(command: list[str]) -> str:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=PROGRAM_S, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
