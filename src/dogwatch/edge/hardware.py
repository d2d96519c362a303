"""What the kernel and the firmware tell of a small computer: temperature, throttling, the card. None: not readable."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = "vcgencmd"
PROGRAM_S = 2.0
SECTOR = 512
GIB = 1 << 30
FLAGS = ("under_voltage", "freq_capped", "throttled", "soft_temp_limit")
CARD_FILES = {
    "name": "name",
    "oemid": "oemid",
    "serial": "serial",
    "manufacturing_date": "date",
    "hw_revision": "hwrev",
    "fw_revision": "fwrev",
    "life_time_est": "life_time",
}
DEVICE = "mmcblk0"
_RAW = re.compile(r"(?:throttled=)?(?:0x)?([0-9a-fA-F]{1,8})\s*")


@dataclass(frozen=True, slots=True)
class Hardware:
    """Reads below `sysfs` and `proc`."""

    sysfs: Path
    proc: Path

    def temperature(self) -> float | None:
        """Return that of the processor in degrees Celsius."""
        text = _text(self.sysfs / "class/thermal/thermal_zone0/temp")
        try:
            return int(text or "") / 1000
        except ValueError:
            return None

    def throttling(self) -> int | None:
        """Return the firmware's flags: bits 0 to 3 are now, 16 to 19 since the start."""
        found = _RAW.fullmatch(_said() or _text(self.sysfs / "devices/platform/soc/soc:firmware/get_throttled") or "")
        return int(found[1], 16) if found else None

    def card(self) -> dict[str, Any] | None:
        """Return what can be read of the card; `life_time_est` is there for eMMC only."""
        folder = self.sysfs / "block" / DEVICE / "device"
        found: dict[str, Any] = {}
        for name, file in CARD_FILES.items():
            if text := _text(folder / file):
                found[name] = text
        if (erase := _text(folder / "preferred_erase_size")) and erase.isdecimal():
            found["preferred_erase_size_mb"] = round(int(erase) / (1 << 20), 2)
        written = self.written()
        if written is not None:
            found["written_since_boot_gb"] = round(written / GIB, 2)
        return found or None

    def written(self) -> int | None:
        """Return the bytes that have been written to the whole card since the start."""
        for line in (_text(self.proc / "diskstats") or "").splitlines():
            words = line.split()
            if len(words) > 9 and words[2] == DEVICE and words[9].isdecimal():
                return int(words[9]) * SECTOR
        return None


def throttle(raw: int) -> dict[str, Any]:
    """Return the flags as answers have them."""
    now = {f"{flag}_now": bool(raw >> bit & 1) for bit, flag in enumerate(FLAGS)}
    occurred = {f"{flag}_occurred": bool(raw >> bit & 1) for bit, flag in enumerate(FLAGS, start=16)}
    return {"raw": hex(raw), **now, **occurred}


def is_throttled(raw: int) -> bool:
    """Whether anything is limited now."""
    return bool(raw & 0xF)


def life_time(text: str) -> int | None:
    """Return the larger of the values in `0x01 0x0b`, tenths of the card's life that are used."""
    values = [int(one, 16) for one in re.findall(r"0x[0-9a-fA-F]{1,2}\b", text)]
    return max(values, default=None)


def _said() -> str | None:
    """Return what the firmware's program says."""
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    try:
        found = subprocess.run(
            [program, "get_throttled"], capture_output=True, text=True, timeout=PROGRAM_S, check=True
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return found.stdout


def _text(file: Path) -> str | None:
    try:
        return file.read_text(errors="replace").strip() or None
    except OSError:
        return None
