"""Looks for motion in footage, in a process of its own.

Run as `python -m dogwatch.media.motion_scanner`: each line of JSON on standard input names a file, and is answered by a
line on standard output. The process ends when its input ends, so it never outlives its parent. It lowers its own
priority, because recording comes first.
"""

from __future__ import annotations

import os
import sys
import threading
from queue import SimpleQueue

import msgspec

from dogwatch.media.motion_scan import scan
from dogwatch.media.motion_scan_spec import ScanSpec

NICE = 15


def main() -> None:
    """Answer requests until there are no more."""
    os.nice(NICE)
    requests = SimpleQueue[bytes]()

    def read() -> None:
        for line in sys.stdin.buffer:
            requests.put(line)
        os._exit(0)  # also in the middle of a file

    threading.Thread(target=read, daemon=True).start()
    while True:
        report = scan(msgspec.json.decode(requests.get(), type=ScanSpec))
        sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
