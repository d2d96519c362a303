"""`python -m dogwatch.supervisor`, which replaces the process of `dogwatch run` and `dogwatch demo`, and their memory.

Arguments: `--run DIR --shm DIR [--lock FD] [--clear DIR]... [--modules PACKAGE] -- CORE COMMAND...`. The lock's
descriptor is held by this process and by the core; the directories of `--clear` are removed at the end; the workers are
modules of the package.
"""

from __future__ import annotations

import os
import sys

from dogwatch.supervisor import console
from dogwatch.supervisor.supervisor import Supervisor


def main(arguments: list[str]) -> int:
    """Run until told to stop; return the exit status."""
    split = arguments.index("--")
    options, core = arguments[:split], arguments[split + 1 :]
    values = list(zip(options[::2], options[1::2], strict=True))
    one = dict(values)
    lock = [int(one["--lock"])] if "--lock" in one else []
    for fd in lock:
        os.set_inheritable(fd, False)
    try:
        return Supervisor(
            core, one["--run"], one["--shm"], pass_on=lock, modules=one.get("--modules", "dogwatch.workers")
        ).run()
    finally:
        clear = [value for name, value in values if name == "--clear"]
        if clear:
            import shutil  # at the end, as it takes memory

            for directory in clear:
                shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    console.open_all()
    sys.exit(main(sys.argv[1:]))
