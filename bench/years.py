"""The rows of `bench history`: 8 cameras, 30 days; the same ones in every run.

They are written once for each version of the tables, below the temporary directory, which takes minutes and 4 GB.
"""

import random
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert

from dogwatch.model import Box
from dogwatch.recordings.motion_cells import CellCounts
from dogwatch.store import event_days, review_entries, review_sums, schema, tables
from dogwatch.store.database import Database
from dogwatch.store.event_groups import settle
from dogwatch.store.localtime import QUARTER_S
from dogwatch.store.quarters import recount
from dogwatch.store.review_sets import sets_of
from dogwatch.store.review_sums import ALL, Counted

Row = dict[str, Any]
Then = Callable[[Connection, list[Row]], None]
CAMERAS = tuple(f"cam{n}" for n in range(1, 9))
DAYS, DAY_S = 30, 86_400
END = 1_794_268_800.0  # 2026-11-10 00:00 UTC: Europe put its clocks back two weeks before
START = END - DAYS * DAY_S
EVENTS = 1_000_000
TOGETHER = 5  # events in one review item
SEGMENT_S = 10
PART = 37  # segments in each quarter of an hour of a camera that does not record all the time
LABELS = {"person": 45, "car": 35, "dog": 7, "cat": 5, "bicycle": 4, "truck": 2, "bird": 1, "package": 1}
NAMES = (
    "Ann", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gina", "Hugo", "Ida", "Jan", "Kim", "Leo", "Mia", "Ned", "Olga", "Pia",
    "Quin", "Rosa", "Sam", "Tom", "Uma", "Vera", "Walt", "Zoe",
)  # fmt: skip
BRANDS = ("amazon", "dhl", "fedex", "ups")
WAYS: tuple[list[str], ...] = (
    [], [], [], ["street"], ["street"], ["drive"], ["street", "drive"], ["drive", "porch"], ["porch"], ["yard"],
    ["street", "drive", "porch"],
)  # fmt: skip
SPARE = 12 << 30


def database() -> Path:
    """Return the file with all the rows, which nobody may change."""
    path = Path(tempfile.gettempdir()) / "dogwatch-bench" / f"history-{schema.head()}.db"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        if shutil.disk_usage(path.parent).free < SPARE:
            raise SystemExit(f"there is no room for {SPARE >> 30} GB in {path.parent}")
        part = path.with_suffix(".part")
        for file in path.parent.glob(f"{part.name}*"):
            file.unlink()
        db = Database(f"sqlite:///{part}")
        db.migrate()
        fill(db)
        db.close()
        part.rename(path)
    return path


