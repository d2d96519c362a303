"""The program as a process, on a configuration of a benchmark's own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running(config: str) -> Iterator[tuple[int, str, Path]]:
    """Run Dogwatch on a configuration; yield its pid, its address and its data directory, which goes with it."""
    data = Path(tempfile.mkdtemp(prefix="dogwatch-bench-"))
    (data / "config.yml").write_text(config)
    log = data / "out.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "dogwatch", "run", "--data", str(data)],
            stdout=out, stderr=out, env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    try:
        yield process.pid, _address(log, process), data
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        shutil.rmtree(data, ignore_errors=True)


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    for _ in range(1200):
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
        if found:
            return found.group()
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(f"Dogwatch did not start:\n{log.read_text()}")
