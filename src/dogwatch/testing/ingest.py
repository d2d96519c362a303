"""Runs a real ingest process and plays the core for it."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import msgspec

from dogwatch.bus.messages import Down, Message, Reconfigure, SegmentWritten, Watch, WorkerReady
from dogwatch.model import Segment
from dogwatch.testing.core_end import CoreEnd
from dogwatch.workers.ingest.spec import IngestSpec, InputSpec

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
    """A running ingest process, its messages and its spec."""

    def __init__(self, spec: IngestSpec, *, preexec: Callable[[], None] | None = None) -> None:
        # A socket's path may have 107 characters, which pytest's own directories use up.
        self._run_dir = tempfile.TemporaryDirectory(prefix="dw")
        self.core = CoreEnd(self._run_dir.name)
        self.spec = msgspec.structs.replace(spec, run_dir=self._run_dir.name, link=self.core.address)
        self.messages: list[Message] = []
        self._log = Path(self._run_dir.name, "log").open("w+b")  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dogwatch.workers.ingest"],
            stdin=subprocess.PIPE,
            stderr=self._log,
            preexec_fn=preexec,
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
        self.core.close()
        self._log.close()
        self._run_dir.cleanup()

    def log(self) -> str:
        """Return what the process has logged."""
        return Path(self._run_dir.name, "log").read_text()

    def pump(self, timeout: float = 0.05) -> None:
        """Take in the messages that come within `timeout` seconds."""
        while heard := self.core.poll(timeout):
            self.messages += heard
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

    def watch(self, *inputs: int, packets: tuple[int, ...] = ()) -> None:
        """Have the live fragments of these inputs sent, and the packets of those, and of no others."""
        self.tell(Watch(inputs, packets))

    def reconfigure(self, **changes: Any) -> None:
        """Change the spec of the running process."""
        self.spec = msgspec.structs.replace(self.spec, **changes)
        self.tell(Reconfigure(msgspec.json.encode(self.spec).decode()))

    def tell(self, message: Down) -> None:
        """Send `message` down, once the process is there."""
        self.wait_for(WorkerReady, lambda ready: ready.kind == "ingest")
        self.core.tell("ingest", message, self.spec.camera)

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
