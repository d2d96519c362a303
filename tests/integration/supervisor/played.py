"""Runs the supervisor with a core that the test plays."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil

T = TypeVar("T")
SECONDS = 20.0


class Played:
    """A supervisor whose workers are those of `tests.workers`; `workers` is what its core has been told."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self.shm = directory
        self._listener = socket.socket(socket.AF_UNIX)
        path = directory / "s"
        self._listener.bind(str(path))
        self._listener.listen()
        self._listener.settimeout(SECONDS)
        self._socket: socket.socket | None = None
        self.workers: dict[str, dict[str, Any]] = {}
        self.lines: list[tuple[str, str]] = []
        self.told: list[dict[str, Any]] = []
        self.core = 0
        self.errors = directory / "errors"
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dogwatch.supervisor", "--run", directory, "--shm", directory,
                 "--modules", "tests.workers", "--", sys.executable, "-m", "tests.workers.core", path],
                stderr=errors, env=os.environ | environment,
            )  # fmt: skip

    def accept(self) -> None:
        """Wait for a core to begin, and say hello for it."""
        self.hang_up()
        self._socket, _ = self._listener.accept()
        self._socket.settimeout(0.05)
        self._rest = b""
        self.core, self.workers, self.told = 0, {}, []
        self.until(lambda: self.core)
        self.say({"do": "hello"})
        self.until(lambda: any(one["tell"] == "state" for one in self.told))

    def ready(self) -> None:
        """Say for the core that it serves, and wait until that is known."""
        self.say({"do": "ready"})
        self.told.clear()
        self.say({"do": "hello"})
        self.until(lambda: any(one["tell"] == "state" for one in self.told))

    def say(self, message: dict[str, Any]) -> None:
        assert self._socket is not None
        self._socket.sendall(json.dumps(message).encode() + b"\n")

    def want(self, *labels: str, level: str = "info", **environment: str) -> None:
        """Want workers by `kind:name`."""
        spec = json.dumps({"run_dir": str(self.shm), "log_level": level})
        pairs = [label.split(":") for label in labels]
        workers = [{"kind": kind, "name": name, "spec": spec} for kind, name in pairs]
        self.say({"do": "want", "workers": workers, "environment": environment})

    def leave_core(self, status: int) -> None:
        """Let the core exit with `status`."""
        assert self._socket is not None
        self._socket.sendall(f"exit {status}\n".encode())

    def hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def until(self, probe: Callable[[], T | None]) -> T:
        """Take in what comes until `probe` answers with something true."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            found = probe()
            if found:
                return found
            self._read()
        raise AssertionError(f"{self.workers} {self.lines[-5:]} {self.errors.read_text()}")

    def pid(self, label: str, other_than: int | None = None) -> int:
        """Wait for the pid of a worker, another one than `other_than`; return it."""

        def probe() -> int | None:
            pid = self.workers.get(label, {}).get("pid")
            return pid if pid != other_than else None

        return self.until(probe)

    def said(self, text: str) -> tuple[str, str]:
        """Wait for a line with `text`; return its source and the line."""
        return self.until(lambda: next((one for one in self.lines if text in one[1]), None))

    def leave(self) -> int:
        """End it as Ctrl-C does, with the core's help; return the exit status."""
        self.process.send_signal(signal.SIGINT)
        self.until(lambda: any(one["tell"] == "SIGINT" for one in self.told))
        self.leave_core(0)
        return self.process.wait(SECONDS)

    def close(self) -> None:
        family = children(self.process.pid)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for process in family:
            with contextlib.suppress(psutil.Error):
                process.kill()
        self.hang_up()
        self._listener.close()

    def _read(self) -> None:
        if self._socket is None:
            time.sleep(0.02)
            return
        try:
            data = self._socket.recv(1 << 16)
        except TimeoutError:
            return
        except OSError:
            data = b""
        if not data:
            self.hang_up()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def _take(self, message: dict[str, Any]) -> None:
        self.told.append(message)
        match message:
            case {"tell": "pid", "pid": pid}:
                self.core = pid
            case {"tell": "log", "source": source, "line": line}:
                self.lines.append((source, line))
            case {"tell": "state", "workers": workers}:
                self.workers = {f"{one['kind']}:{one['name']}": one for one in workers}
            case {"tell": "worker"}:
                label = f"{message['kind']}:{message['name']}"
                self.workers[label] = message
                if message["gone"]:
                    del self.workers[label]


def children(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
