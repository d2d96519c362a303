"""One worker: its spec, its present process, and its restarts."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

from dogwatch.supervisor.backoff import Backoff
from dogwatch.supervisor.loop import Loop
from dogwatch.supervisor.process import Process

LEAVE_S = 5.0
KILL_S = 1.0  # a killed process that still exists hangs in the kernel, and ends when its disk answers
FAILED = 1  # stands for the exit status of a worker that could not be started

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Host(Protocol):
        """What a worker uses of the supervisor."""

        loop: Loop

        def launch(self, worker: Worker, process: Process) -> None:
            """Start `process` for `worker`; raise OSError where that cannot be."""
            ...

        def changed(self, worker: Worker) -> None:
            """`worker` has started, ended, or is gone for good."""
            ...

        def left_behind(self, pid: int) -> None:
            """Remove the leftovers of the ended process `pid`."""
            ...

        def say(self, line: str, source: str = ...) -> None:
            """Log a line of `source`."""
            ...


class Worker:
    """A worker, which is restarted until `end`."""

    def __init__(self, host: Host, kind: str, name: str, spec: str) -> None:
        """Describe a worker; `start` starts it.

        Args:
            host: The supervisor.
            kind: The last part of its module's name.
            name: Unique for its kind.
            spec: The spec for its next start.
        """
        self._host = host
        self.kind, self.name, self.spec = kind, name, spec
        self.restarts = 0
        self.status: int | None = None
        """The exit status of its last process, None if it is unknown or there was none."""
        self.died = False
        """Whether a process of it has ended since the core was last told."""
        self.died_at = 0.0
        """When that was, in monotonic seconds."""
        self._process: Process | None = None
        self._backoff, self._begun = Backoff(), 0.0
        self._then: Callable[[], None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, None while it is down."""
        return self._process.pid if self._process is not None else None

    @property
    def label(self) -> str:
        """What it is called in the log."""
        return f"{self.kind} {self.name}"

    @property
    def ending(self) -> bool:
        """Whether it was told to end."""
        return self._then is not None

    def start(self) -> None:
        """Start its process."""
        self._host.loop.cancel(self)
        self._begun = time.monotonic()
        try:
            process = self._process = Process(self._host.loop, self.spec, self.began, self._said, self.ended)
            try:
                self._host.launch(self, process)
            finally:
                process.close_theirs()
        except OSError as error:
            # Too many open files, or no memory: that may pass, and the camera must record again then.
            failed, self._process = self._process, None
            if failed is not None:
                failed.give_up(None)
            self._host.say(f"ERROR {self.label} cannot be started: {error}")
            self._again(FAILED)

    def end(self, then: Callable[[], None]) -> None:
        """Ask its process to exit, kill it if it does not, and call `then` when it is gone."""
        asked, self._then = self.ending, then
        if self._process is None:
            self._host.loop.cancel(self)
            self._over()
        elif not asked:
            for number in (signal.SIGTERM, signal.SIGCONT):
                self._process.signal(number)
            self._process.hang_up()
            self._host.loop.after(self, LEAVE_S, self._kill)

    def replace(self) -> None:
        """End its process and start another, with the present spec."""
        if not self.ending:
            self.end(self._anew)

    def kill(self) -> None:
        """Kill its process at once, because this process ends."""
        process, self._process = self._process, None
        if process is not None and process.pid is not None:
            process.signal(signal.SIGKILL)
            self._host.left_behind(process.pid)

    def is_run_by(self, process: Process) -> bool:
        """Whether `process` is its present one."""
        return process is self._process

    def refused(self) -> None:
        """The template has refused to fork: spawn the process."""
        if self._process is not None:
            process, self._process = self._process, None
            process.give_up(None)
        if not self.ending:
            self.start()
        else:
            self._over()

    def began(self) -> None:
        """Its process has its pid."""
        if self.ending and self._process is not None:  # it was asked to leave before anybody knew its pid
            self._process.signal(signal.SIGTERM)
        self._host.changed(self)

    def ended(self, process: Process, status: int | None) -> None:
        """Its process has ended."""
        if process is not self._process:
            return
        self._process = None
        self._host.loop.cancel(self)
        if process.pid is not None:
            self._host.left_behind(process.pid)
        self.status, self.died, self.died_at = status, True, time.monotonic()
        if self.ending:
            self._over()
        else:
            self._again(status)

    def _said(self, line: str) -> None:
        self._host.say(line, f"{self.kind}.{self.name}")

    def _again(self, status: int | None) -> None:
        wait = self._backoff.wait(status, time.monotonic() - self._begun)
        self.restarts += 1
        self._host.say(f"WARNING {self.label} ended ({said(status)}); starting it again in {wait:.1f} s")
        self._host.loop.after(self, wait, self.start)
        self._host.changed(self)

    def _kill(self) -> None:
        self._host.say(f"WARNING {self.label} does not leave; killing it")
        if self._process is not None:
            self._process.signal(signal.SIGKILL)
            self._host.loop.after(self, KILL_S, self._give_up)

    def _give_up(self) -> None:
        if self._process is not None:
            self._process.give_up(None)

    def _anew(self) -> None:
        self._host.changed(self)
        self.start()

    def _over(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()


def said(status: int | None) -> str:
    """Return an exit status in words."""
    if status is None:
        return "exit status unknown"
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
