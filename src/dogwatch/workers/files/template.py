"""The template process, from which file workers are forked. It ends when its parent's end of the link is closed.

A message with descriptors asks for a fork: the socket of the task, the file, and its index if it has one. A message
without descriptors names a fork that is to end. A fork copies only the calling thread, so the template never starts
others.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
from pathlib import Path

from dogwatch.workers.files import child, sandbox
from dogwatch.workers.files.frames import END

MESSAGE_BYTES = 64
MOST_DESCRIPTORS = 3
NAME = b"files"
FORK_NAME = b"file worker"


def serve(descriptor: int) -> None:
    """Fork whenever the parent at the socket `descriptor` asks; return when it has gone, or in a fork that is done."""
    link = socket.socket(fileno=descriptor)
    os.set_inheritable(descriptor, False)
    _name(NAME)
    ended, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.collect()
    gc.freeze()  # or the first garbage collection of each fork would write to all shared memory
    running: dict[bytes, int] = {}
    while True:
        ready, _, _ = select.select([link.fileno(), ended], [], [])
        if ended in ready:
            os.read(ended, 4096)
            _reap(running)
        if link.fileno() not in ready:
            continue
        message, descriptors, _, _ = socket.recv_fds(link, MESSAGE_BYTES, MOST_DESCRIPTORS)
        if not message:
            break
        if message.startswith(END):
            _kill(running.get(message[len(END) :], 0))
            continue
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for one in (ended, waker, link.fileno()):
                os.close(one)
            link.detach()
            _work(descriptors)
        running[message] = pid
        for one in descriptors:
            os.close(one)
    for pid in running.values():
        _kill(pid)


def _work(descriptors: list[int]) -> None:
    """Do one task and end."""
    try:
        sandbox.die_with_parent()
        _name(FORK_NAME)
        task, source, *index = descriptors
        with socket.socket(fileno=task) as link:
            child.serve(link, source, index[0] if index else -1)
    finally:
        os._exit(0)  # nothing of the template's is to be tidied up here


def _reap(running: dict[bytes, int]) -> None:
    while True:
        try:
            pid, code = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
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


def _name(name: bytes) -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_bytes(name)
