"""What is learnt of each camera from what its analysis has found: sizes of objects, and places of false detections."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from dogwatch.analysis import Learnt
from dogwatch.events.false_places import FalsePlaces, as_maps
from dogwatch.events.region_grids import RegionGrids, as_grids
from dogwatch.store import false_places, region_grids
from dogwatch.store.database import Database


@dataclass(frozen=True, slots=True)
class LearntKeepers:
    """Those who learn."""

    grids: RegionGrids
    false_places: FalsePlaces

    @classmethod
    def of(cls, db: Database, clock: Callable[[], float] = time.time) -> LearntKeepers:
        """Begin with what is stored."""
        return cls(RegionGrids(db, clock), FalsePlaces(db, clock))

    def latest(self, camera: str) -> Learnt:
        """Return what the analysis of `camera` goes by."""
        return Learnt(self.grids.latest(camera), self.false_places.latest(camera))

    def tick(self, known: Collection[str]) -> None:
        """Store what has been learnt of the `known` cameras, and let the analysis follow it; call it every minute."""
        self.grids.tick(known)
        self.false_places.tick(known)

    def close(self) -> None:
        """Store what has been learnt since the last time."""
        try:
            self.grids.close()
        finally:
            self.false_places.close()


def stored(connection: Connection, camera: str) -> Learnt:
    """Return what the analysis of `camera` went by at each time, as far as it is kept."""
    return Learnt(
        tuple(as_grids(region_grids.versions(connection, [camera]).get(camera, ()))),
        tuple(as_maps(false_places.versions(connection, [camera]).get(camera, ()))),
    )
