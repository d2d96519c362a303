"""Shows the events of footage on one picture: `python -m bench.tracks.sheet VIDEO OUT.jpg [--before EVENTS.npz]`.

The footage is replayed with the built-in detector. Each event has its best picture, its times, scores and path. The
events are written beside the picture as `OUT.npz`; of the file that another version of the code has written, they are
shown above those of this one.
"""

from __future__ import annotations

import argparse
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

FPS, TILE, LINES, COLUMNS = 5.0, 150, 46, 12
Pixels = NDArray[np.uint8]


class Gallery:
    """Collects the events of a replay: their best pictures and what is told of them."""

    def __init__(self) -> None:
        self.pictures: dict[str, Pixels] = {}
        self.lines: dict[str, tuple[str, str, str]] = {}
        self.replay: Replay | None = None

    def heard(self, result: FrameResult, geometry: Geometry, views: Views) -> None:
        """Take in an analysed frame."""
        assert self.replay is not None
        for key, view in views:
            self.pictures[key] = _crop(self.replay.picture, view.box.as_list(), geometry)
        for one in (*result.objects, *result.ended):
            if not one.false_positive:
                self.lines[one.id] = (
                    f"{one.label} {one.start_time:.1f}-{one.frame_time:.1f}",
                    f"top {one.top_score:.2f} moved {one.position_changes}",
                    f"path {len(one.path)}",
                )

    def tiles(self) -> Pixels:
        """Return all events in the order of their beginnings, (n, height, width, 3)."""
        made = [_tile(self.pictures.get(key), lines) for key, lines in self.lines.items()]
        return np.stack(made) if made else np.zeros((0, TILE + LINES, TILE, 3), np.uint8)


def run(video: Path, end: float) -> Pixels:
    """Return the tiles of all events of `video` up to `end` seconds."""
    options: dict[str, str | int | float | bool] = {"face": False}
    detector = load(DetectorSpec(name="cv", type="opencv", model=ModelSpec(), options=options))
    gallery = Gallery()
    gallery.replay = Replay(AnalysisSettings(camera="c", fps=FPS), detector, gallery.heard)
    for clip in footage.of_files([video]):
        gallery.replay.run(clip.video, footage.units(clip, -1e18, end))
    gallery.replay.close()
    return gallery.tiles()


def sheet(rows: list[tuple[str, Pixels]]) -> Pixels:
    """Return one picture of several named sets of tiles."""
    parts = []
    for name, tiles in rows:
        title = np.full((30, COLUMNS * TILE, 3), 255, np.uint8)
        cv2.putText(title, f"{name}: {len(tiles)} events", (6, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 2)
        parts.append(title)
        for start in range(0, len(tiles), COLUMNS):
            row = tiles[start : start + COLUMNS]
            blank = np.full((COLUMNS - len(row), *tiles.shape[1:]), 255, np.uint8)
            parts.append(np.concatenate([*row, *blank], axis=1))
    return np.concatenate(parts)


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


def _tile(picture: Pixels | None, lines: tuple[str, str, str]) -> Pixels:
    tile = np.full((TILE + LINES, TILE, 3), 255, np.uint8)
    if picture is not None:
        tile[:TILE] = picture
    for n, text in enumerate(lines):
        cv2.putText(tile, text, (2, TILE + 12 + 15 * n), cv2.FONT_HERSHEY_SIMPLEX, 0.38, (0, 0, 0), 1, cv2.LINE_AA)
    return tile


def main() -> None:
    """Write the picture."""
    words = argparse.ArgumentParser(prog="python -m bench.tracks.sheet")
    words.add_argument("video", type=Path)
    words.add_argument("out", type=Path)
    words.add_argument("--before", type=Path)
    words.add_argument("--end", type=float, default=1e18)
    given = words.parse_args()
    tiles = run(given.video, given.end)
    np.savez_compressed(given.out.with_suffix(".npz"), tiles=tiles)
    rows = [("now", tiles)]
    if given.before is not None:
        rows.insert(0, ("before", np.asarray(np.load(given.before)["tiles"], np.uint8)))
    cv2.imwrite(str(given.out), sheet(rows))
    print(", ".join(f"{name}: {len(one)} events" for name, one in rows))


if __name__ == "__main__":
    main()
