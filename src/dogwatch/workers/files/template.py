"""The template process, from which file workers are forked. It ends when its parent's end of the link is closed.

A message with descriptors asks for a fork: the socket of the task, the file, and its index if it has one. A message
without descriptors names a fork that is to end. A fork copies only the calling thread, so the template never starts
others. One fork waits ahead, with all that a task may not do taken from it; only tasks that read other files get one of
their own, and those that come while the next one is not made yet, which waits for a moment of rest.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import time

from dogwatch.workers.files import child, sandbox
from dogwatch.workers.files.frames import END, READING

MESSAGE_BYTES = 64
MOST_DESCRIPTORS = 3
REST_S = 0.3
"""After a task was begun, the next spare is made this many seconds later: forking would slow the task down."""
NAME = b"files"
FORK_NAME, SPARE_NAME = b"file worker", b"spare worker"


def serve(descriptor: int) -> None:
    """Fork whenever the parent at the socket `descriptor` asks; return when it has gone, or in a fork that is done."""
    link = socket.socket(fileno=descriptor)
    os.set_inheritable(descriptor, False)
    sandbox.name(NAME)
    ended, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.collect()
    gc.freeze()  # or the first garbage collection of each fork would write to all shared memory
    running: dict[bytes, int] = {}
    spares = Spares((ended, waker, link.fileno()))
    while True:
        ready, _, _ = select.select([link.fileno(), ended], [], [], spares.rest())
        if ended in ready:
            os.read(ended, 4096)
            spares.forget(_reap(running))
        if link.fileno() not in ready:
            continue
        message, descriptors, _, _ = socket.recv_fds(link, MESSAGE_BYTES, MOST_DESCRIPTORS)
        if not message:
            break
        if message.startswith(END):
            _kill(running.get(message[len(END) :], 0))
            continue
        pid = 0 if message.startswith(READING) else spares.take(descriptors)
        if not pid:
            pid = _fork()
            if pid == 0:
                spares.leave(FORK_NAME)
                _work(descriptors, None)
        if pid > 0:
            running[message.removeprefix(READING)] = pid
        for one in descriptors:
            os.close(one)
    for pid in (*running.values(), spares.pid):
        _kill(pid)


class Spares:
    """Has a fork wait that is confined already, so that a task need not wait for that. One at a time."""

    def __init__(self, own: tuple[int, ...]) -> None:
        """Make none yet; `own` are descriptors that are the template's alone."""
        self._own = own
        self.pid = 0
        self._link: socket.socket | None = None
        self._due = 0.0

    def rest(self) -> float | None:
        """Return how long there is nothing to do, in seconds, None for as long as one likes; make one that is due."""
        if not self.pid and time.monotonic() >= self._due:
            self._make()
        return None if self.pid else max(0.0, self._due - time.monotonic())

    def take(self, descriptors: list[int]) -> int:
        """Give a task to the one that waits; return its process id, 0 if there is none."""
        if self._link is None:
            return 0
        pid, self.pid = self.pid, 0
        link, self._link = self._link, None
        self._rest()
        with link:
            try:
                socket.send_fds(link, [b"task"], descriptors)
            except OSError:  # it has died
                return 0
        return pid

    def forget(self, gone: set[int]) -> None:
        """Let go of the one that waits, if it is among those that have ended."""
        if self._link is not None and self.pid in gone:
            self._link.close()
            self._link, self.pid = None, 0
            self._rest()  # the next one may end as soon

    def leave(self, name: bytes) -> None:
        """Let go of what is the template's, in a fork, which gets a `name`."""
        _forked(self._own, name)
        if self._link is not None:
            self._link.close()

    def _make(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = _fork()
        if pid == 0:
            ours.close()
            _wait(self._own, theirs)
        theirs.close()
        if pid > 0:
            self.pid, self._link = pid, ours
        else:
            ours.close()
            self._rest()

    def _rest(self) -> None:
        self._due = time.monotonic() + REST_S


def _fork() -> int:
    """Fork; return -1 if that is not possible now, which must not end the tasks of other forks."""
    try:
        return os.fork()
    except OSError as error:
        _warn(f"no file worker could be started: {error.strerror}")
        return -1


def _wait(own: tuple[int, ...], link: socket.socket) -> None:
    """Confine this fork, wait for a task, do it, and end."""
    _forked(own, SPARE_NAME)
    try:
        mapped = sandbox.mapped_bytes()
        sandbox.confine()
        message, descriptors, _, _ = socket.recv_fds(link, MESSAGE_BYTES, MOST_DESCRIPTORS)
        link.close()
        if message:
            sandbox.name(FORK_NAME)
            _work(descriptors, mapped)
    finally:
        os._exit(0)


def _forked(own: tuple[int, ...], name: bytes) -> None:
    """Close the descriptors that are the template's `own`, in a fork, which gets a `name`."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for one in own:
        os.close(one)
    sandbox.die_with_parent()
    sandbox.name(name)


def _work(descriptors: list[int], confined_bytes: int | None) -> None:
    """Do one task and end; see `child.serve`."""
    try:
        task, source, *index = descriptors
        with socket.socket(fileno=task) as link:
            child.serve(link, source, index[0] if index else -1, confined_bytes)
    finally:
        os._exit(0)  # nothing of the template's is to be tidied up here


def _reap(running: dict[bytes, int]) -> set[int]:
    """Forget the forks that have ended; return their ids."""
    gone: set[int] = set()
    while True:
        try:
            pid, code = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return gone
        if pid == 0:
            return gone
        gone.add(pid)
        name = next((name for name, one in running.items() if one == pid), b"")
        running.pop(name, None)
        status = os.waitstatus_to_exitcode(code)
        if status not in (0, -signal.SIGKILL):
            _warn(f"a file worker has died of {_words(status)}")


def _warn(words: str) -> None:
    print(f"WARNING files {__name__}: {words}", file=sys.stderr, flush=True)  # noqa: T201


def _words(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"an error (exit status {status})"


def _kill(pid: int) -> None:
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
