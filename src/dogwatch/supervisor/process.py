"""One process of a worker: its pipes, its lines of log, its exit.

Standard input carries the spec, one line, and stays open: end of file tells the process that the supervisor is gone.
Its standard error is read line by line.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

from dogwatch.supervisor.loop import READ, WRITE, Loop

CHUNK = 1 << 16
LINE_BYTES = 1 << 16  # of one line; the rest of a longer one is cut off

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def spawn(
    command: list[str],
    environment: Mapping[str, str],
    *,
    stdin: int | None = None,
    stderr: int | None = None,
    pass_on: Sequence[int] = (),
) -> int:
    """Start `command` in a process group of its own, which Ctrl-C does not reach; return its pid.

    It stays in this session: Linux may share processors out among sessions, and then priorities count only within each.

    Args:
        command: The program and its arguments.
        environment: All of its environment.
        stdin: A descriptor for standard input; empty without one.
        stderr: A descriptor for standard error, and no standard output; without one, both are those of this process.
        pass_on: More descriptors that the process inherits, with the same numbers.

    Raises:
        OSError: It cannot be started.
    """
    actions: list[tuple[Any, ...]] = []
    if stdin is None:
        actions.append((os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0))
    else:
        actions.append((os.POSIX_SPAWN_DUP2, stdin, 0))
    if stderr is not None:
        actions.append((os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0))
        actions.append((os.POSIX_SPAWN_DUP2, stderr, 2))
    for fd in pass_on:
        os.set_inheritable(fd, True)
    try:
        return os.posix_spawn(
            command[0], command, environment, file_actions=actions, setpgroup=0, setsigdef=[signal.SIGPIPE]
        )
    finally:
        for fd in pass_on:
            os.set_inheritable(fd, False)


def python(*arguments: str) -> list[str]:
    """Return the command that runs this Python with `arguments`."""
    return [sys.executable, *arguments]


class Process:
    """A process of a worker. `ended` is called once, with its exit status, or None if it is unknown."""

    def __init__(
        self,
        loop: Loop,
        spec: str,
        began: Callable[[], None],
        said: Callable[[str], None],
        ended: Callable[[Process, int | None], None],
    ) -> None:
        """Make the pipes.

        Args:
            loop: The loop that waits for them.
            spec: The line for its standard input.
            began: Called when it has its pid.
            said: Called with each line that it writes.
            ended: Called when it has ended.

        Raises:
            OSError: There are too many open files.
        """
        self._loop, self._began, self._said, self._ended = loop, began, said, ended
        self.stdin, self._input = os.pipe()
        try:
            self._output, self.stderr = os.pipe()
        except OSError:
            os.close(self.stdin)
            os.close(self._input)
            raise
        self.pid: int | None = None
        self._waiting = spec.encode() + b"\n"
        self._line = b""
        self._cut = self._silent = self._orphan = self._over = False
        for fd in (self._input, self._output):
            os.set_blocking(fd, False)
        loop.watch(self._output, READ, self._read)
        loop.watch(self._input, WRITE, self._write)

    def began(self, pid: int) -> None:
        """The process was started, as `pid`."""
        self.pid = pid
        self._began()

    def close_theirs(self) -> None:
        """Close the process's ends of the pipes here."""
        os.close(self.stdin)
        os.close(self.stderr)

    def signal(self, number: int) -> None:
        """Send a signal, if the process runs."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close its standard input, which tells it to exit."""
        if self._input >= 0:
            self._loop.forget(self._input)
            os.close(self._input)
            self._input = -1

    def exited(self, status: int) -> None:
        """Its parent, this process or the template, has got its exit status."""
        while not self._silent and self._take():
            pass
        self.give_up(status)

    def orphaned(self) -> None:
        """Its parent, the template, has gone: now only the end of its standard error tells that it has ended."""
        self._orphan = True
        if self.pid is None:  # it is unknown whether it was started, and its pid
            self.hang_up()
        if self._silent:
            self.give_up(None)

    def give_up(self, status: int | None) -> None:
        """Close everything and report the end, even if the process still runs."""
        if self._over:
            return
        self._over = True
        self.hang_up()
        self._close_output()
        self._ended(self, status)

    def _write(self, _events: int) -> None:
        try:
            self._waiting = self._waiting[os.write(self._input, self._waiting) :]
        except BlockingIOError:
            return
        except OSError:  # it does not read; its end will follow
            self._waiting = b""
        if not self._waiting:
            self._loop.forget(self._input)

    def _read(self, _events: int) -> None:
        self._take()
        if self._silent and self._orphan:
            self.give_up(None)

    def _take(self) -> bool:
        """Read a chunk of its output; False if there is none."""
        try:
            data = os.read(self._output, CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self._close_output()
            return False
        *lines, rest = (self._line + data).split(b"\n")
        for line in lines:
            self._say(line)
        self._line = rest
        if len(rest) > LINE_BYTES:
            self._say(rest)
            self._line, self._cut = b"", True
        return True

    def _say(self, line: bytes) -> None:
        if not self._cut and line:
            self._said(line[:LINE_BYTES].decode(errors="replace").rstrip())
        self._cut = False

    def _close_output(self) -> None:
        if not self._silent:
            self._silent = True
            self._loop.forget(self._output)
            os.close(self._output)
            if self._line:
                self._say(self._line)
                self._line = b""
