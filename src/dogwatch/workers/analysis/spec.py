"""The spec of an analysis process."""

from __future__ import annotations

from dogwatch.analysis import AnalysisSettings
from dogwatch.bus.spec import Spec


class AnalysisSpec(Spec, frozen=True, kw_only=True):
    """An analysis process: its cameras, and the detectors that it may ask."""

    name: str
    cameras: tuple[AnalysisSettings, ...]
    detectors: tuple[str, ...]
    ring_dir: str
    threads: int = 1


def hot(old: AnalysisSpec, new: AnalysisSpec) -> bool:
    """Whether a process that follows `old` can continue with `new`: only name and sockets must stay."""
    return (old.name, old.run_dir, old.ring_dir, old.link) == (new.name, new.run_dir, new.ring_dir, new.link)
