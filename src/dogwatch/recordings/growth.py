"""Forecasts when the disk of the recordings will be full at today's rate."""

from __future__ import annotations

from dataclasses import dataclass

from dogwatch.recordings.rules import DAY_S
from dogwatch.store import growth
from dogwatch.store.database import Database

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


def full_disk(db: Database, free: int, floor: int, now: float) -> FullDisk:
    """Return the forecast at `now` (epoch s), with `free` bytes on the disk, of which `floor` stay free."""
    with db.read() as connection:
        found = growth.since(connection, now - DAY_S)
    return forecast(found, free, floor, now)


def forecast(found: growth.Growth, free: int, floor: int, now: float) -> FullDisk:
    """Return the forecast from what has changed in the last day. Pure."""
    if found.first is None or (recorded := now - max(found.first, now - DAY_S)) < LEAST_S:
        return UNKNOWN
    rate = found.added / recorded * DAY_S - found.deleted
    days = max(0, free - floor) / rate if rate > 0 else None
    if found.for_space and rate > 0:
        days = 0.0
    return FullDisk(int(rate), days)
