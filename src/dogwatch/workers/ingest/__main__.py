"""`python -m dogwatch.workers.ingest`: runs one camera; its `IngestSpec` comes as one JSON line on standard input.

With `--template` and the descriptor of a socket it waits there for requests to fork, and each fork becomes the worker
of the kind asked for, as if it had been started by itself.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading

import msgspec

from dogwatch.bus.child import on_leave, read_line, start_logging
from dogwatch.bus.heap import map_blocks_from
from dogwatch.bus.link import Link
from dogwatch.bus.spec import digest
from dogwatch.workers.ingest import template
from dogwatch.workers.ingest.process import CameraIngest
from dogwatch.workers.ingest.spec import IngestSpec
from dogwatch.workers.ingest.warm_up import warm_up

LARGE_BYTES = 128 << 10  # pictures, keyframes, fragments: at most a few a second


def main() -> None:
    """Run until the parent has gone or says so."""
    map_blocks_from(LARGE_BYTES)
    line = read_line()
    spec = msgspec.json.decode(line, type=IngestSpec)
    start_logging(f"ingest.{spec.camera}", spec.log_level)
    ingest = CameraIngest(spec, Link(spec.link, "ingest", spec.camera, digest(line)))
    failed = threading.Event()

    def on_thread_failure(args: threading.ExceptHookArgs) -> None:
        """Leave in order and let the supervisor begin again: a process without one of its threads is no use."""
        name = args.thread.name if args.thread is not None else "?"
        trace = (args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)
        logging.getLogger(__name__).error("thread %s has failed", name, exc_info=trace)
        failed.set()
        ingest.stop()

    threading.excepthook = on_thread_failure
    on_leave(ingest.stop)
    ingest.run()
    logging.shutdown()
    sys.stderr.flush()
    # A thread may still wait in libav for a camera that is silent; there is nothing left to lose.
    os._exit(1 if failed.is_set() else 0)


def fork(descriptor: int) -> None:
    """Fork when the supervisor at the socket `descriptor` asks; run the worker in each fork."""
    warm_up()
    kind = template.serve(descriptor)
    # By name: no worker imports another one.
    sys.exit(importlib.import_module(f"dogwatch.workers.{kind}.__main__").main())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--template"]:
        fork(int(sys.argv[2]))
    main()
