"""The events of footage, with a picture of each, for `bench.tracks.sheet`; and which events of two runs are the same.

`python -m bench.tracks.footage_events VIDEO OUT.npz` writes them. It imports of Dogwatch only what its versions have
had since replays exist, so that it also runs with the source of another version before this one's in `PYTHONPATH`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.analysis import AnalysisSettings
from dogwatch.detectors.base import load
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.replay import footage
from dogwatch.replay.driver import Replay, Views
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.pipeline import FrameResult

FPS, TILE = 5.0, 150
MARKS = 5
SAME_IOU, SAME_SHARE = 0.5, 0.25  # of a frame, and on average of the frames of the shorter event
Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]


@dataclass(slots=True)
class SeenEvent:
    """An event: what is told of it, its boxes by frame time (ms), and its best picture (TILE x TILE x 3)."""

    label: str
    start: float
    end: float
    top_score: float
    moved: int
    boxes: dict[int, Box] = field(default_factory=dict)
    picture: Pixels | None = None
    frame: tuple[int, int] = (0, 0)

    def same(self, other: SeenEvent) -> float:
        """Return how well the boxes agree, on average of the frames of the shorter event; 0 for another label."""
        if self.label != other.label:
            return 0.0
        shared = [_iou(box, other.boxes[at]) for at, box in self.boxes.items() if at in other.boxes]
        agreeing = sum(one for one in shared if one >= SAME_IOU)
        return agreeing / max(min(len(self.boxes), len(other.boxes)), 1)


class Gallery:
    """Collects the events of a replay. `rejected` are the objects that were never one."""

    def __init__(self) -> None:
        self.replay: Replay | None = None
        self.events: dict[str, SeenEvent] = {}
        self.rejected: list[tuple[Any, tuple[int, int]]] = []
        self._boxes: dict[str, dict[int, Box]] = {}
        self._pictures: dict[str, Pixels] = {}

    def heard(self, result: FrameResult, geometry: Geometry, views: Views) -> None:
        """Take in an analysed frame."""
        assert self.replay is not None
        for key, view in views:
            self._pictures[key] = _crop(self.replay.picture, view.box.as_list(), geometry)
        for one in (*result.objects, *result.ended):
            box = one.box
            boxes = self._boxes.setdefault(one.id, {})
            boxes[round(one.frame_time * 1000)] = (box.x1, box.y1, box.x2, box.y2)
            if not one.false_positive:
                self.events[one.id] = SeenEvent(
                    one.label,
                    one.start_time,
                    one.frame_time,
                    one.top_score,
                    one.position_changes,
                    boxes,
                    self._pictures.get(one.id),
                    (geometry.width, geometry.height),
                )
        for one in result.ended:
            self._boxes.pop(one.id, None)
            if one.false_positive:
                self.rejected.append((one, (geometry.width, geometry.height)))


def collect(videos: Sequence[Path], config: Path | None, learn: int = 0, *, worst: bool = False) -> list[SeenEvent]:
    """Return the events of `videos`, with the settings of the first camera of `config` if one is given.

    With `learn`, places of false detections are learnt before, from what is rejected in the footage itself, of which
    each counts so many times. With `worst`, a user has also marked each event as false, again and again, at the place
    where it began.
    """
    settings = _settings(config)
    first = _run(videos, settings)
    if not learn and not worst:
        return list(first.events.values())
    from msgspec import structs

    from dogwatch.analysis import FalsePlaceMap  # other versions do not have it
    from dogwatch.events.false_places import FalsePlaces
    from dogwatch.events.live_object import LiveObject
    from dogwatch.store.database import Database

    db = Database("sqlite://")
    db.migrate()
    places = FalsePlaces(db)
    for one, size in first.rejected * learn:
        places.note_rejected(LiveObject(one, size))
    for event in first.events.values() if worst else ():
        begun = min(event.boxes)
        for _ in range(MARKS):
            places.judged(settings.camera, event.label, [_fractions(event.boxes[begun], event.frame)], None, "wrong")
    places.tick([settings.camera])
    maps = tuple(FalsePlaceMap(-1e18, one.places) for one in places.latest(settings.camera))
    db.close()
    print(f"learnt {sum(len(one.places) for one in maps)} places of {len(first.rejected)} rejected objects")
    return list(_run(videos, structs.replace(settings, false_places=maps)).events.values())


def pairs(before: Sequence[SeenEvent], after: Sequence[SeenEvent]) -> list[tuple[SeenEvent | None, SeenEvent | None]]:
    """Return which events are the same, the most alike first; then those of one run only."""
    scores = sorted(
        ((one.same(other), i, j) for i, one in enumerate(before) for j, other in enumerate(after)),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    taken: dict[int, int] = {}
    for score, i, j in scores:
        if score >= SAME_SHARE and i not in taken and j not in taken.values():
            taken[i] = j
    both: list[tuple[SeenEvent | None, SeenEvent | None]] = [(before[i], after[taken[i]]) for i in sorted(taken)]
    gone: list[tuple[SeenEvent | None, SeenEvent | None]] = [
        (one, None) for i, one in enumerate(before) if i not in taken
    ]
    used = set(taken.values())
    return both + gone + [(None, one) for j, one in enumerate(after) if j not in used]


def save(path: Path, found: Sequence[SeenEvent]) -> None:
    """Write events to a file."""
    told = [
        [one.label, one.start, one.end, one.top_score, one.moved, [[at, *box] for at, box in one.boxes.items()]]
        for one in found
    ]
    blank = np.full((TILE, TILE, 3), 255, np.uint8)
    tiles = [blank if one.picture is None else one.picture for one in found]
    np.savez_compressed(path, told=json.dumps(told), tiles=np.stack(tiles) if tiles else np.zeros((0, TILE, TILE, 3)))


def read(path: Path) -> list[SeenEvent]:
    """Read events that `save` has written."""
    with np.load(path) as kept:
        told, tiles = json.loads(str(kept["told"])), np.asarray(kept["tiles"], np.uint8)
    return [
        SeenEvent(label, start, end, top, moved, {at: (a, b, c, d) for at, a, b, c, d in boxes}, tile)
        for (label, start, end, top, moved, boxes), tile in zip(told, tiles, strict=True)
    ]


def _run(videos: Sequence[Path], settings: AnalysisSettings) -> Gallery:
    options: dict[str, str | int | float | bool] = {"face": False}
    detector = load(DetectorSpec(name="cv", type="opencv", model=ModelSpec(), options=options))
    gallery = Gallery()
    gallery.replay = Replay(settings, detector, gallery.heard)
    for clip in footage.of_files(videos):
        gallery.replay.run(clip.video, footage.units(clip, -1e18, 1e18))
    gallery.replay.close()
    return gallery


def _settings(config: Path | None) -> AnalysisSettings:
    if config is None:
        return AnalysisSettings(camera="c", fps=FPS)
    from dogwatch.config import load as load_config
    from dogwatch.runtime.specs import analysis_settings

    loaded = load_config(config).config
    return analysis_settings(loaded, next(iter(loaded.cameras)))


def _crop(i420: Pixels, box: list[int], geometry: Geometry) -> Pixels:
    picture = cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420)
    x1, y1, x2, y2 = box
    side = max(x2 - x1, y2 - y1) * 0.6
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    cv2.rectangle(
        picture,
        (round(x1 * geometry.scale_x), round(y1 * geometry.scale_y)),
        (round(x2 * geometry.scale_x), round(y2 * geometry.scale_y)),
        (0, 200, 255),
        2,
    )
    left, top = max(0, round((x - side) * geometry.scale_x)), max(0, round((y - side) * geometry.scale_y))
    part: Any = picture[top : round((y + side) * geometry.scale_y), left : round((x + side) * geometry.scale_x)]
    return np.asarray(cv2.resize(part, (TILE, TILE), interpolation=cv2.INTER_AREA), np.uint8)


def _fractions(box: Box, frame: tuple[int, int]) -> tuple[float, float, float, float]:
    (left, top, right, bottom), (width, height) = box, frame
    return left / width, top / height, (right - left) / width, (bottom - top) / height


def _iou(one: Box, other: Box) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return wide * high / (areas - wide * high)


def main() -> None:
    """Write the events of a video."""
    words = argparse.ArgumentParser(prog="python -m bench.tracks.footage_events")
    words.add_argument("videos", type=Path, nargs="+")
    words.add_argument("out", type=Path)
    words.add_argument("--config", type=Path)
    words.add_argument("--learn", type=int, default=0)
    words.add_argument("--worst", action="store_true")
    given = words.parse_args()
    save(given.out, collect(given.videos, given.config, given.learn, worst=given.worst))


if __name__ == "__main__":
    main()
