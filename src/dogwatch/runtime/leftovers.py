"""Cleans up after a killed supervisor: sockets, shared memory of dead processes, workers that do not respond.

Workers exit by themselves when the supervisor is gone. Only a worker that is stopped (SIGSTOP) or stuck in the kernel
cannot: it would keep its camera and continue to write, so the next start kills it.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

import psutil

from dogwatch.runtime.paths import Paths
from dogwatch.supervisor.shared_names import pid_of

log = logging.getLogger(__name__)

WAIT_S = 3.0
MODULES = "dogwatch.workers."


def clear(paths: Paths) -> None:
    """Clean up before a start; this process must own the data directory."""
    end_orphans(paths.run)
    for path in paths.run.iterdir():
        if path.is_socket():
            path.unlink(missing_ok=True)
    for path in Path(paths.shm).glob("dogwatch-*"):
        pid = pid_of(path.name)
        if pid is not None and not psutil.pid_exists(pid):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def end_orphans(run: Path) -> None:
    """Kill the workers of a former supervisor that still run."""
    try:
        pids = [int(word) for word in (run / "workers").read_text().split()]
    except (OSError, ValueError):
        return
    orphans = [process for process in map(_worker, pids) if process is not None]
    _, stuck = psutil.wait_procs(orphans, WAIT_S)
    for process in stuck:
        log.warning("ending a worker that was left behind: %s", process.pid)
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stuck, WAIT_S)


def _worker(pid: int) -> psutil.Process | None:
    """Return the process if it is one of our workers, because pids are reused."""
    try:
        process = psutil.Process(pid)
        command = process.cmdline()
    except psutil.Error:
        return None
    return process if any(part.startswith(MODULES) for part in command) else None
