from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from dogwatch.edge.stations import COMMAND, OFF, Station, parse_leases, parse_stations, stations

DUMP = """\
Station 3c:22:fb:01:02:03 (on ap0)
\tinactive time:\t1204 ms
\trx bytes:\t90411
\ttx bytes:\t131284
\tsignal:  \t-47 [-49, -52] dBm
\tsignal avg:\t-46 [-48, -51] dBm
\tauthorized:\tyes
\tconnected time:\t377 seconds
Station aa:bb:cc:dd:ee:ff (on ap0)
\tinactive time:\t20 ms
\tsignal:  \t-71 dBm
Station 00:11:22:33:44:55 (on ap0)
"""
LEASES = """\
1790000000 3c:22:fb:01:02:03 192.168.50.21 anns-phone 01:3c:22:fb:01:02:03
1790000100 aa:bb:cc:dd:ee:ff 192.168.50.22 * *
duid 00:01:00:01:2a
1790000100 not-a-mac 192.168.50.23 evil *
"""


def test_stations_and_their_signals_are_read() -> None:
    assert parse_stations(DUMP) == [
        Station("3C:22:FB:01:02:03", None, -47),
        Station("AA:BB:CC:DD:EE:FF", None, -71),
        Station("00:11:22:33:44:55"),
    ]


@pytest.mark.parametrize("text", ["", "\n", "Station\n", "Station zz:bb:cc:dd:ee:ff (on ap0)\n", "\tsignal: -3 dBm\n"])
def test_torn_output_is_no_station(text: str) -> None:
    assert parse_stations(text) == []


def test_leases_name_those_that_told_a_name() -> None:
    assert parse_leases(LEASES) == {"3C:22:FB:01:02:03": "anns-phone"}


def test_names_come_from_whatever_lease_file_there_is(tmp_path: Path) -> None:
    file = tmp_path / "dnsmasq.leases"
    file.write_text(LEASES)
    calls: list[Sequence[str]] = []

    def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        return subprocess.CompletedProcess(command, 0, DUMP, "")

    found = stations(run, [tmp_path / "missing", file])
    assert calls == [COMMAND]
    assert found.message is None
    assert [station.name for station in found.stations] == ["anns-phone", None, None]


def test_an_access_point_that_is_off_is_told() -> None:
    def off(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 237, "", "command failed: No such device (-19)")

    def missing(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        raise FileNotFoundError(command[0])

    def hangs(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        raise subprocess.TimeoutExpired(command, 5.0)

    assert stations(off).message == OFF
    assert "not installed" in str(stations(missing).message)
    assert "does not answer" in str(stations(hangs).message)
