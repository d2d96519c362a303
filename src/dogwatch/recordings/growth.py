"""What recordings take on their disk, and when that will be full at today's rate."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dogwatch.recordings.rules import DAY_S
from dogwatch.store import growth
from dogwatch.store.database import Database

HOUR_S = 3600
LEAST_S = 600.0
"""With less footage than this, nothing is forecast."""


@dataclass(frozen=True, slots=True)
class FullDisk:
    """The forecast: bytes by which footage grows a day, and in how many days the disk is full; None if it will not be.

    Footage that was deleted only because the disk was full does not count as gone: the disk is full then, in 0 days.
    """

    bytes_per_day: int | None
    days: float | None


UNKNOWN = FullDisk(None, None)


@dataclass(frozen=True, slots=True)
class CameraStorage:
    """What a camera's recordings take, and how much was recorded in an hour of the last day."""

    bytes: int
    bytes_per_hour: float


@dataclass(frozen=True, slots=True)
class Storage:
    """What recordings take by camera, the size of their disk in bytes, and when that will be full."""

    cameras: Mapping[str, CameraStorage]
    total: int
    full: FullDisk


def storage(db: Database, media_root: Path, free: int, floor: int, now: float) -> Storage:
    """Return what recordings take at `now` (epoch s); `free` and `floor` as in `full_disk`."""
    with db.read(once=True) as connection:
        found = growth.since(connection, now - DAY_S)
    folder = media_root / "recordings"  # which may be a disk of its own
    total = shutil.disk_usage(folder if folder.is_dir() else media_root).total
    rates = {camera: size / seconds * HOUR_S for camera, (size, seconds) in found.recent.items() if seconds}
    cameras = {camera: CameraStorage(size, rates.get(camera, 0.0)) for camera, size in found.used.items()}
    return Storage(cameras, total, forecast(found.grown, free, floor, now))


def full_disk(db: Database, free: int, floor: int, now: float) -> FullDisk:
    """Return the forecast at `now` (epoch s), with `free` bytes on the disk, of which `floor` stay free."""
    with db.read(once=True) as connection:
        found = growth.since(connection, now - DAY_S)
    return forecast(found.grown, free, floor, now)


def forecast(found: growth.Growth, free: int, floor: int, now: float) -> FullDisk:
    """Return the forecast from what has changed in the last day. Pure."""
    if found.first is None or (recorded := now - max(found.first, now - DAY_S)) < LEAST_S:
        return UNKNOWN
    rate = found.added / recorded * DAY_S - found.deleted
    days = max(0, free - floor) / rate if rate > 0 else None
    if found.for_space and rate > 0:
        days = 0.0
    return FullDisk(int(rate), days)
