"""Renames an event: in its row, its timeline, and the finished review item that lists it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, select

from dogwatch.store import events, timeline
from dogwatch.store.review_entries import VERIFIED, listing
from dogwatch.store.reviews import change_data
from dogwatch.store.tables import reviews


def rename(connection: Connection, event_id: str, name: str | None, score: float | None) -> bool:
    """Set or clear the sub-label everywhere; False if there is no such row (its timeline is renamed even so)."""
    timeline.rename(connection, event_id, name)
    if not events.change(connection, event_id, {"sub_label": name}, {"sub_label_score": score}):
        return False
    mine = and_(reviews.c.end_time.is_not(None), listing([event_id]))
    query = select(reviews.c.id, reviews.c.data).where(mine)
    for review_id, data in connection.execute(query).all():
        change_data(connection, review_id, data, _named(connection, data))
    return True


def _named(connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
    """Return the item's data with the present names and labels of its events."""
    rows = events.many(connection, data["detections"])
    if len(rows) < len(data["detections"]):
        # Some events are deleted, and their names are unknown: their entries stay as they are.
        known = {row["label"] for row in rows} | {row["label"] + VERIFIED for row in rows}
        kept = [text for text in data["objects"] if text not in known]
    else:
        kept = []
    by_id = {row["id"]: row for row in rows}
    ordered = [by_id[event_id] for event_id in data["detections"] if event_id in by_id]
    objects = [_text(row) for row in ordered if row["data"]["type"] != "audio"]
    names = [row["sub_label"] for row in ordered if row["sub_label"] and row["data"]["type"] == "object"]
    return {**data, "objects": list(dict.fromkeys([*objects, *kept])), "sub_labels": list(dict.fromkeys(names))}


def _text(row: dict[str, Any]) -> str:
    label, name = str(row["label"]), row["sub_label"]
    if not name:
        return label
    if row["data"]["type"] == "api":
        return f"{label}: {name}"
    return label + VERIFIED
