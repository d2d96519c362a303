"""Runs a real worker process and plays the core for it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

import msgspec

from dogwatch.bus.messages import Down, Message, WorkerReady
from dogwatch.bus.spec import Spec
from dogwatch.testing.core_end import CoreEnd

M = TypeVar("M", bound=Message)
S = TypeVar("S", bound=Spec)
LEAVE_S = 10.0


class WorkerRun(Generic[S]):
    """A running worker, its messages and its spec."""

    kind: str
    """Which worker it is, as `WorkerReady` says it; its module is called so too."""

    def __init__(self, spec: S, *, preexec: Callable[[], None] | None = None) -> None:
        """Start it; `preexec` is called in its process before."""
        # A socket's path may have 107 characters, which pytest's own directories use up.
        self._run_dir = tempfile.TemporaryDirectory(prefix="dw")
        self.core = CoreEnd(self._run_dir.name)
        self.spec = msgspec.structs.replace(spec, run_dir=self._run_dir.name, link=self.core.address)
        self.messages: list[Message] = []
        self._log = Path(self._run_dir.name, "log").open("w+b")  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"dogwatch.workers.{self.kind}"],
            stdin=subprocess.PIPE,
            stderr=self._log,
            preexec_fn=preexec,
        )
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(self.spec) + b"\n")
        self.process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.leave()
        if value is not None:
            sys.stderr.write(self.log())
        self.core.close()
        self._log.close()
        self._run_dir.cleanup()

    @property
    def name(self) -> str:
        """The name under which it tells things."""
        raise NotImplementedError

    def log(self) -> str:
        """Return what the process has logged."""
        return Path(self._run_dir.name, "log").read_text()

    def tell(self, message: Down) -> None:
        """Send `message` down, once the process is there."""
        self.wait_for(WorkerReady, lambda ready: ready.kind == self.kind)
        self.core.tell(self.kind, message, self.name)

    def pump(self, timeout: float = 0.05) -> None:
        """Take in the messages that come within `timeout` seconds."""
        while heard := self.core.poll(timeout):
            self.messages += heard
            timeout = 0

    def wait_for(
        self, kind: type[M], when: Callable[[M], bool] = lambda _: True, timeout: float = 30, after: int = 0
    ) -> M:
        """Return the first message of `kind` for which `when` holds, from the `after`th message on."""
        end, seen = time.monotonic() + timeout, after
        while True:
            while seen < len(self.messages):
                message = self.messages[seen]
                seen += 1
                if isinstance(message, kind) and when(message):
                    return message
            if time.monotonic() > end:
                raise AssertionError(f"no {kind.__name__} in {timeout} s; got {self.messages}\n{self.log()}")
            self.pump()

    def all(self, kind: type[M]) -> list[M]:
        """Return all messages of `kind` so far."""
        self.pump(0)
        return [message for message in self.messages if isinstance(message, kind)]

    def leave(self) -> float:
        """Close the pipe, as a core does that dies; return how many seconds the process then took."""
        begun = time.monotonic()
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            self.process.wait(LEAVE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.pump(0.1)
        return time.monotonic() - begun
