"""Runs the processes that read plates or faces: started with the first question, ended after a while without any."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence

import msgspec

from dogwatch.errors import DogwatchError
from dogwatch.recognition.face_spec import FaceLook, LookForFace
from dogwatch.recognition.framed import receive, send
from dogwatch.recognition.plate_spec import JudgeText, PlateRead, PlateTexts, ReadPlate, TextJudged

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "dogwatch.recognition.plate_reader")
FACES_COMMAND = (sys.executable, "-m", "dogwatch.recognition.face_reader")
IDLE_S = 300.0
ANSWER_S = 60.0  # the first answer includes loading the models, which takes seconds on a busy small computer
PAUSE_S = 30.0  # after a failure
MOST_ASKING = 8  # requests that wait for a process
MOST_PIXELS = 64_000_000
LIMITS = {"OPENCV_IO_MAX_IMAGE_PIXELS": str(MOST_PIXELS)}
"""Environment of the processes: OpenCV decodes no picture with more pixels, whoever has brought it."""


class ReaderError(DogwatchError):
    """The process has died, hangs, or cannot be started."""

    status = 503


class ReaderBusyError(ReaderError):
    """Too many requests wait for the process."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("too many pictures wait to be looked at")


class RequestPlaces:
    """Room for requests that wait for a process: each of them holds a thread, of which there are few. Thread-safe."""

    def __init__(self, count: int = MOST_ASKING) -> None:
        """Have room for `count`."""
        self._free = threading.Semaphore(count)

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """Hold a place.

        Raises:
            ReaderBusyError: None is free.
        """
        if not self._free.acquire(blocking=False):
            raise ReaderBusyError
        try:
            yield
        finally:
            self._free.release()


class AnsweringProcess:
    """One process that answers questions. Safe to use from any thread; they are answered one after the other."""

    def __init__(self, command: Sequence[str], things: str, idle_s: float, answer_s: float) -> None:
        """Start nothing yet; `things` are what is looked for, such as `plates`."""
        self._command, self._things, self._idle_s, self._answer_s = tuple(command), things, idle_s, answer_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._used = self._failed = 0.0
        self._trouble = ""  # the last one, which is logged once
        self._closed = False

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        process = self._process
        return process is not None and process.poll() is None

    def _answer(self, question: msgspec.Struct) -> bytes:
        """Return the answer to a question; wait until earlier ones are answered.

        Raises:
            ReaderError: There is none. For `PAUSE_S` no other process is started.
        """
        with self._lock:
            if self._closed:
                raise ReaderError(f"{self._things} are not read any more")
            if self._failed and time.monotonic() - self._failed < PAUSE_S:
                raise ReaderError("reading has failed a moment ago")
            process = self._started()
            assert process.stdin is not None  # noqa: S101 - both are pipes
            assert process.stdout is not None  # noqa: S101
            timer = threading.Timer(self._answer_s, process.kill)
            timer.daemon = True
            timer.start()
            try:
                send(process.stdin, question)
                data = receive(process.stdout)
            except (OSError, ValueError) as error:
                raise self._failure(str(error)) from error
            finally:
                timer.cancel()
            if data is None:
                raise self._failure(f"it ended with status {self._end()}")
            self._used, self._failed = time.monotonic(), 0.0
        return data

    def tick(self, *, wanted: bool = True) -> None:
        """End the process if nothing was asked for a while, or if it is not `wanted` any more."""
        if self._process is not None and self._lock.acquire(blocking=False):
            try:
                if not wanted or time.monotonic() - self._used > self._idle_s:
                    self._end()
            finally:
                self._lock.release()

    def close(self) -> None:
        """End the process now, whatever it does; there are no answers any more."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()
        with self._lock:
            self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            try:
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **LIMITS}
                )
            except OSError as error:
                raise self._failure(str(error)) from error
            self._used = time.monotonic()
        return self._process

    def _failure(self, text: str) -> ReaderError:
        self._failed = time.monotonic()
        self._end()
        if not self._closed:
            log.error("the process that reads %s has failed: %s", self._things, text)
        return ReaderError(f"{self._things} cannot be read: {text}")

    def _end(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            return process.wait(1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


class ReaderProcess(AnsweringProcess):
    """The process that reads number plates."""

    def __init__(self, command: Sequence[str] = COMMAND, idle_s: float = IDLE_S, answer_s: float = ANSWER_S) -> None:
        """Start nothing yet."""
        super().__init__(command, "plates", idle_s, answer_s)

    def ask(self, question: ReadPlate) -> PlateRead:
        """Return the answer; wait until earlier questions are answered.

        Raises:
            ReaderError: There is none. For `PAUSE_S` no other process is started.
        """
        answer = msgspec.msgpack.decode(self._answer(question), type=PlateRead)
        if answer.error:
            log.warning("a plate cannot be read: %s", answer.error)
        return answer

    def judge(self, text: str, texts: PlateTexts) -> TextJudged:
        """Return what a text means; wait until earlier questions are answered.

        Raises:
            ReaderError: There is no answer.
        """
        answer = msgspec.msgpack.decode(self._answer(JudgeText(text, texts)), type=TextJudged)
        if answer.error and answer.error != self._trouble:
            log.warning("what a plate means cannot be said: %s", answer.error)
        self._trouble = answer.error
        return answer


class FaceProcess(AnsweringProcess):
    """The process that looks at faces."""

    def __init__(
        self, command: Sequence[str] = FACES_COMMAND, idle_s: float = IDLE_S, answer_s: float = ANSWER_S
    ) -> None:
        """Start nothing yet."""
        super().__init__(command, "faces", idle_s, answer_s)

    def ask(self, question: LookForFace) -> FaceLook:
        """Return the answer; wait until earlier questions are answered.

        Raises:
            ReaderError: There is none. For `PAUSE_S` no other process is started.
        """
        answer = msgspec.msgpack.decode(self._answer(question), type=FaceLook)
        if answer.error and answer.error != self._trouble:
            log.warning("a face cannot be looked at: %s", answer.error)
        self._trouble = answer.error
        return answer
