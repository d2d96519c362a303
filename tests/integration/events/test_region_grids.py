"""Sizes of objects are learnt, kept over restarts, and followed by the choice of regions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dogwatch.analysis import GRID_SIDE, grid_cell
from dogwatch.errors import NotFoundError
from dogwatch.events.live_object import LiveObject
from dogwatch.events.region_grids import ADOPT_S, AHEAD_S, ENOUGH, MEMORY, RegionGrids
from dogwatch.model import Box
from dogwatch.store import camera_rows, region_grids
from dogwatch.store.database import Database
from dogwatch.store.region_grids import VERSIONS
from tests.tracks import START, tracked

FRAME = (1280, 720)
HERE = grid_cell(0.5, 0.5)


class Learning:
    """Grids with a clock."""

    def __init__(self, db: Database) -> None:
        self.db, self.now, self.changes = db, START, 0
        self.grids = self.anew()

    def anew(self) -> RegionGrids:
        """Return what a new core has."""
        made = RegionGrids(self.db, lambda: self.now)

        def changed() -> None:
            self.changes += 1

        made.on_change = changed
        return made

    def walk(self, count: int = ENOUGH, width: int = 64, height: int = 144, **changes: Any) -> None:
        box = Box(640 - width // 2, 360 - height // 2, 640 + width // 2, 360 + height // 2)
        for _ in range(count):
            self.grids.note(LiveObject(tracked(box=box, **changes), FRAME))

    def sizes(self) -> list[tuple[float, float]]:
        return [one.cells[HERE] if one.cells else (0.0, 0.0) for one in self.grids.latest("front")]


@pytest.fixture
def learning() -> Iterator[Learning]:
    db = Database("sqlite://")
    db.migrate()
    yield Learning(db)
    db.close()


def test_what_is_learnt_is_followed_and_survives(learning: Learning) -> None:
    learning.walk(ENOUGH - 1)
    learning.grids.tick(["front"])
    assert learning.grids.latest("front") == ()
    learning.walk(1)
    learning.grids.tick(["front"])
    (one,) = learning.grids.latest("front")
    assert (one.since, len(one.cells), learning.sizes()) == (START + AHEAD_S, GRID_SIDE**2, [(0.05, 0.2)])
    assert learning.changes == 1
    learning.grids.close()
    again = learning.anew()
    assert again.latest("front") == (one,)
    assert again.learnt("front") == learning.grids.learnt("front")
    assert again.learnt("front")[HERE].samples == ENOUGH


def test_regions_follow_seldom_and_only_what_differs(learning: Learning) -> None:
    learning.walk()
    learning.grids.tick(["front"])
    learning.walk(100, 128, 288)
    learning.now += ADOPT_S / 2
    learning.grids.tick(["front"])
    assert learning.changes == 1
    learning.now += ADOPT_S
    learning.grids.tick(["front"])
    assert learning.changes == 2
    old, new = learning.sizes()
    assert old == (0.05, 0.2)
    assert new[0] > 0.09
    learning.walk(5, 128, 288)
    learning.now += ADOPT_S * 2
    learning.grids.tick(["front"])
    assert learning.changes == 2


def test_what_stands_or_never_moved_teaches_nothing(learning: Learning) -> None:
    learning.walk(20, stationary=True)
    learning.walk(20, position_changes=0)
    assert learning.grids.learnt("front")[HERE].samples == 0


def test_large_and_small_objects_both_fit(learning: Learning) -> None:
    learning.walk(50, 40, 100)
    learning.walk(50, 160, 60)
    cell = learning.grids.learnt("front")[HERE]
    assert cell.width * 1280 > 140
    assert cell.height * 720 > 90


def test_old_sizes_are_forgotten_by_and_by(learning: Learning) -> None:
    learning.walk(MEMORY * 2, 400, 400)
    learning.walk(MEMORY * 12, 64, 144)
    cell = learning.grids.learnt("front")[HERE]
    assert (cell.samples, round(cell.width, 2)) == (MEMORY, 0.05)


def test_a_reset_begins_anew_in_the_running_camera(learning: Learning) -> None:
    learning.walk()
    learning.grids.tick(["front"])
    learning.now += 100
    learning.grids.reset("front", ["front"])
    assert learning.changes == 2
    assert learning.sizes() == [(0.05, 0.2), (0.0, 0.0)]  # the old one until the new one holds
    assert learning.grids.learnt("front")[HERE].samples == 0
    assert learning.anew().latest("front") == learning.grids.latest("front")
    with pytest.raises(NotFoundError):
        learning.grids.reset("attic", ["front"])


def test_versions_are_kept_for_replays_up_to_a_limit(learning: Learning) -> None:
    for n in range(VERSIONS + 5):
        learning.now = START + n
        learning.grids.reset("front", ["front"])
    with learning.db.read() as connection:
        kept = region_grids.versions(connection, ["front"])["front"]
    assert len(kept) == VERSIONS
    assert [since for since, _ in kept] == [START + AHEAD_S + n for n in range(5, VERSIONS + 5)]


def test_a_camera_that_is_removed_leaves_nothing(learning: Learning) -> None:
    learning.walk()
    learning.grids.tick(["front"])
    learning.grids.tick([])
    learning.db.write(lambda connection: camera_rows.forget(connection, "front"))
    assert learning.grids.latest("front") == ()
    assert learning.anew().latest("front") == ()


def test_rows_of_another_shape_are_learnt_anew(learning: Learning) -> None:
    learning.db.write(lambda connection: region_grids.put_learnt(connection, "front", [[1.0]]))
    learning.db.write(lambda connection: region_grids.add_version(connection, "front", START, [[0.1, 0.1]]))
    again = learning.anew()
    assert again.learnt("front")[HERE].samples == 0
    assert [one.cells for one in again.latest("front")] == [()]
