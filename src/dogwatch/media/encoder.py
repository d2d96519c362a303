"""Encodes videos in a process of its own.

Run as `python -m dogwatch.media.encoder`: one line of JSON on standard input says what to make, lines of JSON on
standard output report progress. The process ends when its input ends, so it never outlives its parent. It lowers its
own priority, because recording comes first.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from dogwatch.errors import DogwatchError
from dogwatch.media.encoder_spec import EncoderReport, FramesSpec, PreviewSpec, TimelapseSpec

NICE = 15
FAILED = 2
Spec = TimelapseSpec | PreviewSpec | FramesSpec


def main() -> int:
    """Encode a timelapse, a preview or a film of frames; return the exit code."""
    return serve(Spec, _encode)


def serve(kind: Any, encode: Callable[[Any, Callable[[float], None]], int]) -> int:
    """Encode what standard input asks for, a `kind` of spec; return the exit code.

    `encode` gets the spec and a function that takes the share done, and returns the number of pictures.
    """
    os.nice(NICE)
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        return FAILED  # whoever started this process has been killed meanwhile
    spec = msgspec.json.decode(line, type=kind)

    def leave_with_parent() -> None:
        while sys.stdin.buffer.read(1):
            pass
        Path(spec.out).unlink(missing_ok=True)
        os._exit(FAILED)

    def tell(share: float) -> None:
        _say(EncoderReport(share))

    threading.Thread(target=leave_with_parent, daemon=True).start()
    try:
        _say(EncoderReport(pictures=encode(spec, tell)))
    except DogwatchError as error:
        _say(EncoderReport(error=str(error)))
        return FAILED
    return 0


def _encode(spec: Spec, tell: Callable[[float], None]) -> int:
    from dogwatch.media import frames_film, preview_film, timelapse  # each loads other libraries

    match spec:
        case TimelapseSpec():
            return timelapse.encode(spec, tell)
        case PreviewSpec():
            return preview_film.encode(spec, tell)
        case FramesSpec():
            return frames_film.encode(spec, tell)


def _say(line: EncoderReport) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    os._exit(main())  # at its usual end, the interpreter complains of the thread that waits for the input's end
