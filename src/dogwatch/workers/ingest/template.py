"""The template process, from which workers are forked: it has loaded the modules of ingest, and used them once.

The supervisor asks with a message and two descriptors, which become standard input and standard error of the fork.
Memory that neither writes to stays shared: an ingest process needs nothing else at its start. Analysis and detection
load modules of their own, and share Python, NumPy and the bus, which is 10 MiB in each of them. A fork copies only the
calling thread, so a process that has others refuses: their locks would never be released.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import time
from pathlib import Path
from typing import Any

REQUEST_BYTES = 1 << 18
NAME_BYTES = 15  # the longest process name on Linux


def serve(descriptor: int) -> str:
    """Fork whenever the supervisor at the socket `descriptor` asks; return in each fork the kind of worker to be.

    Raises:
        SystemExit: The supervisor has gone.
    """
    name_process("template")
    link = socket.socket(fileno=descriptor)
    os.set_inheritable(descriptor, False)
    ended, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.collect()
    gc.freeze()  # or the first garbage collection of each fork would write to all shared memory
    while True:
        ready, _, _ = select.select([link.fileno(), ended], [], [])
        if ended in ready:
            os.read(ended, 4096)
            _report_ended(link)
        if link.fileno() in ready and (kind := _forked(link)):
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for fd in (ended, waker):
                os.close(fd)
            link.close()
            return kind


def name_process(name: str) -> None:
    """Set the name of this process for `ps` and `top`, where that is possible."""
    try:
        Path("/proc/self/comm").write_bytes(name.encode()[:NAME_BYTES])
    except OSError:
        return


def _forked(link: socket.socket) -> str:
    """Answer one request; return the kind of worker in the forked process, and nothing in this one."""
    data, descriptors, _, _ = socket.recv_fds(link, REQUEST_BYTES, 2)
    if not data:
        raise SystemExit(0)
    request: dict[str, Any] = json.loads(data)
    threads = _threads()
    if threads != 1:
        pid = -1
        _tell(link, {"id": request["id"], "refused": f"has {threads} threads"})
    else:
        pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os.dup2(descriptors[0], 0)
        os.dup2(descriptors[1], 2)
        name_process(f"{request['kind']} {request['name']}")
        with contextlib.suppress(OSError):
            os.nice(request["nice"])
        os.environ.update(request["environment"])
        time.tzset()
    for fd in descriptors:
        os.close(fd)
    if pid > 0:
        with contextlib.suppress(OSError):  # it does the same; whoever hears of it finds its group
            os.setpgid(pid, pid)
        _tell(link, {"id": request["id"], "pid": pid})
    return "" if pid else str(request["kind"])


def _threads() -> int:
    """Return the number of threads of this process, including those that Python does not know."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def _report_ended(link: socket.socket) -> None:
    while True:
        try:
            pid, code = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _tell(link, {"pid": pid, "status": os.waitstatus_to_exitcode(code)})


def _tell(link: socket.socket, message: dict[str, Any]) -> None:
    try:
        link.send(json.dumps(message).encode())
    except OSError as error:
        raise SystemExit(0) from error
