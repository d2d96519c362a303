"""What the process that places a film is asked for; see `replay.placing`."""

from __future__ import annotations

import msgspec

from dogwatch.analysis import AnalysisSettings
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.events.rules import CameraRules


class PlacingSpec(msgspec.Struct, frozen=True):
    """Make the past of a camera of the film at `path`, whose first picture was taken at `start` (epoch s).

    In the film's own time that is `first` (s).

    Only what lies in `ranges` (epoch s) is placed. Files go below `stage`, the rows to `out` (`library.placed_rows`).
    `length` is about how long the film is. `audio` is whether loudness is measured, `crf` the quality of previews.
    """

    path: str
    camera: str
    stage: str
    start: float
    first: float
    length: float
    ranges: tuple[tuple[float, float], ...]
    segment_seconds: float
    settings: AnalysisSettings
    rules: CameraRules
    detector: DetectorSpec
    deblock: bool
    audio: bool
    crf: int
    out: str
