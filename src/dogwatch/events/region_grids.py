"""Learns how large objects look in each part of each camera's frame, and says what the choice of regions goes by.

What is learnt changes with every object. What regions are chosen by changes seldom, at a time that is kept with it: so
the analysis process and a later replay of the footage change at the same frame, and find the same.
"""

from __future__ import annotations

import logging
import math
import threading
import time as time_module
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection

from dogwatch.analysis import GRID_SIDE, RegionGrid, grid_cell
from dogwatch.errors import DogwatchError, NotFoundError
from dogwatch.events.live_object import LiveObject
from dogwatch.store import region_grids
from dogwatch.store.database import Database

_log = logging.getLogger(__name__)

CELLS = GRID_SIDE * GRID_SIDE
MEMORY = 500  # samples after which an older one counts less: the camera may have been turned
ENOUGH = 3  # samples that a cell needs; with 8, half a minute of a street is too little to gain anything
DEVIATIONS = 1.0  # added to the mean size: most objects should fit
SAVE_S, ADOPT_S = 600.0, 3600.0
AHEAD_S = 30.0  # from when on a new grid holds: the analysis process has it by then
CHANGED = 0.15  # a cell's size that differs less is the same
LATEST = 2  # grids that the analysis process gets: the one in force, and one that is to follow

Cells = tuple[tuple[float, float], ...]
Changed = Callable[[], object]
Sample = tuple[int, float, float]
"""A cell, and the width and height of an object there, as fractions of the frame."""


@dataclass(slots=True)
class _Cell:
    """Mean and variance of the logarithms of width and height, of `count` samples."""

    count: int = 0
    wide: float = 0.0
    wide_var: float = 0.0
    high: float = 0.0
    high_var: float = 0.0

    def add(self, width: float, height: float) -> None:
        """Add a sample, in fractions of the frame."""
        self.count = min(self.count + 1, MEMORY)
        share = 1 / self.count
        off = math.log(width) - self.wide
        self.wide += off * share
        self.wide_var = (1 - share) * (self.wide_var + share * off * off)
        off = math.log(height) - self.high
        self.high += off * share
        self.high_var = (1 - share) * (self.high_var + share * off * off)

    def size(self) -> tuple[float, float]:
        """Return the width and height that hold most objects; zeros while there are too few."""
        if self.count < ENOUGH:
            return 0.0, 0.0
        width = math.exp(self.wide + DEVIATIONS * math.sqrt(self.wide_var))
        height = math.exp(self.high + DEVIATIONS * math.sqrt(self.high_var))
        return round(min(width, 1.0), 4), round(min(height, 1.0), 4)

    def row(self) -> list[float]:
        """Return it as it is stored."""
        return [self.count, *(round(one, 5) for one in (self.wide, self.wide_var, self.high, self.high_var))]


@dataclass(frozen=True, slots=True)
class LearntCell:
    """One cell as it is shown: how many samples there are, and the size, as fractions of the frame."""

    samples: int
    width: float
    height: float


@dataclass(slots=True)
class _Camera:
    cells: list[_Cell] = field(default_factory=lambda: [_Cell() for _ in range(CELLS)])
    grids: list[RegionGrid] = field(default_factory=list)
    changed: bool = False

    def learnt(self) -> Cells:
        """Return the size in each cell."""
        return tuple(cell.size() for cell in self.cells)


