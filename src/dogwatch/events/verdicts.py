"""What users say of events by what they do with them, told to those who learn from it.

An event is *right* if somebody has sent it to the dataset or keeps it for good, and *wrong* if somebody has marked it
so.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dogwatch.errors import StoreError
from dogwatch.events.false_place import Fractions
from dogwatch.events.false_places import FalsePlaces, Verdict
from dogwatch.store import event_reasons, events
from dogwatch.store.database import Database

DELETED_WITHIN_S = 86400.0  # after its end: who deletes older events makes room


@dataclass(frozen=True, slots=True)
class PlacedVerdict:
    """Where a tracked object was seen, the first place first, and what a user has said of its event."""

    camera: str
    label: str
    boxes: tuple[Fractions, ...]
    verdict: Verdict | None
    end_time: float | None


@contextlib.contextmanager
def learning(places: FalsePlaces, db: Database, event_id: str) -> Iterator[None]:
    """Let `places` learn from what changes meanwhile in what is said of an event."""
    before = find(db, event_id)
    yield
    if before is None:
        return
    with contextlib.suppress(StoreError):  # what the user has asked for is done
        if (after := find(db, event_id)) is not None:
            places.judged(before.camera, before.label, before.boxes, before.verdict, after.verdict)


def learn_from_deletion(places: FalsePlaces, found: PlacedVerdict | None, now: float) -> None:
    """Let `places` learn from an event that a user has deleted alone, soon after its end (`now` in epoch s).

    Who deletes several events at once, or a favourite, does not say that they were false.
    """
    if found is None or found.verdict is not None or found.end_time is None:
        return
    if 0 <= now - found.end_time <= DELETED_WITHIN_S:
        places.deleted(found.camera, found.label, found.boxes)


def find(db: Database, event_id: str) -> PlacedVerdict | None:
    """Return what is known of an event; None if it is none of a tracked object."""
    with db.read() as connection:
        row = events.one(connection, event_id)
        if row is None or row["data"].get("type") != "object":
            return None
        kept = event_reasons.many(connection, [event_id]).get(event_id)
    verdict: Verdict | None = None
    if row["false_positive"]:
        verdict = "wrong"
    elif row["plus_id"] or row["retain_indefinitely"]:
        verdict = "right"
    return PlacedVerdict(row["camera"], row["label"], tuple(_boxes(row["data"], kept)), verdict, row["end_time"])


def _boxes(data: dict[str, Any], kept: dict[str, Any] | None) -> Iterator[Fractions]:
    """Yield the boxes that are kept of an object: the first one, then others."""
    scores = (kept or {}).get("scores") or {}
    for box in (*((scores.get(name) or {}).get("box") for name in ("first", "best", "last")), data.get("box")):
        if isinstance(box, list) and len(box) == 4 and box[2] > 0 and box[3] > 0:
            yield (box[0], box[1], box[2], box[3])
