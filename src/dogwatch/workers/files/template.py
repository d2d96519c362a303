"""The template process, from which file workers are forked. It ends when its parent's end of the link is closed.

A message with descriptors asks for a fork: the socket of the task, the file, and its index if it has one. A message
without descriptors names a fork that is to end. A fork copies only the calling thread, so the template never starts
others. One fork waits ahead, with all that a task may not do taken from it; only tasks that read other files get one of
their own.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass

from dogwatch.workers.files import child, sandbox
from dogwatch.workers.files.frames import END, READING

MESSAGE_BYTES = 64
MOST_DESCRIPTORS = 3
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
    spare: Spare | None = None
    while True:
        if spare is None:
            spare = _spare(link, ended, waker)
        ready, _, _ = select.select([link.fileno(), ended], [], [])
        if ended in ready:
            os.read(ended, 4096)
            if spare.pid in _reap(running):
                spare.link.close()
                spare = None
                continue
        if link.fileno() not in ready:
            continue
        message, descriptors, _, _ = socket.recv_fds(link, MESSAGE_BYTES, MOST_DESCRIPTORS)
        if not message:
            break
        if message.startswith(END):
            _kill(running.get(message[len(END) :], 0))
            continue
        if not message.startswith(READING) and spare.take(descriptors):
            pid, spare = spare.pid, None
        else:
            pid = os.fork()
            if pid == 0:
                _forked(link, ended, waker, FORK_NAME)
                spare.link.close()
                _work(descriptors, None)
        running[message.removeprefix(READING)] = pid
        for one in descriptors:
            os.close(one)
    for pid in (*running.values(), spare.pid):
        _kill(pid)


@dataclass(frozen=True, slots=True)
class Spare:
    """A fork that is confined already and waits for the descriptors of a task, which need not wait for a fork then."""

    pid: int
    link: socket.socket

    def take(self, descriptors: list[int]) -> bool:
        """Give it a task; False if it has died."""
        with self.link:
            try:
                socket.send_fds(self.link, [b"task"], descriptors)
            except OSError:
                return False
        return True


def _spare(link: socket.socket, ended: int, waker: int) -> Spare:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        _forked(link, ended, waker, SPARE_NAME)
        ours.close()
        try:
            mapped = sandbox.mapped_bytes()
            sandbox.confine()
            message, descriptors, _, _ = socket.recv_fds(theirs, MESSAGE_BYTES, MOST_DESCRIPTORS)
            theirs.close()
            if message:
                sandbox.name(FORK_NAME)
                _work(descriptors, mapped)
        finally:
            os._exit(0)
    theirs.close()
    return Spare(pid, ours)


def _forked(link: socket.socket, ended: int, waker: int, name: bytes) -> None:
    """Let go of what is the template's, in a fork, which gets a `name`."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for one in (ended, waker, link.fileno()):
        os.close(one)
    link.detach()
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
            print(f"WARNING files {__name__}: a file worker has died of {_words(status)}", file=sys.stderr, flush=True)  # noqa: T201


def _words(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"an error (exit status {status})"


def _kill(pid: int) -> None:
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
