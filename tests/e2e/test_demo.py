"""`dogwatch demo`, as the first thing that a user runs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dogwatch.supervisor.shared_names import prefix_of
from tests.e2e.footage import decode

EVENT_S, LEAVE_S, AT_ONCE_S = 30, 10, 2
pytestmark = [pytest.mark.timeout(120), pytest.mark.alone]


class Demo:
    """A running `dogwatch demo` whose temporary files go to `scratch`."""

    def __init__(self, scratch: Path) -> None:
        program = shutil.which("dogwatch", path=str(Path(sys.executable).parent))
        if program is None:
            pytest.skip("the package is not installed: there is no `dogwatch` beside this Python")
        self.began = time.monotonic()
        self._log = scratch.with_suffix(".log")
        with self._log.open("wb") as out:
            self.process = subprocess.Popen(
                [program, "demo", "--port", "0"], stdout=out, stderr=out, env=os.environ | {"TMPDIR": str(scratch)}
            )

    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def told(self, pattern: str, seconds: float) -> re.Match[str]:
        """Wait until `pattern` is in the output."""
        while time.monotonic() < self.began + seconds:
            found = re.search(pattern, self.output())
            if found:
                return found
            assert self.process.poll() is None, self.output()
            time.sleep(0.05)
        raise AssertionError(f"no {pattern} within {seconds} s\n{self.output()}")

    def fetch(self, url: str) -> bytes:
        """GET something of an event that has just begun; it comes a moment after the message."""
        while True:
            status, body = get(url)
            if status == 200:
                return body
            assert status == 404, body
            assert time.monotonic() < self.began + EVENT_S, f"not there: {url}"
            time.sleep(0.1)

    def family(self) -> list[psutil.Process]:
        """Itself and all that it has started."""
        own = psutil.Process(self.process.pid)
        return [own, *own.children(recursive=True)]

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._log.unlink()


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A directory with a short name: sockets lie in it."""
    found = Path(tempfile.mkdtemp(prefix="dw-"))
    yield found
    shutil.rmtree(found, ignore_errors=True)


@pytest.fixture
def demo(scratch: Path) -> Iterator[Demo]:
    running = Demo(scratch)
    yield running
    running.end()


def get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_shows_a_person_and_leaves_nothing(demo: Demo, scratch: Path) -> None:
    event_id = demo.told(r"person on (?:street|corner): (\S+)\n", EVENT_S).group(1)
    address = demo.told(r"Open (http://\S+) in a browser", 1 + EVENT_S).group(1)
    base = f"{address}/api/events/{event_id}"
    snapshot = demo.fetch(f"{base}/snapshot.jpg")
    assert snapshot.startswith(b"\xff\xd8\xff")
    assert snapshot.endswith(b"\xff\xd9")
    clip = decode(demo.fetch(f"{base}/clip.mp4"))
    assert clip.size == (1280, 720)
    assert clip.video

    family = demo.family()
    assert len(family) >= 6, "supervisor, core, two ingests, analysis, detection"
    assert list(scratch.glob("dogwatch-demo-*"))
    begin = time.monotonic()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(LEAVE_S) == 0, demo.output()
    assert not left_of(family, begin + LEAVE_S)
    assert list(scratch.iterdir()) == []
    assert not shared_memory_of(family)
    assert "Traceback" not in demo.output()


def test_second_signal_ends_it_at_once(demo: Demo, scratch: Path) -> None:
    demo.told(r"ingest\.corner.*connected", EVENT_S)
    demo.told(r"analysis.*detector opencv takes", EVENT_S)
    family = demo.family()
    assert shared_memory_of(family)
    demo.process.send_signal(signal.SIGINT)
    demo.told("once more: at once", EVENT_S + 5)
    begin = time.monotonic()
    demo.process.send_signal(signal.SIGINT)
    demo.process.wait(AT_ONCE_S)
    assert not left_of(family, begin + AT_ONCE_S)
    assert list(scratch.iterdir()) == []
    assert not shared_memory_of(family)


def left_of(processes: list[psutil.Process], end: float) -> list[psutil.Process]:
    """Return those that still run at `end`; that nobody has asked a dead one for its status is not its fault."""
    while True:
        left = [process for process in processes if runs(process)]
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.05)


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def shared_memory_of(processes: list[psutil.Process]) -> list[Path]:
    shm = Path("/dev/shm")
    if not shm.is_dir():
        pytest.skip("this system has no /dev/shm")
    return [path for process in processes for path in shm.glob(f"{prefix_of(process.pid)}*")]
