"""Who is connected to this computer's own access point: `iw` lists the stations, the DHCP server's leases name them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

INTERFACE = "ap0"
COMMAND = ("iw", "dev", INTERFACE, "station", "dump")
LIMIT_S = 5.0
MAX_LEASES_BYTES = 1 << 20
LEASES = (
    Path("/var/lib/misc/dnsmasq.leases"),
    Path("/var/lib/NetworkManager/dnsmasq-ap0.leases"),
    Path("/run/dnsmasq/dnsmasq.leases"),
)
OFF = "The access point is off"
_STATION = re.compile(r"^Station ([0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5})\b")
_SIGNAL = re.compile(r"^\s+signal:\s*(-?\d+)")
_ADDRESS = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){5}")

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True, slots=True)
class Station:
    """A client of the access point; `signal_dbm` is how strong it is received."""

    address: str
    name: str | None = None
    signal_dbm: int | None = None


@dataclass(frozen=True, slots=True)
class Stations:
    """The clients of the access point; `message` says why they cannot be told."""

    stations: tuple[Station, ...] = ()
    message: str | None = None


def run_program(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a program with fixed arguments, for `LIMIT_S` at most.

    Raises:
        OSError: It cannot be started.
        subprocess.TimeoutExpired: It took too long, and was killed.
    """
    return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=LIMIT_S, check=False)


def stations(run: Run | None = None, leases: Iterable[Path] = LEASES) -> Stations:
    """Return the clients of the access point; blocks for some milliseconds, `LIMIT_S` at most."""
    try:
        answer = (run or run_program)(COMMAND)
    except FileNotFoundError:
        return Stations(message="The program iw is not installed")
    except (OSError, subprocess.TimeoutExpired):
        return Stations(message="The access point does not answer")
    if answer.returncode != 0:
        return Stations(message=OFF)
    names = _names(leases)
    found = {station.address: station for station in parse_stations(answer.stdout)}
    return Stations(tuple(Station(each.address, names.get(each.address), each.signal_dbm) for each in found.values()))


def parse_stations(text: str) -> list[Station]:
    """Parse what `iw dev … station dump` prints; addresses are returned in upper case."""
    found: list[Station] = []
    for line in text.splitlines():
        if match := _STATION.match(line):
            found.append(Station(match[1].upper()))
        elif found and (match := _SIGNAL.match(line)):
            found[-1] = Station(found[-1].address, None, int(match[1]))
    return found


def parse_leases(text: str) -> dict[str, str]:
    """Parse a lease file of dnsmasq: expiry, MAC, IP, name or `*`, client id; return names by MAC in upper case."""
    names = {}
    for line in text.splitlines():
        match line.split():
            case [_, mac, _, name, *_] if name != "*" and _ADDRESS.fullmatch(mac.upper()):
                names[mac.upper()] = name
    return names


def installed() -> bool:
    """Tell whether the program that lists the stations is there."""
    return shutil.which(COMMAND[0]) is not None


def _names(leases: Iterable[Path]) -> dict[str, str]:
    names: dict[str, str] = {}
    for path in leases:
        try:
            with path.open("rb") as file:
                text = file.read(MAX_LEASES_BYTES).decode(errors="replace")
        except OSError:
            continue  # this computer's DHCP server keeps its leases elsewhere
        names.update(parse_leases(text))
    return names
