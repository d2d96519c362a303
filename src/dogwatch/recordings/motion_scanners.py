"""Runs the processes that look for motion in footage, for a job."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any

import msgspec

from dogwatch.media.motion_scan_spec import ScanReport, ScanSpec

SCANNER = (sys.executable, "-m", "dogwatch.media.motion_scanner")
HUNG_S = 120.0  # a minute of 4K takes less on a slow machine
POLL_S = 0.3
AHEAD = 2  # files for each process that are asked for before the results of earlier ones are used


class Scanner:
    """One process, started when it is first needed. For one thread; `close` may be called by any."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None
        self._closed, self._lock = False, threading.Lock()

    def scan(self, spec: ScanSpec) -> ScanReport:
        """Look through a file; one on which the process dies or hangs is reported as unreadable."""
        with self._lock:
            if self._closed:
                return ScanReport((), "cancelled")
            process = self._process
            if process is None or process.poll() is not None:
                process = self._process = subprocess.Popen(SCANNER, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        watch = threading.Timer(HUNG_S, process.kill)
        watch.start()
        try:
            report = _ask(process, spec)
        finally:
            watch.cancel()
        if report is not None:
            return report
        _end(process)  # the next file gets another one
        return ScanReport((), "the process that reads it has died")

    def close(self) -> None:
        """End the process; a file that it is looking through counts as unreadable."""
        with self._lock:
            self._closed, process = True, self._process
        if process is not None:
            _end(process)


def scanned(
    specs: Iterable[tuple[Any, ScanSpec]], processes: int, check: Callable[[], None]
) -> Iterator[tuple[Any, ScanReport]]:
    """Yield the reports of files in the order of `specs`, each with what comes with it there.

    Args:
        specs: Files; only some are taken ahead of the reports.
        processes: How many work at once.
        check: Called several times a second; what it raises ends everything.
    """
    scanners = [Scanner() for _ in range(processes)]
    idle = deque(scanners)  # a pool has as many threads, so that there is always one

    def work(spec: ScanSpec) -> ScanReport:
        scanner = idle.popleft()
        try:
            return scanner.scan(spec)
        finally:
            idle.append(scanner)

    waiting: deque[tuple[Any, Future[ScanReport]]] = deque()
    left = iter(specs)
    with ThreadPoolExecutor(processes, "scan") as pool:
        try:
            while True:
                while len(waiting) < processes * AHEAD and (some := next(left, None)) is not None:
                    waiting.append((some[0], pool.submit(work, some[1])))
                if not waiting:
                    return
                which, future = waiting[0]
                while not wait([future], POLL_S).done:
                    check()
                check()
                waiting.popleft()
                yield which, future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for one in scanners:
                one.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # what is in the pipe is for nobody
            pipe.close()  # type: ignore[union-attr]


def _ask(process: subprocess.Popen[bytes], spec: ScanSpec) -> ScanReport | None:
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(msgspec.json.encode(spec) + b"\n")
        process.stdin.flush()
        for line in process.stdout:
            with suppress(msgspec.DecodeError, UnicodeDecodeError):  # a line that a library has written
                return msgspec.json.decode(line, type=ScanReport)
    except (OSError, ValueError):
        pass  # it has died, or was closed
    return None
