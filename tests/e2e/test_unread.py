"""Recording goes on whatever becomes of standard output and standard error."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from dogwatch.runtime.control import ask
from dogwatch.runtime.paths import Paths
from tests.e2e.program import BASE, RECORD

CAMERA = """
cameras:
  front: {ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=5&size=320x180", roles: [record]}]}}
"""


def wait(what: str, probe: Callable[[], object], seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not probe():
        assert time.monotonic() < end, f"no {what} within {seconds} s"
        time.sleep(0.1)


def run(data: Path, redirection: str, output: int | None = None) -> subprocess.Popen[bytes]:
    """Run Dogwatch in `data` from a shell, as a user does."""
    data.mkdir()
    (data / "config.yml").write_text(BASE + RECORD + CAMERA)
    command = f"exec {sys.executable} -m dogwatch run --data {data} {redirection}"
    return subprocess.Popen(["/bin/sh", "-c", command], stdout=output, stderr=output)


def cores(supervisor: int) -> list[psutil.Process]:
    children = psutil.Process(supervisor).children()
    return [one for one in children if one.cmdline()[1:4] == ["-m", "dogwatch", "core"]]


def serves(data: Path) -> bool:
    return bool(ask(Paths.below(data).run, "reload", 5.0))


def recorded(data: Path) -> int:
    return sum(one.stat().st_size for one in data.rglob("*.mp4"))


def outlives_its_core(process: subprocess.Popen[bytes], data: Path) -> None:
    """Kill the core once it serves, wait for the next one and for more footage, and end the program."""
    try:
        wait("core", lambda: serves(data))
        (core,) = cores(process.pid)
        core.kill()
        core.wait(10)
        wait("new core", lambda: serves(data))
        before = recorded(data)
        wait("footage", lambda: recorded(data) > before > 0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.mark.parametrize("redirection", ["> /dev/full 2>&1", "<&- >&- 2>&-"], ids=["a full disk", "closed"])
@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_output_that_cannot_be_written(tmp_path: Path, redirection: str) -> None:
    data = tmp_path / "data"
    outlives_its_core(run(data, redirection), data)


@pytest.mark.parametrize("reader", ["hangs", "has gone"])
def test_a_pipe_that_nobody_reads(tmp_path: Path, reader: str) -> None:
    """As with a terminal that is halted with Ctrl-S, and with `| head -1`."""
    data = tmp_path / "data"
    read, write = os.pipe()
    process = run(data, "", output=write)
    wait("core", lambda: serves(data))
    if reader == "has gone":
        os.close(read)
    else:
        os.set_blocking(write, False)
        try:
            while True:
                os.write(write, bytes(1))
        except BlockingIOError:
            os.set_blocking(write, True)
    os.close(write)
    outlives_its_core(process, data)
