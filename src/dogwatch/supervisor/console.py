"""Writes to standard output and standard error without ever waiting.

Nobody may read them: a terminal is halted with Ctrl-S, the reader of a pipe hangs or has gone, a disk is full. A line
that does not fit is dropped then, because recording and the HTTP servers must not wait for it.
"""

from __future__ import annotations

import os
import select

OUTPUT, ERROR = 1, 2
PIECE = select.PIPE_BUF  # a pipe that is ready takes as many bytes at once


def write(fd: int, text: str) -> bool:
    """Write `text`; False if it was dropped, or cut off, because nobody takes it."""
    data = memoryview(text.encode(errors="backslashreplace"))
    try:
        while data:
            if not select.select([], [fd], [], 0)[1]:
                return False
            data = data[os.write(fd, data[:PIECE]) :]
    except (OSError, ValueError):
        return False
    return True


def open_all() -> None:
    """Open those of standard input, output and error that are closed, or a file or socket would get their numbers."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= ERROR:
        os.set_inheritable(fd, True)
    os.close(fd)
