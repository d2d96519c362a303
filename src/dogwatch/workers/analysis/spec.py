"""The spec of an analysis process."""

from __future__ import annotations

import msgspec

from dogwatch.analysis import AnalysisSettings, FalsePlaceMap, Learnt, RegionGrid
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


class _Camera(msgspec.Struct):
    camera: str
    grids: tuple[RegionGrid, ...] = ()
    false_places: tuple[FalsePlaceMap, ...] = ()


class _Cameras(msgspec.Struct):
    cameras: tuple[_Camera, ...]


def cameras_of(text: str) -> tuple[str, ...]:
    """Return the cameras in a spec's text, also in that of another version; none if it cannot be read."""
    return tuple(learnt_of(text))


def learnt_of(text: str) -> dict[str, Learnt]:
    """Return the cameras in a spec's text with what they go by that was learnt; as `cameras_of`."""
    try:
        found = msgspec.json.decode(text, type=_Cameras).cameras
    except msgspec.MsgspecError:
        return {}
    return {one.camera: Learnt(one.grids, one.false_places) for one in found}
