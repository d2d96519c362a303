"""A worker that says many lines, and again at each SIGUSR1."""

import signal
import sys
import threading

from dogwatch.bus.child import on_leave, read_line


def talk(*_: object) -> None:
    for number in range(20000):
        sys.stderr.write(f"line {number:80}\n")
    sys.stderr.write("the last line\n")
    sys.stderr.flush()


if __name__ == "__main__":
    read_line()
    signal.signal(signal.SIGUSR1, talk)
    leave = threading.Event()
    on_leave(leave.set)
    talk()
    leave.wait()
