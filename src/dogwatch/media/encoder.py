"""Encodes videos in a process of its own.

Run as `python -m dogwatch.media.encoder`: one line of JSON on standard input says what to make, lines of JSON on
standard output report progress. The process ends when its input ends, so it never outlives its parent. It lowers its
own priority, because recording comes first.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import msgspec

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media import preview_film, timelapse
from dogwatch.media.encoder_spec import EncoderReport, PreviewSpec, TimelapseSpec

NICE = 15
FAILED = 2


def main() -> int:
    """Encode what standard input asks for; return the exit code."""
    os.nice(NICE)
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        return FAILED  # whoever started this process has been killed meanwhile
    spec: TimelapseSpec | PreviewSpec = msgspec.json.decode(line, type=TimelapseSpec | PreviewSpec)

    def leave_with_parent() -> None:
        while sys.stdin.buffer.read(1):
            pass
        Path(spec.out).unlink(missing_ok=True)
        os._exit(FAILED)

    def tell(share: float) -> None:
        _say(EncoderReport(share))

    threading.Thread(target=leave_with_parent, daemon=True).start()
    try:
        made = timelapse.encode(spec, tell) if isinstance(spec, TimelapseSpec) else preview_film.encode(spec, tell)
        _say(EncoderReport(pictures=made))
    except (MediaError, NoFootageError) as error:
        _say(EncoderReport(error=str(error)))
        return FAILED
    return 0


def _say(line: EncoderReport) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    os._exit(main())  # at its usual end, the interpreter complains of the thread that waits for the input's end
