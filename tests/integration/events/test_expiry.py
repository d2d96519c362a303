from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from dogwatch.config import parse
from dogwatch.events.expiry import BATCH, DAY_S, Expired, Expiry, Keep, keep_of
from dogwatch.events.files import PictureFiles, write
from dogwatch.model import Segment
from dogwatch.store import event_expiry, events, reviews, segments
from dogwatch.store.database import Database

NOW = 1_714_521_600.0
NOTHING = Expired()


@pytest.fixture
def db() -> Iterator[Database]:
    database = Database("sqlite://")
    database.migrate()
    yield database
    database.close()


def store(db: Database, files: PictureFiles, key: str, days: float, **changes: Any) -> str:
    """An event of `days` ago with its files."""
    start = NOW - days * DAY_S
    values: dict[str, Any] = {
        "id": f"{start:.0f}-{key}", "camera": "front", "label": "person", "sub_label": None, "type": "object",
        "start_time": start, "end_time": start + 10, "zones": [], "has_clip": False, "has_snapshot": True,
        "score": 0.7, "top_score": 0.7, "average_speed": 0.0, "severity": "alert", "data": {}, **changes,
    }  # fmt: skip
    db.write(lambda connection: events.put(connection, values))
    write(files.clean(values["camera"], values["id"]), b"x")
    write(files.thumb(values["camera"], values["id"]), b"x")
    return str(values["id"])


def footage(db: Database, start: float) -> None:
    segment = Segment("front", f"recordings/{start:.0f}.mp4", start, start + 10, 100, "a" * 16, ())
    db.write(lambda connection: segments.add(connection, segment, b"init"))


def left(db: Database) -> dict[str, tuple[bool, bool]]:
    from dogwatch.store.event_filter import EventFilter

    with db.read() as connection:
        rows = events.find(connection, EventFilter(limit=None))
    return {row["id"][-1]: (row["has_clip"], row["has_snapshot"]) for row in rows}


def test_snapshots_live_for_their_days(db: Database, tmp_path: Path) -> None:
    files = PictureFiles(tmp_path)
    store(db, files, "a", 9)
    old = store(db, files, "b", 11)
    store(db, files, "c", 11, label="dog")
    store(db, files, "d", 3, label="cat")
    store(db, files, "e", 11, camera="gone")
    store(db, files, "f", 11, end_time=None)
    expiry = Expiry(db, PictureFiles(tmp_path), {"front": Keep(10, {"dog": 30, "cat": 2})}, Keep(20))
    assert expiry.run(NOW) == Expired(snapshots=2, events=2)
    assert left(db).keys() == {"a", "c", "e", "f"}
    assert not files.clean("front", old).exists()
    assert not files.thumb("front", old).exists()
    assert expiry.run(NOW) == NOTHING


def test_kept_events_stay(db: Database, tmp_path: Path) -> None:
    key = store(db, PictureFiles(tmp_path), "a", 400)
    db.write(lambda connection: events.retain(connection, key, on=True))
    assert Expiry(db, PictureFiles(tmp_path), {}).run(NOW) == NOTHING
    assert left(db) == {"a": (False, True)}


def test_a_clip_goes_with_its_footage_and_the_row_with_the_last_of_both(db: Database, tmp_path: Path) -> None:
    files = PictureFiles(tmp_path)
    store(db, files, "a", 1, has_clip=True)
    store(db, files, "b", 2, has_clip=True)
    store(db, files, "c", 2, has_clip=True, has_snapshot=False)
    store(db, files, "d", 0.001, has_clip=True, has_snapshot=False)
    footage(db, NOW - DAY_S + 5)
    assert Expiry(db, PictureFiles(tmp_path), {}).run(NOW) == Expired(clips=2, events=1)
    assert left(db) == {"a": (True, True), "b": (False, True), "d": (True, False)}


def test_a_clip_outlives_its_snapshot(db: Database, tmp_path: Path) -> None:
    files = PictureFiles(tmp_path)
    key = store(db, files, "a", 20, has_clip=True)
    footage(db, NOW - 20 * DAY_S)
    assert Expiry(db, PictureFiles(tmp_path), {}).run(NOW) == Expired(snapshots=1)
    assert left(db) == {"a": (True, False)}
    assert files.thumb("front", key).exists()


def test_review_items_go_with_their_footage(db: Database, tmp_path: Path) -> None:
    footage(db, NOW - DAY_S)
    for key, start in (("a", NOW - DAY_S), ("b", NOW - 2 * DAY_S), ("c", NOW - 60)):
        path = f"clips/review/thumb-front-{key}.webp"
        item = {
            "id": key, "camera": "front", "severity": "alert", "start_time": start, "end_time": start + 20,
            "thumb_path": path, "data": {},
        }  # fmt: skip
        db.write(lambda connection, row=item: reviews.put(connection, row))  # type: ignore[misc]
        write(PictureFiles(tmp_path).review("front", key), b"x")
        write(tmp_path / path, b"x")
    assert Expiry(db, PictureFiles(tmp_path), {}).run(NOW) == Expired(reviews=1)
    assert sorted(path.name for path in (tmp_path / "clips" / "review").iterdir()) == [
        "thumb-front-a.jpg",
        "thumb-front-a.webp",
        "thumb-front-c.jpg",
        "thumb-front-c.webp",
    ]


def test_footage_whose_row_waited_is_not_lost(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = PictureFiles(tmp_path)
    store(db, files, "a", 1, has_clip=True, has_snapshot=False)
    start = NOW - 2 * DAY_S
    item = {
        "id": "b", "camera": "front", "severity": "alert", "start_time": start, "end_time": start + 20,
        "thumb_path": "clips/review/thumb-front-b.webp", "data": {},
    }  # fmt: skip
    db.write(lambda connection: reviews.put(connection, item))
    for name, begins in (("lost_clips", NOW - DAY_S), ("lost_reviews", start)):
        find = getattr(event_expiry, name)

        def late(connection: Connection, now: float, find: Any = find, begins: float = begins) -> Any:
            found = find(connection, now)
            footage(db, begins)
            return found

        monkeypatch.setattr(event_expiry, name, late)
    assert Expiry(db, files, {}).run(NOW) == NOTHING
    assert left(db) == {"a": (True, False)}


def test_a_long_row_of_old_events_is_worked_off(db: Database, tmp_path: Path) -> None:
    files = PictureFiles(tmp_path)
    for number in range(BATCH + 1):
        start = NOW - 50 * DAY_S + number
        store(db, files, "a", 50, id=f"{start:.0f}-a", start_time=start, end_time=start + 1)
    assert Expiry(db, PictureFiles(tmp_path), {}).run(NOW) == Expired(snapshots=BATCH + 1, events=BATCH + 1)
    assert [path for path in files.clips.rglob("*") if path.is_file()] == []


def test_the_days_come_from_the_configuration(db: Database, tmp_path: Path) -> None:
    text = """
snapshots: {retain: {default: 3, objects: {dog: 30}}}
cameras:
  front:
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/", roles: [detect]}]}
    snapshots: {retain: {default: 1}}
"""
    config = parse(text, path=tmp_path / "config.yml", env={}).config
    files = PictureFiles(tmp_path)
    store(db, files, "a", 2)
    store(db, files, "b", 2, camera="gone")
    store(db, files, "c", 20, label="dog", camera="gone")
    assert Expiry(db, PictureFiles(tmp_path), *keep_of(config)).run(NOW) == Expired(snapshots=1, events=1)
    assert left(db).keys() == {"b", "c"}
