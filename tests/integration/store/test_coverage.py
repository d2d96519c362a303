"""What is missing of recordings, told from sums, is what a look at every segment finds."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest
from sqlalchemy import select

from dogwatch.model import LONGEST_SEGMENT_S, Segment
from dogwatch.recordings.gaps import find_gaps
from dogwatch.store import coverage, segment_deletion, segments
from dogwatch.store.database import Database
from dogwatch.store.tables import segments as table

T0 = 1_790_000_000.0
CAMERAS = ("front", "back", "yard")
HOURS = 6


@dataclass(frozen=True)
class Span:
    path: str
    camera: str
    start: float
    end: float


def footage(dice: random.Random) -> list[Span]:
    """Return segments that follow one another to the last bit, overlap, or leave gaps of all lengths."""
    found: list[Span] = []
    for camera in CAMERAS:
        time = T0 + dice.uniform(0, 900)
        while time < T0 + HOURS * 3600:
            length = dice.choice((0.2, 10.0, 10.0 + 1 / 90000, 60.0, LONGEST_SEGMENT_S))
            found.append(Span(str(len(found)), camera, time, time + length))
            time += length + dice.choice((0.0, 0.0, 0.0, 0.0, 1e-6, 0.999, 1.0, 1.5, 30.0, dice.uniform(0, 900), -0.1))
    return found


def gaps_of(spans: Sequence[Span], start: float, end: float, shortest: float) -> list[tuple[float, float]]:
    """Look at every segment, camera by camera."""
    known: list[tuple[float, float]] = []
    for camera in CAMERAS:
        stretches: list[tuple[float, float]] = []
        mine = sorted(
            (one.start, one.end)
            for one in spans
            if one.camera == camera and one.end > start and start - LONGEST_SEGMENT_S <= one.start < end
        )
        for first, last in mine:
            if stretches and first - stretches[-1][1] < shortest:
                stretches[-1] = (stretches[-1][0], max(stretches[-1][1], last))
            else:
                stretches.append((first, last))
        known += stretches
    covered, found = start, []
    for first, last in sorted(known):
        if first - covered >= shortest:
            found.append((covered, first))
        covered = max(covered, last)
    return found + [(covered, end)] * (end - covered >= shortest)


@pytest.mark.parametrize("seed", range(3))
def test_gaps_are_those_between_segments(db: Database, seed: int) -> None:
    dice = random.Random(seed)
    spans = footage(dice)
    for one in spans:
        made = Segment(one.camera, one.path, one.start, one.end, 5, "i", ())
        db.write(partial(segments.add, segment=made, init=b"x"))
    for _ in range(3):
        for _ in range(100):
            start = T0 + dice.uniform(-1000, HOURS * 3600)
            end = start + dice.choice((5, 600, 5000, HOURS * 3600))
            if dice.random() < 0.5:
                start = dice.choice(spans).end  # where one ends
            shortest = dice.choice((1, 2, 30, 600))
            with db.read() as connection:
                known = coverage.covered(connection, CAMERAS, start, end)
            assert find_gaps(known, start, end, shortest) == gaps_of(spans, start, end, shortest)
        gone = dice.sample(spans, len(spans) // 4)
        with db.read() as connection:
            ids = {row.path: row.id for row in connection.execute(select(table.c.path, table.c.id))}
        deleted = [ids[one.path] for one in gone]
        db.write(partial(segment_deletion.mark, ids=deleted[::2]))
        db.write(partial(segment_deletion.drop, ids=deleted[1::2]))
        spans = [one for one in spans if one not in gone]


def test_a_camera_without_recordings(db: Database) -> None:
    with db.read() as connection:
        known = coverage.covered(connection, CAMERAS, T0, T0 + 60)
    assert known.shape == (0, 2)
    assert find_gaps(np.zeros((0, 2)), 0, 9, 5) == [(0, 9)]
