"""The parent's end of the process from which file workers are forked; it is started at first use."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from itertools import count

from dogwatch.errors import FileError
from dogwatch.workers.files.frames import END, READING

COMMAND = (sys.executable, "-m", "dogwatch.workers.files")
ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "2",
    "OPENBLAS_NUM_THREADS": "1",  # it starts threads when it is loaded, and a fork would lack them
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # pictures in huge pages: a fork has none yet, and gets each by a fault
}
IDLE_S = 180.0
"""A slow reader gets this much ahead of what it has read."""


class Forked:
    """A file worker: the parent's end of its socket, until `end`."""

    def __init__(self, template: WorkerTemplate, name: bytes, link: socket.socket) -> None:
        """Made by `WorkerTemplate.fork`."""
        self._template, self._name, self.link = template, name, link

    def end(self) -> None:
        """End the worker, whatever it does; it may have ended by itself."""
        self._template.end(self._name)
        self.link.close()


class WorkerTemplate:
    """The template process. Safe to use from any thread."""

    def __init__(self, idle_s: float = IDLE_S) -> None:
        """Start nothing yet; the process ends after `idle_s` without workers."""
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._running: set[bytes] = set()
        self._numbers = count(1)
        self._timer: threading.Timer | None = None
        self._closed = False

    def fork(self, source: int, index: int | None = None, *, reads: bool = False) -> Forked:
        """Return a new worker for the file at descriptor `source`, whose index is at `index`.

        `reads` is whether its task reads other files.

        Raises:
            FileError: 503 `busy`: that is not possible now.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                with self._lock:
                    name = b"%d" % next(self._numbers)
                    given = [theirs.fileno(), source, *(() if index is None else (index,))]
                    self._ask(READING + name if reads else name, given)
                    self._running.add(name)
                    self._idle(None)
            except OSError as error:
                ours.close()
                raise FileError(503, "busy", "a video cannot be decoded now: no process could be started") from error
        return Forked(self, name, ours)

    def end(self, name: bytes) -> None:
        """End a worker."""
        with self._lock:
            self._running.discard(name)
            if self._link is not None:
                with suppress(OSError):
                    self._link.send(END + name)
            if not self._running:
                self._idle(self._idle_s)

    def close(self) -> None:
        """End the process and all workers."""
        with self._lock:
            self._closed = True
            self._idle(None)
            self._stop()

    @property
    def pid(self) -> int | None:
        """The process's id, if it runs."""
        with self._lock:
            return None if self._process is None else self._process.pid

    def _ask(self, name: bytes, descriptors: list[int]) -> None:
        """Ask for a fork; a process that has died is replaced once."""
        for again in (True, False):
            link = self._start()
            try:
                socket.send_fds(link, [name], descriptors)
            except OSError:
                self._stop()
                if not again:
                    raise
            else:
                return

    def _start(self) -> socket.socket:
        if self._closed:
            raise OSError("it is closed")
        if self._link is not None:
            return self._link
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            environment = {**os.environ, **ENVIRONMENT}
            try:
                self._process = subprocess.Popen(
                    [*COMMAND, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    env=environment,
                    pass_fds=[theirs.fileno()],
                )
            except OSError:
                ours.close()
                raise
        self._link = ours
        return ours

    def _stop(self) -> None:
        link, process = self._link, self._process
        self._link = self._process = None
        self._running.clear()
        if link is not None:
            link.close()
        if process is not None:
            process.kill()
            process.wait()

    def _idle(self, seconds: float | None) -> None:
        """Stop the process after `seconds`, or not at all."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is not None and self._link is not None and not self._closed:
            self._timer = threading.Timer(seconds, self._rest)
            self._timer.daemon = True
            self._timer.start()

    def _rest(self) -> None:
        with self._lock:
            if not self._running:
                self._stop()
