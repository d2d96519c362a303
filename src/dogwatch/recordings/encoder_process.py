"""Runs the encoder, which is a process of its own, for a job."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.media.encoder_spec import EncoderReport

ENCODER = (sys.executable, "-m", "dogwatch.media.encoder")
HUNG_S = 600.0  # an encoder reports regularly, however busy the machine is
LINE_BYTES = 65536


def encode(spec: msgspec.Struct, control: JobControl, encoder: Sequence[str] = ENCODER, step: str = "encoding") -> int:
    """Encode `spec` and return the number of pictures; the encoder is ended when the job has to end.

    `encoder` is the command of a process that uses `media.encoder.serve`; `step` says what it does, for its progress.

    Raises:
        JobError: It has failed, has died, or has reported nothing for `HUNG_S`.
        CancelledError: The job is to end.
    """
    with subprocess.Popen(encoder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        try:
            with suppress(BrokenPipeError):  # it has died, and `_follow` says so
                process.stdin.write(msgspec.json.encode(spec) + b"\n")
            return _follow(process, control, step)
        finally:
            process.kill()


def _follow(process: subprocess.Popen[bytes], control: JobControl, step: str) -> int:
    """Read reports until the encoder is done; other lines, such as those of a library, are passed over."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    os.set_blocking(process.stdout.fileno(), False)
    text, error, heard = b"", f"the process for {step} has died", time.monotonic()
    while True:
        control.check()
        data = process.stdout.read(LINE_BYTES)
        if data:
            *lines, text = (text + data).split(b"\n")
            text = text[-LINE_BYTES:]
            for report in filter(None, map(_report, lines)):
                heard = time.monotonic()
                if report.pictures is not None:
                    return report.pictures
                error = report.error or error
                control.step(step, 98 * report.share)
        elif process.poll() is not None:
            raise JobError(error)
        elif time.monotonic() - heard > HUNG_S:
            raise JobError(f"the process for {step} has reported nothing for {HUNG_S:.0f} s")
        else:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)


def _report(line: bytes) -> EncoderReport | None:
    try:
        return msgspec.json.decode(line, type=EncoderReport)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
