from typing import Any

from dogwatch.model import Segment
from dogwatch.store import activity, segments
from dogwatch.store.database import Database

START = 1_714_521_600.0  # a multiple of 3600


def add(db: Database, offset: float, camera: str = "front", **values: Any) -> None:
    start = START + offset
    segment = Segment(camera, f"{camera}/{start}.mp4", start, start + 10, 1, "a" * 16, (), **values)
    db.write(lambda connection: segments.add(connection, segment, b"init"))


def test_motion_is_the_most_of_each_bucket_relative_to_its_hour(db: Database) -> None:
    for offset, amount in ((0, 10), (10, 30), (30, 110), (70, 60), (90, 0), (3590, 999)):
        add(db, offset, motion=amount)
    add(db, 12, "side", motion=20)
    add(db, 40, "side", motion=None)
    with db.read() as connection:
        assert activity.motion(connection, None, START, START + 3599, 30) == [
            {"start_time": int(START), "motion": 0.0, "camera": "front,side"},
            {"start_time": int(START) + 30, "motion": 100.0, "camera": "front"},
            {"start_time": int(START) + 60, "motion": 37.5, "camera": "front"},
        ]
        assert activity.motion(connection, ["side"], START, START + 100, 30) == [
            {"start_time": int(START), "motion": 0.0, "camera": "side"}
        ]
        assert activity.motion(connection, [], START, START + 100, 30) == []


def test_sound_is_relative_to_the_loudest(db: Database) -> None:
    for offset, dbfs, objects in ((0, -60.0, 0), (10, -40.0, 0), (30, -30.0, None), (60, -80.0, 2)):
        add(db, offset, dbfs=dbfs, objects=objects, has_audio=True)
    add(db, 90)
    with db.read() as connection:
        assert activity.audio(connection, None, START, START + 3600, 30) == [
            {"start_time": int(START), "audio": -100.0},
            {"start_time": int(START) + 30, "audio": -60.0},
            {"start_time": int(START) + 60, "audio": 0.0},
        ]
        assert activity.audio(connection, ["side"], START, START + 3600, 30) == []
