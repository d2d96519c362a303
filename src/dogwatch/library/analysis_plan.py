"""Which detectors look at video files: those that the configuration has, each for what it can find.

A file worker has neither network nor devices, so a detection server cannot be asked, and models run on the processor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import msgspec

from dogwatch.config import labels as known
from dogwatch.config.detectors import BUILT_IN, RENAMED_TYPES, DetectorConfig
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.errors import FileError
from dogwatch.workers.files.spec import Search

if TYPE_CHECKING:
    from dogwatch.config import Config

KINDS = ("face", "object")
FACE = "face"
ASKED_OVER_NETWORK = ("remote", *(old for old, new in RENAMED_TYPES.items() if new == "remote"))
TELLS_ITSELF = ("fixed", "pattern")
"""Types whose labels their options give."""


class AnalysisRequest(msgspec.Struct, frozen=True):
    """What is to be found in a file; no `kinds` are all that the detectors can find."""

    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    min_confidence: float = 0.5
    every: int = 1


def plan(config: Config, specs: dict[str, DetectorSpec], request: AnalysisRequest) -> tuple[Search, ...]:
    """Return which detector looks for what; the first that can find a kind does.

    Raises:
        FileError: 503; none can.
    """
    found: dict[str, list[str]] = {}
    for kind in request.kinds or KINDS:
        name = next((name for name, one in config.detectors.items() if _finds(config, one, kind, request.labels)), None)
        if name is not None:
            found.setdefault(name, []).append(kind)
        elif request.kinds:
            raise FileError(503, "no_detector", _missing(kind, request.labels), kind=kind)
    if not found:
        raise FileError(503, "no_detector", _missing("face or object", request.labels))
    return tuple(
        Search(
            detector=specs[name],
            kinds=tuple(kinds),
            labels=request.labels,
            min_confidence=request.min_confidence,
        )
        for name, kinds in found.items()
    )


def kinds_of(searches: Collection[Search]) -> tuple[str, ...]:
    """Return what searches look for."""
    return tuple(kind for kind in KINDS if any(kind in one.kinds for one in searches))


def _finds(config: Config, detector: DetectorConfig, kind: str, labels: Collection[str]) -> bool:
    if detector.type in ASKED_OVER_NETWORK:
        return False
    if detector.type in TELLS_ITSELF:
        return True
    return any(
        (label == FACE) == (kind == FACE) and (not labels or label in labels) for label in _labels(config, detector)
    )


def _labels(config: Config, detector: DetectorConfig) -> Iterator[str]:
    if detector.type == BUILT_IN:
        yield from known.built_in_labels(detector)
    else:
        yield from known.model_labels(known.model_of(config, detector), detector.type).values()


def _missing(kind: str, labels: Collection[str]) -> str:
    wanted = f"a {kind}" + (f" with a label of {', '.join(labels)}" if labels else "")
    return f"No configured detector that can look at files finds {wanted}"
