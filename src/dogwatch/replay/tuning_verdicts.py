"""What users have said of events: the local dataset, and the events of the database.

The dataset keeps its pictures when their event is deleted. Why an event was deleted is not known, so that says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, or_, select

from dogwatch.config import Config
from dogwatch.dataset.folder import Dataset
from dogwatch.dataset.labelled_picture import LabelledPicture
from dogwatch.replay.tuning import UserVerdict
from dogwatch.runtime.paths import Paths
from dogwatch.store.database import Database
from dogwatch.store.tables import events

AROUND_S = 0.6  # of the time of a picture
MOST_VERDICTS = 5000


def verdicts_of(config: Config, data: Path, camera: str, start: float, end: float) -> list[UserVerdict]:
    """Return the verdicts on objects of `camera` from `start` to `end` (epoch s), oldest first.

    Raises:
        StoreError: The database cannot be read.
    """
    paths = Paths.below(data)
    found = _of_database(paths.database(config.database), camera, start, end)
    for sample in Dataset(paths.media / "dataset").samples(camera):
        if sample.source == "event" and start <= sample.time < end:
            found |= {one.id: one for one in _of_picture(sample)}  # where the object was at that very moment
    return sorted(found.values(), key=lambda one: (one.start_time, one.id))[:MOST_VERDICTS]


def _of_picture(sample: LabelledPicture) -> list[UserVerdict]:
    return [
        UserVerdict(
            sample.id if not number else f"{sample.id}#{number}",
            box.label,
            sample.time - AROUND_S,
            sample.time + AROUND_S,
            not box.wrong,
            box.box,
        )
        for number, box in enumerate(sample.boxes)
    ]


def _of_database(url: str, camera: str, start: float, end: float) -> dict[str, UserVerdict]:
    db = Database(url)
    try:
        if db.path is not None and not db.path.exists():
            return {}
        with db.read() as connection:
            return _rows(connection, camera, start, end)
    finally:
        db.close()


def _rows(connection: Connection, camera: str, start: float, end: float) -> dict[str, UserVerdict]:
    c = events.c
    said = or_(c.plus_id.is_not(None), c.false_positive.is_(True), c.retain_indefinitely.is_(True))
    query = (
        select(c.id, c.label, c.start_time, c.end_time, c.false_positive, c.data)
        .where(c.camera == camera, c.type == "object", said)
        .where(c.start_time < end, c.start_time >= start - 3600, c.end_time > start)
        .order_by(c.start_time)
        .limit(MOST_VERDICTS)
    )
    return {
        key: UserVerdict(key, label, begun, ended, not wrong, _box(data))
        for key, label, begun, ended, wrong, data in connection.execute(query)
    }


def _box(data: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
    box = data.get("box")
    return (box[0], box[1], box[2], box[3]) if isinstance(box, list) and len(box) == 4 else None
