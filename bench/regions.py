"""What the region grid brings: `python -m bench.regions VIDEO [SECONDS_TO_LEARN] [END]`.

The first part of the video is replayed without a grid, and the sizes of its objects are learnt. The second part is
replayed without and with the grid. A search of the whole of each frame tells which people the detector can find; the
share of them that it finds in the chosen regions is the recall. Replays are exact, so the figures do not depend on the
machine; it takes some minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dogwatch.analysis import AnalysisSettings, RegionGrid
from dogwatch.detectors.base import Detector, load
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.events.live_object import LiveObject
from dogwatch.events.region_grids import RegionGrids
from dogwatch.model import Detection
from dogwatch.replay import footage
from dogwatch.replay.driver import Replay
from dogwatch.store.database import Database
from dogwatch.vision.cut import cut, tensor_shape
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.merge import RegionDetection, consolidate
from dogwatch.vision.pipeline import FrameResult, Pipeline, in_frame
from dogwatch.vision.regions import TensorSize, scan

FPS = 5.0
SURE, SAME_IOU = 0.7, 0.4
Found = dict[float, list[Detection]]


class Watched(Replay):
    """A replay that notes which regions were chosen and what was found in them; `everything` is searched if given."""

    def __init__(self, settings: AnalysisSettings, detector: Detector, everything: Found | None = None) -> None:
        """Begin with nothing."""
        super().__init__(settings, detector, self._heard)
        self._everything, self._time = everything, 0.0
        self.results: list[FrameResult] = []
        self.found: Found = {}
        self.chosen: dict[float, int] = {}

    def _heard(self, result: FrameResult, *_: object) -> None:
        self.results.append(result)

    def _analyse(self, pipeline: Pipeline, at: float, *, probe: bool) -> None:
        self._time = at
        if self._everything is not None:
            self._everything[at] = _people(self._search(pipeline.geometry), SURE)
        super()._analyse(pipeline, at, probe=probe)

    def _detect(self, regions: tuple[Any, ...], sizes: Geometry) -> list[RegionDetection]:
        found = super()._detect(regions, sizes)
        self.found[self._time], self.chosen[self._time] = _people(found, 0.0), len(regions)
        return found

    def _search(self, sizes: Geometry) -> list[RegionDetection]:
        info = self._detector.info
        tensor = TensorSize(info.width, info.height, info.min_region)
        tiles = scan(sizes, tensor)
        tensors = [np.empty(tensor_shape(tensor, info.pixel_format), np.uint8) for _ in tiles]
        for tile, out in zip(tiles, tensors, strict=True):
            cut(self._buffer, tile, sizes, info.pixel_format, out)
        return in_frame(tiles, [self._detector.detect([one])[0] for one in tensors], tensor, sizes)


def main() -> None:
    """Print both figures."""
    video = Path(sys.argv[1])
    learn, end = (float(one) for one in (*sys.argv[2:4], "30", "60")[:2])
    options: dict[str, str | int | float | bool] = {"face": False}
    detector = load(DetectorSpec(name="cv", type="opencv", model=ModelSpec(), options=options))
    everything: Found = {}
    plain = _run(video, end, AnalysisSettings(camera="c", fps=FPS, idle_after=0), detector, everything)
    grid = RegionGrid(learn, _learnt([one for one in plain.results if one.time < learn]))
    print(f"sizes are known in {sum(width > 0 for width, _ in grid.cells)} of 64 cells")
    told = AnalysisSettings(camera="c", fps=FPS, idle_after=0, grids=(grid,))
    for name, run in (("without", plain), ("with", _run(video, end, told, detector))):
        _print(name, run, {at: people for at, people in everything.items() if at >= learn})


def _run(
    video: Path, end: float, settings: AnalysisSettings, detector: Detector, everything: Found | None = None
) -> Watched:
    run = Watched(settings, detector, everything)
    for clip in footage.of_files([video]):
        run.run(clip.video, footage.units(clip, -1e18, end))
    run.close()
    return run


def _learnt(results: list[FrameResult]) -> tuple[tuple[float, float], ...]:
    """Learn as the core does: about a sample a second for each object that moves."""
    db, last = Database("sqlite://"), dict[str, float]()
    db.migrate()
    grids = RegionGrids(db)
    for result in results:
        for one in result.objects:
            if not one.false_positive and one.frame_time == result.time >= last.get(one.id, 0.0) + 1:
                last[one.id] = result.time
                grids.note(LiveObject(one, (1280, 720)))
    db.close()
    return tuple((cell.width, cell.height) for cell in grids.learnt("c"))


def _print(name: str, run: Watched, everything: Mapping[float, list[Detection]]) -> None:
    total = sum(map(len, everything.values()))
    seen = sum(
        any(one.box.iou(other.box) > SAME_IOU for other in run.found.get(at, ()))
        for at, people in everything.items()
        for one in people
    )
    regions = sum(number for at, number in run.chosen.items() if at in everything)
    print(f"{name} a grid: recall {seen / max(total, 1):.4f} ({seen} of {total}), {regions} regions")


def _people(found: list[RegionDetection], sure: float) -> list[Detection]:
    return [one.detection for one in consolidate(found) if one.detection.score >= sure]


if __name__ == "__main__":
    main()
