"""Turns the process of `dogwatch run` into the supervisor; nothing that the command line has loaded stays in memory."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from dogwatch.runtime import leftovers
from dogwatch.runtime.paths import Paths, own
from dogwatch.supervisor import console


def become_supervisor(paths: Paths, arguments: Iterable[str], clear: Iterable[Path] = ()) -> NoReturn:
    """Lock the data directory, clean up leftovers, and continue as the supervisor.

    Args:
        paths: Where things lie.
        arguments: The arguments of the command `dogwatch core`.
        clear: Directories to remove at the end.

    Raises:
        DogwatchError: A directory cannot be made, or another Dogwatch runs on it.
    """
    console.open_all()
    paths.make()
    lock = own(paths.data)
    leftovers.clear(paths)
    os.set_inheritable(lock.fileno(), True)
    held = ["--lock", str(lock.fileno())]
    options = ["--run", str(paths.run), "--shm", paths.shm, *held]
    for directory in clear:
        options += ["--clear", str(directory)]
    core = [sys.executable, "-m", "dogwatch", "core", *arguments, *held, "--supervisor"]
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # it was closed
            with contextlib.suppress(OSError):  # its disk is full
                stream.flush()
    os.execv(sys.executable, [sys.executable, "-m", "dogwatch.supervisor", *options, "--", *core])  # noqa: S606
