"""Asks the template process, which has loaded the modules of ingest workers, to fork.

So each camera costs only its own memory, and starts within milliseconds; other workers share a part of that memory.
Where forking is not safe (macOS, or a template that turns out to have threads), workers are spawned instead.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping

from dogwatch.supervisor.backoff import Backoff
from dogwatch.supervisor.loop import READ, Loop
from dogwatch.supervisor.process import Process, python, spawn

ANSWER_BYTES = 1 << 16
ANSWER_S = 60.0  # it answers at once when it has loaded its modules
OPTION = "--template"  # of `dogwatch.workers.ingest`
FORKS = sys.platform.startswith("linux")


class Template:
    """The template process, which is restarted when it has died. Its forks run on without it."""

    def __init__(self, loop: Loop, module: str, refused: Callable[[Process], None], say: Callable[[str], None]) -> None:
        """Fork workers from a template that runs `module`.

        Args:
            loop: The loop that waits for answers.
            module: The module that the template runs, with `OPTION` and a descriptor.
            refused: Called with a process that the template has refused to fork.
            say: Logs a line.
        """
        self._loop, self._module, self._refused, self._say = loop, module, refused, say
        self._socket: socket.socket | None = None
        self._asked: dict[int, Process] = {}
        self._forked: dict[int, Process] = {}
        self._count, self._asked_key = 0, object()
        self._backoff, self._begun = Backoff(), 0.0
        self.pid: int | None = None
        self.usable = FORKS

    def start(self) -> None:
        """Start the template, if it does not run.

        Raises:
            OSError: That is not possible now.
        """
        if self._socket is not None or not self.usable:
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                # OpenBLAS starts threads when it is loaded, and a fork would lack them.
                environment = {"MALLOC_ARENA_MAX": "2", **os.environ, "OPENBLAS_NUM_THREADS": "1"}
                command = python("-m", self._module, OPTION, str(theirs.fileno()))
                self.pid = spawn(command, environment, pass_on=[theirs.fileno()])
            except OSError:
                ours.close()
                raise
        ours.setblocking(False)
        self._socket, self._begun = ours, time.monotonic()
        self._loop.watch(ours.fileno(), READ, self._read)

    def fork(self, process: Process, kind: str, name: str, environment: Mapping[str, str], nice: int) -> None:
        """Ask for a worker of this kind and name with the pipes of `process`.

        It gets these added environment variables, and this nice value more than the template has.

        Raises:
            OSError: The template does not read the request.
        """
        self.start()
        if self._socket is None:
            raise OSError("there is no template")
        self._count += 1
        request = {"id": self._count, "kind": kind, "name": name, "environment": dict(environment), "nice": nice}
        socket.send_fds(self._socket, [json.dumps(request).encode()], [process.stdin, process.stderr])
        self._asked[self._count] = process
        if len(self._asked) == 1:
            self._loop.after(self._asked_key, ANSWER_S, self._give_up)

    def kill(self) -> None:
        """Kill the template, which may hang."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """End the template."""
        self._loop.cancel(self)
        self._loop.cancel(self._asked_key)
        if self._socket is not None:
            self._loop.forget(self._socket.fileno())
            self._socket.close()
        self._socket = self.pid = None
        orphans = [*self._asked.values(), *self._forked.values()]
        self._asked, self._forked = {}, {}
        for process in orphans:
            process.orphaned()

    def _read(self, _events: int) -> None:
        assert self._socket is not None  # noqa: S101 - else nobody would wait for it
        try:
            data = self._socket.recv(ANSWER_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._take(json.loads(data))
        else:
            self._say("the template process has died")
            self.stop()
            self._loop.after(self, self._backoff.wait(None, time.monotonic() - self._begun), self.start)

    def _take(self, answer: dict[str, int | str]) -> None:
        if "status" in answer:
            ended = self._forked.pop(int(answer["pid"]), None)
            if ended is not None:
                ended.exited(int(answer["status"]))
            return
        process = self._asked.pop(int(answer["id"]), None)
        self._loop.cancel(self._asked_key)
        if self._asked:
            self._loop.after(self._asked_key, ANSWER_S, self._give_up)
        if process is None:
            return
        if "pid" in answer:
            self._forked[int(answer["pid"])] = process
            process.began(int(answer["pid"]))
        else:
            self._say(f"workers are not forked, as the template {answer['refused']}")
            self.usable = False
            self._refused(process)

    def _give_up(self) -> None:
        self._say("the template process does not answer; killing it")
        self.kill()
