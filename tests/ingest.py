"""Runs a real ingest process and plays the core for it."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import msgspec
import zmq

from dogwatch.bus.messages import Message, SegmentWritten, SetSwitch, decode_up, encode
from dogwatch.bus.sockets import address
from dogwatch.bus.specs import IngestSpec, InputSpec
from dogwatch.bus.stream import Listener
from dogwatch.bus.unix import place
from dogwatch.bus.uplink import UP_BYTES
from dogwatch.model import Segment

M = TypeVar("M", bound=Message)
ALL_ROLES = ("detect", "record")


def spec_for(root: Path, *urls: str, roles: tuple[str, ...] = ALL_ROLES, **changes: Any) -> IngestSpec:
    """Return a spec of camera `front` with quick settings for tests."""
    inputs = tuple(InputSpec(url=url, roles=roles) for url in urls)
    values: dict[str, Any] = {
        "camera": "front",
        "inputs": inputs,
        "media_root": str(root),
        "ring_dir": str(root),
        "space_floor_bytes": 0,
        "segment_seconds": 4.0,
        "stall_seconds": 4.0,
        "run_dir": "",
    }
    return IngestSpec(**(values | changes))


class IngestProcess:
    """A running ingest process, its messages and its switches."""

    def __init__(self, spec: IngestSpec, *, preexec: Callable[[], None] | None = None) -> None:
        # A socket's path may have 107 characters, which pytest's own directories use up.
        self._run_dir = tempfile.TemporaryDirectory(prefix="dw")
        self.spec = msgspec.structs.replace(spec, run_dir=self._run_dir.name)
        self.messages: list[Message] = []
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._up = Listener(place(self.spec.run_dir, "up"), UP_BYTES)
        self._down = self._context.socket(zmq.PUB)
        self._down.bind(address(self.spec.run_dir, "down"))
        self._log = Path(self._run_dir.name, "log").open("w+b")  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dogwatch.workers.ingest"],
            stdin=subprocess.PIPE,
            stderr=self._log,
            preexec_fn=preexec,
            env=os.environ | {"PYTHONPATH": "src"},
        )
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(self.spec) + b"\n")
        self.process.stdin.flush()

    def __enter__(self) -> "IngestProcess":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.leave()
        if value is not None:
            sys.stderr.write(self.log())
        self._up.close()
        self._context.destroy(linger=0)
        self._log.close()
        self._run_dir.cleanup()

    def log(self) -> str:
        """Return what the process has logged."""
        return Path(self._run_dir.name, "log").read_text()

    def pump(self, timeout: float = 0.05) -> None:
        """Take in the messages that come within `timeout` seconds."""
        while heard := self._up.poll(timeout):
            self.messages += [decode_up(data) for _, data in heard if data is not None]
            timeout = 0

    def wait_for(
        self, kind: type[M], when: Callable[[M], bool] = lambda _: True, timeout: float = 20, after: int = 0
    ) -> M:
        """Return the first message of `kind` for which `when` holds, from the `after`th message on."""
        end = time.monotonic() + timeout
        seen = after
        while True:
            while seen < len(self.messages):
                message = self.messages[seen]
                seen += 1
                if isinstance(message, kind) and when(message):
                    return message
            if time.monotonic() > end:
                raise AssertionError(f"no {kind.__name__} in {timeout} s; got {self.messages}\n{self.log()}")
            self.pump(0.05)

    def all(self, kind: type[M]) -> list[M]:
        """Return all messages of `kind` so far."""
        self.pump(0)
        return [message for message in self.messages if isinstance(message, kind)]

    def segments(self) -> list[Segment]:
        """Return the segments written so far."""
        return [message.segment for message in self.all(SegmentWritten)]

    def switch(self, name: str, value: bool) -> None:
        """Send a switch."""
        message = SetSwitch(self.spec.camera, name, value)
        self._down.send_multipart([self.spec.camera.encode() + b"\0", encode(message)])

    def leave(self) -> float:
        """Close the pipe, as a core does that dies; return how many seconds the process then took."""
        begun = time.monotonic()
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.pump(0.1)
        return time.monotonic() - begun
