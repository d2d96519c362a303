"""What the lists and summaries of a large history cost on PostgreSQL: `python -m bench postgresql`.

The rows of `years` are moved to a server with the settings of a new installation. Each query of `history`, and each
further list and summary, is asked by turns on SQLite and PostgreSQL, `BEFORE` times before it counts: connections stay
open for days, and what was asked some times is prepared there. Compared is processor time: that of Dogwatch's
process, and on PostgreSQL that of the server's processes which read. Those of one query hardly run at the same time, so
on a quiet machine this is about the time that passes. No query may take more than `TIMES` as long as on SQLite. Then
events are written, as in `history`.
"""

import statistics
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
from tests.postgres import PostgresServer

from bench.answers import PATHS
from bench.history import ROUNDS, Server, ask, started, while_written
from bench.moving import FILE, move, plain, stage

TIMES, BEFORE = 2, 9


def main() -> None:
    """Measure and print."""
    with stage() as (data, server):
        url = server.empty()
        moved = move(data, plain(url))
        print(f"moved in {moved.seconds:.0f} s, {moved.mib:.0f} MiB")
        size = server.execute("SELECT pg_database_size(current_database())", url.rpartition("/")[2])[0][0]
        other = data / "postgresql"
        other.mkdir()
        with started(str(data)) as (lite, _), started(str(other), url) as (big, pipe):
            big = replace(big, readers=readers(server, url))
            print(f"{(data / FILE).stat().st_size / 1e9:.1f} GB in SQLite, {size / 1e9:.1f} GB in PostgreSQL")
            print(f"{'milliseconds':<28} {'SQLite':>8} {'PostgreSQL':>11}   ratio")
            for name, path in PATHS.items():
                print(line(name, *by_turns(path, lite, big)), flush=True)
            pipe.send("select")
            while_written(big, pipe, pipe.recv())


def by_turns(path: str, *servers: Server) -> list[float]:
    """Return the median of the processor milliseconds on each server."""
    found: list[list[float]] = [[] for _ in servers]
    for turn in range(BEFORE + ROUNDS):
        for server, spent in zip(servers, found, strict=True):
            before = server.cpu_ms()
            ask(server, path)
            if turn >= BEFORE:
                spent.append(server.cpu_ms() - before)
    return [statistics.median(spent) for spent in found]


def line(name: str, lite: float, big: float) -> str:
    """Return what a query took, in words."""
    return f"{name:<28} {lite:8.1f} {big:11.1f}   {big / lite:5.2f}{'' if big <= TIMES * lite else '  MISSED'}"


def readers(server: PostgresServer, url: str) -> Callable[[], int]:
    """Return what tells the processor nanoseconds of the server's processes that read."""
    name = url.rpartition("/")[2]
    root = psutil.Process(server.pid)
    ((writing,),) = server.execute(WRITING, name)

    def spent() -> int:
        total = 0
        for process in root.children():
            try:
                if f" {name} " in " ".join(process.cmdline()) and process.pid != writing:
                    total += int(Path(f"/proc/{process.pid}/schedstat").read_text().split()[0])
            except (psutil.NoSuchProcess, OSError):
                continue  # it has ended
        return total

    return spent


WRITING = "SELECT pid FROM pg_stat_activity WHERE application_name = 'dogwatch' ORDER BY backend_start LIMIT 1"
"""The connection that writes is the first."""
