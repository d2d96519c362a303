"""Does as `obedient`; a template too, unless it is told to have a thread too many."""

import importlib
import logging
import os
import sys
import threading

import msgspec

from dogwatch.bus.child import on_leave, read_line, start_logging
from dogwatch.bus.spec import Spec
from dogwatch.workers.ingest import template


def main() -> None:
    spec = msgspec.json.decode(read_line(), type=Spec)
    leave = threading.Event()
    on_leave(leave.set)
    start_logging("ingest", spec.log_level)
    forked = "forked" if sys.argv[1:2] == ["--template"] else "spawned"
    logging.getLogger("x").warning("%s, level %s, %s", forked, spec.log_level, os.environ.get("DOGWATCH_TEST_NAME"))
    leave.wait()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--template"]:
        if os.environ.get("DOGWATCH_TEST_THREADS"):
            threading.Thread(target=threading.Event().wait, daemon=True).start()
        importlib.import_module(f"tests.workers.{template.serve(int(sys.argv[2]))}").main()
    else:
        main()
