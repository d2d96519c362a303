"""Runs `rpicam-vid`, which reads the camera on the ribbon cable of a Raspberry Pi and writes H.264 into a pipe.

The address is `rpicam:?width=1296&height=972&fps=30`. Nothing of the camera's libraries is imported.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import shutil
import subprocess
import threading
import time
from collections import deque
from typing import IO
from urllib.parse import parse_qsl

from dogwatch.errors import SourceError
from dogwatch.media.source_errors import SourceStalledError

log = logging.getLogger(__name__)

SCHEME = "rpicam:"
PROGRAMS = ("rpicam-vid", "libcamera-vid")  # the second is its older name
PIPE_BYTES = 1 << 20  # a second of a good stream: the camera drops pictures while the pipe is full
READ_BYTES = 1 << 16
STEP_S = 0.25  # how soon a wait for data notices that it is time to stop
END_S = 1.0
GOP_S = 2.0
LINES, LINE_CHARACTERS = 20, 300  # of what the program says, for each start of it
LIBRARY_LOG = {"LIBCAMERA_LOG_LEVELS": "*:WARN"}

NUMBERS = {
    "width": (320, 4608), "height": (240, 3040), "fps": (1, 120), "bitrate": (100_000, 100_000_000),
    "intra": (1, 1000), "camera": (0, 9), "brightness": (-1, 1), "contrast": (0, 16), "saturation": (0, 16),
    "sharpness": (0, 16), "ev": (-10, 10),
}  # fmt: skip
WHOLE = {"width", "height", "bitrate", "intra", "camera"}
WORDS = {
    "awb": ("auto", "incandescent", "tungsten", "fluorescent", "indoor", "daylight", "cloudy", "custom"),
    "exposure": ("normal", "short", "long", "custom"),
    "denoise": ("off", "cdn_off", "cdn_fast", "cdn_hq"),
    "metering": ("centre", "spot", "matrix", "custom"),
}
FLAGS = {"hflip": ("0", "1"), "vflip": ("0", "1")}
OPTIONS = {"fps": "framerate"}  # what the program calls them, if not the same
DEFAULTS = {"width": "1296", "height": "972", "fps": "30"}


def arguments(url: str) -> list[str]:
    """Return the arguments of the program for an address.

    Raises:
        SourceError: It has a parameter that is not known, or a value that will not do.
    """
    name, _, query = url[len(SCHEME) :].lstrip("/").partition("?")
    if name:
        raise SourceError(f"{url}: expected rpicam:?width=1296&height=972&fps=30")
    given = DEFAULTS | dict(parse_qsl(query, keep_blank_values=True))
    for key, value in given.items():
        _check(key, value)
    given.setdefault("intra", str(max(1, round(GOP_S * float(given["fps"])))))
    found = ["--timeout", "0", "--nopreview", "--codec", "h264", "--libav-format", "h264", "--inline", "--flush"]
    for key, value in sorted(given.items()):
        if key not in FLAGS:
            found += [f"--{OPTIONS.get(key, key)}", value]
        elif value == "1":
            found.append(f"--{key}")
    return [*found, "--verbose", "0", "--output", "-"]


def _check(key: str, value: str) -> None:
    if key in NUMBERS:
        low, high = NUMBERS[key]
        with contextlib.suppress(ValueError):
            number = int(value) if key in WHOLE else float(value)
            if low <= number <= high:
                return
        raise SourceError(f"{SCHEME} {key} is {low} to {high}, not {value!r}")
    known = WORDS.get(key) or FLAGS.get(key)
    if known is None:
        raise SourceError(f"{SCHEME} unknown parameter {key!r}; known are {', '.join([*NUMBERS, *WORDS, *FLAGS])}")
    if value not in known:
        raise SourceError(f"{SCHEME} {key} is one of {', '.join(known)}, not {value!r}")


class RpicamPipe:
    """A running program and its stream. For one thread; it ends when that closes it."""

    def __init__(self, url: str, timeout: float, stop: threading.Event) -> None:
        """Start the program; no read takes longer than `timeout` seconds, or a moment longer than until `stop`.

        Raises:
            SourceError: It is not installed, or cannot be started.
        """
        program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
        command = arguments(url)
        if program is None:
            raise SourceError("rpicam-vid is not installed: apt install rpicam-apps")
        self._timeout, self._stop = timeout, stop
        try:
            self._process = subprocess.Popen(
                [program, *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                pipesize=PIPE_BYTES,
                env=os.environ | LIBRARY_LOG,
                start_new_session=True,  # Ctrl-C is for Dogwatch, which closes its last segment first
            )
        except OSError as error:
            raise SourceError(f"{program} cannot be started: {error.strerror}") from error
        assert self._process.stdout is not None  # noqa: S101 - they are pipes
        assert self._process.stderr is not None  # noqa: S101
        self._fd = self._process.stdout.fileno()
        self._said: deque[str] = deque(maxlen=1)
        self._reader = threading.Thread(target=self._listen, args=(self._process.stderr,), daemon=True)
        self._reader.start()

    def read(self) -> bytes:
        """Return what has come, nothing at the end or when it is time to stop.

        Raises:
            SourceStalledError: Nothing comes.
        """
        until = time.monotonic() + self._timeout
        while not self._stop.is_set():
            if select.select([self._fd], [], [], STEP_S)[0]:
                return os.read(self._fd, READ_BYTES)
            if time.monotonic() > until:
                raise SourceStalledError(f"{SCHEME} no picture for {self._timeout:g} s")
        return b""

    def reason(self) -> str:
        """Return why the stream has ended."""
        if self._stop.is_set():
            return f"{SCHEME} it was stopped"
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_S)
        self._reader.join(END_S)
        last = f": {self._said[-1]}" if self._said else ""
        return f"{SCHEME} rpicam-vid has ended with status {self._process.poll()}{last}"

    def close(self) -> None:
        """End the program, by force if need be."""
        self._process.terminate()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(END_S)
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _listen(self, pipe: IO[bytes]) -> None:
        """Log the first lines of what the program says; keep the last."""
        count = 0
        with contextlib.suppress(OSError, ValueError):  # it was closed
            while line := pipe.readline(LINE_CHARACTERS):
                if text := line.decode(errors="replace").strip():
                    self._said.append(text)
                    count += 1
                    if count <= LINES:
                        log.info("rpicam-vid: %s", text)
        if count > LINES:
            log.info("rpicam-vid has said %d lines more", count - LINES)