class RegionGrids:
    """The grids of all cameras. Safe to use from any thread; `tick` and `reset` wait for the database."""

    def __init__(self, db: Database, clock: Callable[[], float] = time_module.time) -> None:
        """Begin with what is stored; what cannot be read is learnt anew."""
        self._db, self._clock = db, clock
        self._lock = threading.Lock()
        self._cameras: dict[str, _Camera] = {}
        self._saved = time_module.monotonic()
        self.on_change: Changed = _nothing
        with db.read() as connection:
            stored, grids = region_grids.learnt(connection), region_grids.versions(connection)
        for camera, rows in stored.items():
            self._cameras[camera] = _Camera(_cells(rows))
        for camera, found in grids.items():
            self._of(camera).grids = as_grids(found)[-LATEST:]

    def note(self, live: LiveObject) -> None:
        """Learn from an object that has moved; called for what is told of it, about once a second."""
        if (sample := sample_of(live)) is not None:
            self.learn(live.obj.camera, [sample])

    def learn(self, name: str, samples: Iterable[Sample]) -> None:
        """Learn from samples of a camera."""
        with self._lock:
            camera = self._of(name)
            for cell, width, height in samples:
                camera.cells[cell].add(width, height)
                camera.changed = True

    def latest(self, camera: str) -> tuple[RegionGrid, ...]:
        """Return the grids that the analysis of `camera` goes by."""
        with self._lock:
            known = self._cameras.get(camera)
            return tuple(known.grids) if known is not None else ()

    def learnt(self, camera: str) -> tuple[LearntCell, ...]:
        """Return what has been learnt of `camera` so far, row by row."""
        with self._lock:
            cells = self._cameras[camera].cells if camera in self._cameras else [_Cell()] * CELLS
            return tuple(LearntCell(cell.count, *cell.size()) for cell in cells)

    def tick(self, known: Collection[str]) -> None:
        """Store what has been learnt of the `known` cameras, and let the grids follow it; call it every minute."""
        now, adopted = self._clock(), False
        with self._lock:
            for name in self._cameras.keys() - set(known):  # its rows go when the camera is removed
                del self._cameras[name]
            due = {name: camera for name, camera in self._cameras.items() if camera.changed}
        save = time_module.monotonic() - self._saved >= SAVE_S
        for name, camera in due.items():
            with self._lock:
                cells, last = camera.learnt(), camera.grids[-1] if camera.grids else RegionGrid(0.0)
            if now - last.since >= ADOPT_S and _differ(cells, last.cells):
                self._adopt(name, camera, cells, now)
                adopted = True
            elif save:
                self._write(name, camera)
        if save:
            self._saved = time_module.monotonic()
        if adopted:
            self.on_change()

    def close(self) -> None:
        """Store what has been learnt since the last time."""
        with self._lock:
            due = {name: camera for name, camera in self._cameras.items() if camera.changed}
        for name, camera in due.items():
            self._write(name, camera)

    def reset(self, camera: str, known: Collection[str]) -> None:
        """Forget what has been learnt of `camera`, and begin anew.

        Raises:
            NotFoundError: It is none of the `known` cameras.
            StoreError: That cannot be stored.
        """
        if camera not in known:
            raise NotFoundError("Camera not found")
        with self._lock:
            mine = self._of(camera)
            before, mine.cells = mine.cells, [_Cell() for _ in range(CELLS)]
        try:
            self._adopt(camera, mine, (), self._clock())
        except DogwatchError:
            with self._lock:
                mine.cells = before
            raise
        self.on_change()

    def _adopt(self, name: str, camera: _Camera, cells: Cells, now: float) -> None:
        """Choose the regions of a camera by `cells` soon."""
        grid = RegionGrid(round(now + AHEAD_S, 3), cells)
        self._write(name, camera, partial(region_grids.add_version, camera=name, since=grid.since, cells=cells))
        with self._lock:
            older = [one for one in camera.grids if one.since < grid.since]
            camera.grids = [*older, grid][-LATEST:]
        _log.debug("camera %s: regions follow sizes in %d cells", name, sum(width > 0 for width, _ in cells))

    def _write(self, name: str, camera: _Camera, beside: Callable[[Connection], None] | None = None) -> None:
        with self._lock:
            rows, camera.changed = [cell.row() for cell in camera.cells], False

        def work(connection: Connection) -> None:
            region_grids.put_learnt(connection, name, rows)
            if beside is not None:
                beside(connection)

        self._db.write(work)

    def _of(self, camera: str) -> _Camera:
        known = self._cameras.get(camera)
        if known is None:  # no `setdefault`, which would make all cells at each call
            known = self._cameras[camera] = _Camera()
        return known


def sample_of(live: LiveObject) -> Sample | None:
    """Return what an object tells about sizes; None if it has not moved."""
    obj, (width, height) = live.obj, live.frame
    box = obj.box
    if obj.stationary or not obj.position_changes or not box.area:
        return None
    cell = grid_cell((box.x1 + box.x2) / 2 / width, (box.y1 + box.y2) / 2 / height)
    return cell, box.width / width, box.height / height


def as_grids(stored: Collection[tuple[float, object]]) -> list[RegionGrid]:
    """Return grids as they are stored; what another version has written otherwise is no grid."""
    found = []
    for since, cells in stored:
        pairs = cells if isinstance(cells, list) and len(cells) == CELLS else []
        found.append(RegionGrid(since, tuple((float(wide), float(high)) for wide, high in pairs)))
    return found


def _cells(rows: list[list[float]]) -> list[_Cell]:
    if len(rows) != CELLS:
        return [_Cell() for _ in range(CELLS)]
    return [_Cell(int(row[0]), *row[1:5]) for row in rows]


def _differ(new: Cells, old: Cells) -> bool:
    """Whether a cell has a size only now, or one that differs much."""
    if not old:
        return any(width for width, _ in new)
    return any(
        abs(one - other) > CHANGED * max(one, other)
        for pair, before in zip(new, old, strict=True)
        for one, other in zip(pair, before, strict=True)
    )


def _nothing() -> None:
    """Nobody is told."""
