"""Runs a real ingest process and plays the core for it."""

from pathlib import Path
from typing import Any

import msgspec

from dogwatch.bus.messages import Reconfigure, SegmentWritten, Watch
from dogwatch.model import Segment
from dogwatch.testing.worker_run import WorkerRun
from dogwatch.workers.ingest.spec import IngestSpec, InputSpec

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


class IngestProcess(WorkerRun[IngestSpec]):
    """A running ingest process, its messages and its spec."""

    kind = "ingest"

    @property
    def name(self) -> str:
        """The camera's."""
        return self.spec.camera

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
