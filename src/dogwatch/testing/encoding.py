"""Runs a real encoding process and plays the core for it; and frame rings whose pictures show their numbers."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import av
import msgspec
import numpy as np
from numpy.typing import NDArray

from dogwatch.bus.messages import Down, Message, WorkerReady
from dogwatch.bus.ring import FrameRing
from dogwatch.media.picture import bgr_to_i420
from dogwatch.testing.core_end import CoreEnd
from dogwatch.testing.numbered import picture
from dogwatch.workers.encoding.spec import EncodingSpec

M = TypeVar("M", bound=Message)


class NumberedRing:
    """The frame ring of a camera whose pictures show their numbers."""

    def __init__(self, directory: Path, name: str, width: int = 640, height: int = 360) -> None:
        """Make the ring; `put` fills it."""
        self.ring = FrameRing.create(str(directory), name, width, height, 3)
        self.name, self.width, self.height = name, width, height

    def put(self, number: int) -> None:
        """Add a picture that shows `number`."""
        pixels = picture(number, self.width, self.height)
        seq, i420 = self.ring.begin(time.time(), keyframe=True)
        i420[:] = bgr_to_i420(np.ascontiguousarray(pixels[..., ::-1]))
        self.ring.commit(seq)
        self.ring.consume(seq)

    def close(self) -> None:
        """Remove the ring."""
        self.ring.close(unlink=True)


class EncodingRun:
    """A running encoding process and its messages."""

    def __init__(self, spec: EncodingSpec) -> None:
        """Start it."""
        self._run_dir = tempfile.TemporaryDirectory(prefix="dw")
        self.core = CoreEnd(self._run_dir.name)
        self.spec = msgspec.structs.replace(spec, run_dir=self._run_dir.name, link=self.core.address)
        self.messages: list[Message] = []
        self._closed = False
        self._log = Path(self._run_dir.name, "log").open("w+b")  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dogwatch.workers.encoding"], stdin=subprocess.PIPE, stderr=self._log
        )
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(self.spec) + b"\n")
        self.process.stdin.flush()

    def __enter__(self) -> EncodingRun:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()
        if value is not None:
            sys.stderr.write(self.log())
        self._closed = True
        self.core.close()
        self._log.close()
        self._run_dir.cleanup()

    def log(self) -> str:
        """Return what the process has logged."""
        return Path(self._run_dir.name, "log").read_text()

    def tell(self, message: Down) -> None:
        """Send `message` down, once the process is there."""
        self.wait_for(WorkerReady)
        self.core.tell("encoding", message, self.spec.name)

    def wait_for(
        self, kind: type[M], when: Callable[[M], bool] = lambda _: True, timeout: float = 30, after: int = 0
    ) -> M:
        """Return the first message of `kind` for which `when` holds, from the `after`th message on."""
        end, seen = time.monotonic() + timeout, after
        while True:
            while seen < len(self.messages):
                message = self.messages[seen]
                seen += 1
                if isinstance(message, kind) and when(message):
                    return message
            if time.monotonic() > end:
                raise AssertionError(f"no {kind.__name__} in {timeout} s\n{self.log()}")
            self.messages += self.core.poll(0.05)

    def all(self, kind: type[M]) -> list[M]:
        """Return all messages of `kind` so far."""
        while not self._closed and (heard := self.core.poll(0)):
            self.messages += heard
        return [message for message in self.messages if isinstance(message, kind)]


def decoded(data: bytes, form: str) -> list[NDArray[np.uint8]]:
    """Return the pictures (RGB) of a whole stream in the container `form`."""
    container: Any = av.open(io.BytesIO(data), format=form)
    with container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
