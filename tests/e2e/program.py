"""Runs the program as a user does, and asks it over HTTP."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import psutil

T = TypeVar("T")

BASE = """
mqtt: {enabled: false}
networking: {listen: {internal: "127.0.0.1:0", external: "127.0.0.1:0"}}
detect: {enabled: true, fps: 5}
snapshots: {enabled: true}
"""
AS_INSTALLED = {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": ""}
"""pip compiles what it installs; a core that compiles itself at each start takes a third longer."""
RECORD = "record: {enabled: true, continuous: {days: 1}}\n"


class Program:
    """A running Dogwatch in a data directory of its own."""

    def __init__(self, data: Path, arguments: Sequence[str] = (), command: str = "run", umask: int = -1) -> None:
        self.data = data
        self.log = data.parent / f"{data.name}.log"
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dogwatch", command, "--data", str(data), *arguments],
                stdout=out, stderr=out, env=os.environ | AS_INSTALLED, umask=umask,
            )  # fmt: skip
        self._start = self.log.stat().st_size
        try:
            self.address = self.wait(lambda: self._find(r"http://127\.0\.0\.1:\d+"), 30, "its address")
        except BaseException:  # nobody gets this object, and what ran on would slow down all tests after it
            self.stop()
            raise

    @classmethod
    def run(cls, data: Path, config: str, umask: int = -1) -> Program:
        """Write `config`, with recording switched on unless it says how, and run on it."""
        data.mkdir(parents=True, exist_ok=True)
        own = "" if "record:" in config else RECORD
        (data / "config.yml").write_text(BASE + own + config)
        return cls(data, umask=umask)

    def output(self) -> str:
        return self.log.read_bytes()[self._start :].decode(errors="replace")

    def _find(self, pattern: str) -> str | None:
        if self.process.poll() is not None:
            raise AssertionError(f"Dogwatch ended:\n{self.output()}")
        found = re.search(pattern, self.output())
        return found.group() if found else None

    def wait(self, probe: Callable[[], T | None], seconds: float, what: str) -> T:
        """Ask `probe` until it answers with something true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = probe()
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(f"no {what} within {seconds} s\n{self.output()[-4000:]}")

    def get(self, path: str, timeout: float = 30) -> tuple[int, bytes, dict[str, str]]:
        """Return status, body and headers (lower-case names) of a GET."""
        try:
            with urllib.request.urlopen(f"{self.address}{path}", timeout=timeout) as answer:
                return answer.status, answer.read(), {k.lower(): v for k, v in answer.headers.items()}
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), {k.lower(): v for k, v in error.headers.items()}

    def post(self, path: str, body: Any) -> tuple[int, Any, dict[str, str]]:
        """Return status, decoded body and headers of a POST that succeeds."""
        request = urllib.request.Request(f"{self.address}{path}", json.dumps(body).encode(), method="POST")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer), {k.lower(): v for k, v in answer.headers.items()}

    def delete(self, path: str) -> None:
        """Send a DELETE that succeeds."""
        request = urllib.request.Request(f"{self.address}{path}", method="DELETE")
        with urllib.request.urlopen(request, timeout=30):
            pass

    def json(self, path: str) -> Any:
        """Return the decoded body of a GET that must succeed."""
        status, body, _ = self.get(path)
        assert status == 200, f"{path}: {status} {body[:300]!r}"
        return json.loads(body)

    def events(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.json(f"/api/events?include_thumbnails=0&limit=1000{query}")
        return found

    def segments(self, camera: str) -> list[dict[str, Any]]:
        now = time.time()
        found: list[dict[str, Any]] = self.json(f"/api/{camera}/recordings?after={now - 86400}&before={now + 60}")
        return found

    def recorded_until(self, camera: str) -> float:
        """Return when the newest footage ends; 0 if there is none, as for a moment on a disk with room for little."""
        return max((float(row["end_time"]) for row in self.segments(camera)), default=0.0)

    def workers(self) -> dict[str, psutil.Process]:
        """Return the worker processes by `kind:pid`, without the one from which they are forked."""
        found = {}
        for process in self.family():
            try:
                command, name = process.cmdline(), process.name()
            except psutil.NoSuchProcess:
                continue
            forked = "--template" in command  # or the template itself
            for kind in ("ingest", "analysis", "detection"):
                if name.split()[:1] == [kind] if forked else f"dogwatch.workers.{kind}" in command:
                    found[f"{kind}:{process.pid}"] = process
        return found

    def family(self) -> list[psutil.Process]:
        """Return all processes below the supervisor: core, workers, template."""
        try:
            return psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def core(self) -> psutil.Process:
        """Wait for the core's process."""

        def probe() -> psutil.Process | None:
            for process in self.family():
                with contextlib.suppress(psutil.NoSuchProcess):
                    if process.cmdline()[1:4] == ["-m", "dogwatch", "core"]:
                        return process
            return None

        return self.wait(probe, 10, "core")

    def follow(self, starts: int, seconds: float) -> None:
        """Wait until the core has begun to serve for the `starts`-th time, and ask at its address from now on."""
        self.wait(lambda: self.output().count("is running.") >= starts or None, seconds, f"start number {starts}")
        self.address = self.output().rpartition("is running.")[2].split()[0]

    def stop(self) -> float:
        """End it as Ctrl-C does; return how long that took."""
        begin = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        return time.monotonic() - begin
