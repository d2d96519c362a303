"""Shows the events of footage before and after a change on one picture, to be compared by eye.

    python -m bench.tracks.sheet VIDEO... OUT.jpg --before-tree DIRECTORY      # the source of another version
    python -m bench.tracks.sheet VIDEO... OUT.jpg --before-config A.yml --config B.yml
    python -m bench.tracks.sheet VIDEO... OUT.jpg --learn 10 --worst   # without and with places of false detections

The whole footage is replayed with the built-in detector. Events that are the same in both runs stand beside each other;
those that only one of them has come first. The events are also kept in `OUT-before.npz` and `OUT-after.npz`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from bench.tracks.footage_events import TILE, Pixels, SeenEvent, pairs, read

LINES, COLUMNS, GAP = 34, 12, 6
BLACK, RED, GREEN = (0, 0, 0), (0, 0, 200), (0, 140, 0)
Pair = tuple[SeenEvent | None, SeenEvent | None]


def run(videos: Sequence[Path], out: Path, source: Path, config: Path | None, *more: str) -> list[SeenEvent]:
    """Return the events that the version in the directory `source` makes of `videos`, and write them to `out`."""
    here = Path(__file__).parents[2]
    words = [sys.executable, "-m", "bench.tracks.footage_events", *map(str, videos), str(out), *more]
    if config is not None:
        words.append(f"--config={config}")
    paths = os.pathsep.join((str(source / "src"), str(here)))
    subprocess.run(words, check=True, env={**os.environ, "PYTHONPATH": paths})
    return read(out)


def sheet(found: Sequence[Pair]) -> Pixels:
    """Return one picture of the events of two runs."""
    parts = [
        ("only before", [pair for pair in found if pair[1] is None]),
        ("only after", [pair for pair in found if pair[0] is None]),
        ("before and after", [pair for pair in found if pair[0] and pair[1]]),
    ]
    rows: list[Pixels] = []
    for name, some in parts:
        rows.append(_title(f"{name}: {len(some)} events"))
        tiles = [tile for pair in some for tile in _tiles(pair)]
        for start in range(0, len(tiles), COLUMNS):
            row = tiles[start : start + COLUMNS]
            blank = np.full((TILE + LINES, TILE + GAP, 3), 255, np.uint8)
            rows.append(np.concatenate([*row, *[blank] * (COLUMNS - len(row))], axis=1))
    return np.concatenate(rows)


def _tiles(pair: Pair) -> list[Pixels]:
    before, after = pair
    if before is not None and after is not None:
        return [_tile(before, BLACK), _tile(after, GREEN)]
    one = before or after
    return [] if one is None else [_tile(one, RED)]


def _tile(one: SeenEvent, colour: tuple[int, int, int]) -> Pixels:
    tile = np.full((TILE + LINES, TILE + GAP, 3), 255, np.uint8)
    if one.picture is not None:
        tile[:TILE, :TILE] = one.picture
    lines = (f"{one.label} {one.start:.1f}-{one.end:.1f}", f"top {one.top_score:.2f} moved {one.moved}")
    for n, text in enumerate(lines):
        cv2.putText(tile, text, (2, TILE + 12 + 15 * n), cv2.FONT_HERSHEY_SIMPLEX, 0.38, colour, 1, cv2.LINE_AA)
    return tile


def _title(text: str) -> Pixels:
    title = np.full((30, COLUMNS * (TILE + GAP), 3), 255, np.uint8)
    cv2.putText(title, text, (6, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.7, BLACK, 2)
    return title


def main() -> None:
    """Write the picture."""
    here = Path(__file__).parents[2]
    words = argparse.ArgumentParser(prog="python -m bench.tracks.sheet")
    words.add_argument("videos", type=Path, nargs="+")
    words.add_argument("out", type=Path)
    words.add_argument("--before-tree", type=Path, default=here, help="the repository of another version")
    words.add_argument("--before-config", type=Path)
    words.add_argument("--config", type=Path)
    words.add_argument("--learn", type=int, default=0, help="how often what is rejected in the footage counts")
    words.add_argument("--worst", action="store_true", help="as if a user had marked every event as false")
    given = words.parse_args()
    if not (given.before_tree / "src" / "dogwatch").is_dir():
        words.error(f"{given.before_tree} is no source tree of Dogwatch")
    more = ([f"--learn={given.learn}"] if given.learn else []) + (["--worst"] if given.worst else [])
    before = run(given.videos, _beside(given.out, "before"), given.before_tree.resolve(), given.before_config)
    after = run(given.videos, _beside(given.out, "after"), here, given.config, *more)
    found = pairs(before, after)
    if not cv2.imwrite(str(given.out), sheet(found)):
        raise SystemExit(f"{given.out} cannot be written")
    both = sum(1 for one, other in found if one and other)
    print(f"{len(before)} events before, {len(after)} after; {both} are the same")


def _beside(out: Path, name: str) -> Path:
    return out.with_name(f"{out.stem}-{name}.npz")


if __name__ == "__main__":
    main()
