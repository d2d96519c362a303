"""The start and end of every worker process.

The parent writes the spec as one JSON line to the child's standard input and keeps the pipe open. End of file
on it means that the parent is gone, however it died; the child then exits.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable


def read_line() -> bytes:
    """Read this process's spec, one line of JSON, from standard input."""
    return sys.stdin.buffer.readline()


def on_leave(stop: Callable[[], None]) -> None:
    """Call `stop` once, from another thread or a signal handler, when this process should exit.

    To be called after `read_line`, since it watches the same pipe.
    That is on SIGTERM, or when the parent's end of standard input closes. SIGINT is ignored: a Ctrl-C reaches the
    whole process group, and the parent decides the order of leaving.
    """
    once = threading.Event()

    def leave() -> None:
        if not once.is_set():
            once.set()
            stop()

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        leave()

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: leave())
    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def set_level(level: str) -> None:
    """Log records of at least `level`, a name in lower case."""
    logging.getLogger().setLevel(level.upper())


def start_logging(name: str, level: str) -> None:
    """Log to standard error, a line for each record, in the form that the core copies to its own log.

    If the process crashes, in a decoder say, each thread's place in the program is written there too.
    """
    faulthandler.enable()
    logging.basicConfig(
        level=level.upper(),
        stream=sys.stderr,
        format=f"%(levelname)s {name.replace('%', '%%')} %(name)s: %(message)s",
        force=True,
    )
