"""The parent of all processes: runs the core, handles signals, and ends all in order."""

from __future__ import annotations

import math
import os
import signal
import socket
import time
from collections.abc import Sequence

from dogwatch.supervisor import console
from dogwatch.supervisor.backoff import Backoff
from dogwatch.supervisor.core_link import SOURCE, CoreLink
from dogwatch.supervisor.loop import READ, Loop
from dogwatch.supervisor.process import spawn
from dogwatch.supervisor.worker import said
from dogwatch.supervisor.worker_list import WorkerList

RESTART = 75  # the exit status with which the core asks for a restart at once
LEAVE = signal.SIGINT  # has the core end the workers and itself; SIGTERM, from others, only ends the core
KILLED = 130  # our exit status after a second signal
CORE_LEAVE_S = 20.0
SAME_S = 0.5  # a signal may come twice: `timeout` and others send it to a process and then to its group
SERVED_S = 1.0  # a core that has served for so long is restarted at once, however often somebody kills it
FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM)
UNREAD_S = 2.0  # messages sent so shortly before a core's death may not have been read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Supervisor:
    """All processes of one Dogwatch. `run` returns the exit status."""

    def __init__(self, core: Sequence[str], run: str, shm: str, *, pass_on: Sequence[int] = (), modules: str) -> None:
        """Prepare; no process is started yet.

        Args:
            core: The core's command, without the descriptor of its socket, which is appended.
            run: The run directory, where the pids are stored for the next start.
            shm: The directory of shared memory.
            pass_on: Descriptors that the core gets too.
            modules: The package of the workers' modules.
        """
        self._core_command, self._run, self._pass_on = list(core), run, list(pass_on)
        self.loop = Loop(self._failed)
        self._link = CoreLink(self.loop, self._take)
        self._workers = WorkerList(self.loop, self._link, modules, shm, self.say, self._worker_gone)
        self._core: int | None = None
        self._core_restarts = 0
        self._unheard_from = math.inf  # a core may not have read what has happened since then (monotonic)
        self._core_backoff = Backoff()
        self._ready = False  # whether a core has ever served
        self._serving_since = math.inf  # of this one (monotonic)
        self._reload = False  # whether it is to read its configuration again as soon as it does
        self._leaving = False
        self._asked_at = -math.inf  # when it was asked to leave (monotonic)
        self._status: int | None = None
        self._noted = ""
        self._terminal = os.isatty(0)  # a SIGHUP may mean that it has been closed

    def run(self) -> int:
        """Run until told to stop, or until the first core cannot start; return the exit status."""
        self._hear_signals()
        self._start_core()
        self._workers.start_template()
        while self._status is None or self._core is not None or self._workers:
            self.loop.once()
            self._note()
        self._workers.stop_template()
        self._note()
        for line in self._link.unread():
            _print(line)
        return self._status

    def say(self, line: str, source: str = SOURCE) -> None:
        """Log a line of `source`, which begins with its level; while there is no core, also on standard error."""
        self._link.line(source, line)
        if self._core is None and source == SOURCE:
            _print(line)

    # ------------------------------------------------------------ the core

    def _start_core(self) -> None:
        try:
            ours, theirs = socket.socketpair()
            with theirs:
                fd = theirs.fileno()
                self._core = spawn([*self._core_command, str(fd)], os.environ, pass_on=[fd, *self._pass_on])
        except OSError as error:
            self.say(f"ERROR the core cannot be started: {error}")
            self._restart_core(None)
            return
        self._link.open(ours)

    def _core_ended(self, status: int) -> None:
        self._core, self._unheard_from = None, time.monotonic() - UNREAD_S
        self._link.close()
        self.loop.cancel(self)
        if self._leaving:
            self._leave(0 if status in (-LEAVE, -signal.SIGTERM, RESTART) else status)
        elif status > 0 and status != RESTART and not self._ready:
            self._leave(status)  # the user has been told why it cannot start
        else:
            self._restart_core(status)

    def _restart_core(self, status: int | None) -> None:
        served = time.monotonic() - self._serving_since
        self._serving_since = math.inf
        killed = status in FROM_OUTSIDE and served > SERVED_S
        if killed:
            self._core_backoff = Backoff()
        wait = 0.0 if status == RESTART or killed else self._core_backoff.wait(None, served)
        if status != RESTART:
            self.say(f"ERROR the core ended ({said(status)}); recording goes on, starting it again in {wait:.1f} s")
        self._core_restarts += 1
        self.loop.after(self, wait, self._start_core)

    def _take(self, message: dict[str, Any]) -> None:
        """Handle a message from the core."""
        match message["do"]:
            case "hello":
                workers = self._workers.states(self._unheard_from)
                self._link.begin({"tell": "state", "restarts": self._core_restarts, "workers": workers})
            case "ready":
                self._ready, self._serving_since = True, time.monotonic()
                self._pass_on_reload()
            case "want":
                self._workers.want(message["workers"], message["environment"])
            case "replace":
                self._workers.replace(message["kind"], message["name"])
            case "stop":
                self._workers.end(message["kinds"])
            case "kill":
                self._kill()
            case unknown:
                self.say(f"ERROR the core says {unknown!r}")

    # ------------------------------------------------------------ signals and the shutdown

    def _hear_signals(self) -> None:
        reader, writer = os.pipe()
        for fd in (reader, writer):
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        # The core is in the background of the terminal, where `stty tostop` would stop it when it writes.
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)  # the number comes through the pipe
        self.loop.watch(reader, READ, lambda _: self._hear(os.read(reader, 4096)))

    def _hear(self, numbers: bytes) -> None:
        if signal.SIGCHLD in numbers:
            self._reap()
        if signal.SIGHUP in numbers:
            self._hear_hang_up()
        for number in numbers:
            if number in (signal.SIGINT, signal.SIGTERM):
                self._asked_to_leave()

    def _reap(self) -> None:
        while True:
            try:
                pid, code = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            status = os.waitstatus_to_exitcode(code)
            if pid == self._core:
                self._core_ended(status)
            else:
                self._workers.exited(pid, status)

    def _hear_hang_up(self) -> None:
        """Pass SIGHUP on to the core, which reloads its configuration; stop if the terminal was closed."""
        if self._terminal and not os.isatty(0):
            self._asked_to_leave()
        else:
            self._reload = True
            self._pass_on_reload()

    def _pass_on_reload(self) -> None:
        """Pass on a SIGHUP: a core that starts may have read the old file, and would not handle it yet."""
        if self._reload and self._serving_since < math.inf and self._core is not None:
            self._reload = False
            os.kill(self._core, signal.SIGHUP)

    def _asked_to_leave(self) -> None:
        now = time.monotonic()
        if self._leaving:
            if now - self._asked_at > SAME_S:
                self._kill()
            return
        self._asked_at = now
        _print("Leaving ... (once more: at once)")
        if self._core is None:
            self._leave(0)
            return
        self._leaving = self._workers.closed = True
        os.kill(self._core, LEAVE)
        self.loop.after(self, CORE_LEAVE_S, self._kill_core)

    def _kill_core(self) -> None:
        if self._core is not None:
            self.say("ERROR the core does not leave; killing it")
            os.kill(self._core, signal.SIGKILL)

    def _leave(self, status: int) -> None:
        """End the remaining processes, without the core, and then this one."""
        self.loop.cancel(self)
        self._leaving = self._workers.closed = True
        self._status = status if status >= 0 else 128 - status
        self._workers.end_next()

    def _worker_gone(self) -> None:
        if self._leaving and self._core is None:
            self._workers.end_next()

    def _kill(self) -> None:
        """Kill all processes at once, and exit."""
        self._workers.kill()
        if self._core is not None:
            os.kill(self._core, signal.SIGKILL)
        self._status = KILLED
        self._core = None

    # ------------------------------------------------------------ steps

    def _note(self) -> None:
        """Store the pids, so that the next start can kill workers that have not noticed our death."""
        text = " ".join(map(str, self._workers.pids))
        if text != self._noted:
            self._noted = text
            try:
                with open(os.path.join(self._run, "workers"), "w") as file:
                    file.write(text)
            except OSError as error:
                self.say(f"WARNING cannot write down which workers run: {error}")

    def _failed(self, error: Exception) -> None:
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else "?"
        self.say(f"ERROR {type(error).__name__} at {where}: {error}")


def _print(line: str) -> None:
    console.write(console.ERROR, f"{line}\n")
