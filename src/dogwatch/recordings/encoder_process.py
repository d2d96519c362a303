"""Runs the encoder, which is a process of its own, for a job."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec

from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.media.encoder_spec import EncoderReport

ENCODER = (sys.executable, "-m", "dogwatch.media.encoder")
HUNG_S = 600.0  # an encoder reports regularly, however busy the machine is
LINE_BYTES = 65536


class Words(NamedTuple):
    """How users are told of such a process: its name in a sentence, and the step that it is."""

    process: str
    step: str


ENCODING = Words("the encoder", "encoding")


def encode(spec: msgspec.Struct, control: JobControl, encoder: Sequence[str] = (), words: Words = ENCODING) -> int:
    """Encode `spec` and return the number of pictures; the encoder is ended when the job has to end.

    `encoder` is the command of another process that uses `media.encoder.serve`; `words` tells of it.

    Raises:
        JobError: It has failed, has died, or has reported nothing for `HUNG_S`.
        CancelledError: The job is to end.
    """
    with subprocess.Popen(encoder or ENCODER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        try:
            with suppress(BrokenPipeError):  # it has died, and `_follow` says so
                process.stdin.write(msgspec.json.encode(spec) + b"\n")
            return _follow(process, control, words)
        finally:
            process.kill()


def _follow(process: subprocess.Popen[bytes], control: JobControl, words: Words) -> int:
    """Read reports until the encoder is done; other lines, such as those of a library, are passed over."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    os.set_blocking(process.stdout.fileno(), False)
    text, error, heard = b"", f"{words.process} has died", time.monotonic()
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
                control.step(words.step, 98 * report.share)
        elif process.poll() is not None:
            raise JobError(error)
        elif time.monotonic() - heard > HUNG_S:
            raise JobError(f"{words.process} has reported nothing for {HUNG_S:.0f} s")
        else:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)


def _report(line: bytes) -> EncoderReport | None:
    try:
        return msgspec.json.decode(line, type=EncoderReport)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
