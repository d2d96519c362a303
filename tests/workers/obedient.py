"""A worker that says its spec's log level, then stays until it is told to leave."""

import logging
import threading

import msgspec

from dogwatch.bus.child import on_leave, read_line, start_logging
from dogwatch.bus.spec import Spec

if __name__ == "__main__":
    spec = msgspec.json.decode(read_line(), type=Spec)
    leave = threading.Event()
    on_leave(leave.set)
    start_logging("obedient", spec.log_level)
    logging.getLogger("x").warning("level %s", spec.log_level)
    leave.wait()