def fill(db: Database, count: int = EVENTS) -> None:
    """Write `count` events with all that belongs to them, and the segments of all days."""
    for camera in CAMERAS:
        made = [Event(random.Random(f"{camera}{n}"), camera, n, count) for n in range(count // len(CAMERAS))]
        add_all(db, tables.events, (one.row() for one in made), then=count_all)
        add_all(db, tables.timeline, (entry for one in made for entry in one.timeline()))
        add_all(db, tables.reviews, items(made), then=list_all)
        add_all(db, tables.segments, footage(db, camera), 50_000)
        begins = [(camera, START + n * QUARTER_S) for n in range(DAYS * 96)]
        db.write(partial(recount, begins=begins))
    with db.read() as connection:
        days = event_days.changed(connection)
    for camera, day in days:  # as the expiry does each hour
        db.write(partial(event_days.pack, camera=camera, day=day))


def add_all(db: Database, table: Table, rows: Iterable[Row], size: int = 10_000, then: Then | None = None) -> None:
    """Insert rows, some at a time, and do what belongs to them."""
    left = iter(rows)

    def work(some: list[Row], connection: Connection) -> None:
        connection.execute(insert(table), some)
        if then is not None:
            then(connection, some)

    while some := list(islice(left, size)):
        db.write(partial(work, some))


def count_all(connection: Connection, rows: list[Row]) -> None:
    """Count events, as `events.put` does for each."""
    settle(connection, [row["id"] for row in rows])


def items(made: "list[Event]") -> Iterator[Row]:
    """Yield the review items of a camera's events."""
    return (review(made[n : n + TOGETHER]) for n in range(0, len(made), TOGETHER))


def list_all(connection: Connection, rows: list[Row]) -> None:
    """Count review items and what they list, as `reviews.put` does for each."""
    listed = {row["id"]: review_entries.entries(row["data"]) for row in rows}
    places = ((row["camera"], row["severity"], ALL, row["start_time"], sets_of(listed[row["id"]])) for row in rows)
    review_sums.count(connection, [Counted(*place) for place in places], [])
    review_entries.change(connection, [(key, review_entries.NO_ENTRIES, entries) for key, entries in listed.items()])


class Event:
    """One of a camera's events, evenly spread over the days but for chance."""

    def __init__(self, dice: random.Random, camera: str, number: int, count: int) -> None:
        each = DAYS * DAY_S * len(CAMERAS) / count
        self.dice, self.camera = dice, camera
        self.start = round(START + (number + dice.random() * 0.9) * each, 6)
        self.end = round(self.start + 2 + dice.expovariate(1 / 20), 6)
        self.id = f"{self.start:.6f}-{camera}"
        self.label = dice.choices(list(LABELS), list(LABELS.values()))[0]
        self.zones = dice.choice(WAYS)
        self.score = round(0.5 + (1 - dice.random() ** 0.5) / 2, 4)
        self.name = None
        if self.label == "person" and dice.random() < 0.04:
            self.name = dice.choice(NAMES)
        elif self.label == "car" and dice.random() < 0.01:
            self.name = dice.choice(BRANDS)
        self.box = [round(dice.random() * 0.7, 4), round(dice.random() * 0.6, 4), 0.1023, 0.2731]

    def row(self) -> Row:
        """Return its row."""
        box, steps = self.box, 4 + int((self.end - self.start) / 3)
        path = [
            [[round(box[0] + n * 0.0043, 4), round(box[1] + n * 0.0021, 4)], self.start + n * 2] for n in range(steps)
        ]
        face = {"label": "face", "score": self.score, "box": box}
        return {
            "id": self.id, "camera": self.camera, "label": self.label, "sub_label": self.name, "type": "object",
            "start_time": self.start, "end_time": self.end, "zones": self.zones, "has_clip": True,
            "has_snapshot": self.dice.random() < 0.9, "retain_indefinitely": self.dice.random() < 0.001,
            "score": self.score, "top_score": min(1.0, self.score + 0.02), "average_speed": 0.0,
            "duration": self.end - self.start,
            "severity": "alert" if self.label in ("person", "car") else "detection", "recognized_license_plate": None,
            "data": {
                "box": box, "region": [0.0, 0.0, 0.5, 0.8889], "attributes": [face] if self.name else [],
                "path_data": path, "velocity_angle": 0, "sub_label_score": 0.9 if self.name else None,
                "recognized_license_plate_score": None, "snapshot_clean": True,
                "snapshot_frame_time": self.start + 1.2, "snapshot_area": 57_915,
            },
        }  # fmt: skip

    def timeline(self) -> Iterator[Row]:
        """Yield the rows of its timeline."""
        for time, kind in ((self.start, "visible"), (self.end, "gone")):
            data = {
                "camera": self.camera, "label": self.label, "sub_label": self.name, "box": self.box,
                "region": [0.0, 0.0, 0.5, 0.8889], "attribute": "", "score": self.score, "computed_score": self.score,
                "top_score": self.score, "zones": self.zones,
            }  # fmt: skip
            yield {
                "timestamp": time, "camera": self.camera, "source": "tracked_object", "source_id": self.id,
                "class_type": kind, "data": data, "label": self.label,
            }  # fmt: skip


def review(made: list[Event]) -> Row:
    """Return the review item of some events."""
    first = made[0]
    data = {
        "detections": [one.id for one in made],
        "objects": list(dict.fromkeys(f"{one.label}-verified" if one.name else one.label for one in made)),
        "verified_objects": [], "sub_labels": list(dict.fromkeys(one.name for one in made if one.name)),
        "zones": list(dict.fromkeys(zone for one in made for zone in one.zones)), "audio": [],
        "thumb_time": first.start + 1, "metadata": None, "significant_motion_areas": [],
    }  # fmt: skip
    severity = "alert" if any(one.label == "person" for one in made) else "detection"
    return {
        "id": first.id, "camera": first.camera, "severity": severity, "start_time": first.start,
        "end_time": max(one.end for one in made), "thumb_path": f"clips/review/thumb-{first.id}.webp", "data": data,
    }  # fmt: skip


def cells(dice: random.Random) -> bytes | None:
    """Return the packed cells in which somebody who walks for ten seconds moves."""
    gathered = CellCounts()
    x, y = dice.randrange(1000), dice.randrange(200, 600)
    for n in range(50):
        gathered.add([Box(x + n * 5, y, x + n * 5 + 60, y + 120)], 1280, 720)
    return gathered.packed()


def footage(db: Database, camera: str) -> Iterator[Row]:
    """Yield the segments of a camera: of the first, all the time; of the others, as long as there is motion."""
    dice = random.Random(camera)
    init = camera.ljust(16, "0")
    db.write(lambda connection: connection.execute(insert(tables.init_sections).values(id=init, data=b"init")) and None)
    packed = bytes(250)
    places = [cells(dice) for _ in range(100)]
    for number in range(DAYS * DAY_S // SEGMENT_S):
        start = START + number * SEGMENT_S
        if camera != CAMERAS[0] and number % 90 >= PART:
            continue
        yield {
            "id": f"{start:.6f}-{camera}", "camera": camera, "path": f"recordings/{start:.0f}/{camera}.mp4",
            "start_time": start, "end_time": start + SEGMENT_S, "size_bytes": 3_000_000 + dice.randrange(1_000_000),
            "init_id": init, "fragments": packed, "has_audio": True, "dbfs": -60.0 + dice.random() * 30,
            "motion": dice.randrange(100_000), "objects": dice.randrange(4), "deleting": False,
            "cells": dice.choice(places),
        }  # fmt: skip
