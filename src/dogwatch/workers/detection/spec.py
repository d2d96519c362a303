"""The spec of a detection process."""

from __future__ import annotations

from msgspec import structs

from dogwatch.bus.spec import Spec
from dogwatch.detectors.spec import DetectorSpec


class DetectionSpec(Spec, frozen=True, kw_only=True):
    """One detection process and its detector. `ring_dir` is where shared memory files are."""

    detector: DetectorSpec
    ring_dir: str


def hot(old: DetectionSpec, new: DetectionSpec) -> bool:
    """Whether a process that follows `old` can continue with `new`: only the log level may differ."""
    return new == structs.replace(old, log_level=new.log_level)
