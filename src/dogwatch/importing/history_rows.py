"""Rows of review items and of the timeline of an installation, as rows of `reviews` and `timeline`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dogwatch.importing import values
from dogwatch.importing.layout import LeftOutError

REVIEWS, REVIEW_COLUMNS = "reviewsegment", (
    "id", "camera", "start_time", "end_time", "severity", "thumb_path", "data", "has_been_reviewed",
)  # fmt: skip
SEEN, SEEN_COLUMNS = "userreviewstatus", ("user_id", "review_segment_id", "review_segment", "has_been_reviewed")
TIMELINE, TIMELINE_COLUMNS = "timeline", ("timestamp", "camera", "source", "source_id", "class_type", "data")
_LISTS = ("detections", "objects", "verified_objects", "sub_labels", "zones", "audio", "significant_motion_areas")
_SEVERITIES = ("alert", "detection")


def review(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a review item; its `thumb_path` is the one in the installation's own words.

    Raises:
        LeftOutError: It is not usable.
    """
    severity = row.get("severity")
    if severity not in _SEVERITIES:
        raise LeftOutError("its severity is neither alert nor detection")
    start, end = values.time(row, "start_time"), values.maybe_time(row, "end_time")
    if end is None:
        end = start
    if end < start:
        raise LeftOutError("it ends before it begins")
    data = values.json_map(row, "data")
    lists = {name: values.texts(data.get(name)) for name in _LISTS}
    metadata = data.get("metadata")
    thumb_time = values.number(data, "thumb_time")
    return {
        "id": values.identity(row),
        "camera": values.camera(row),
        "severity": severity,
        "start_time": start,
        "end_time": end,
        "thumb_path": values.text(row, "thumb_path", 300) or "",
        "data": {
            **{key: value for key, value in data.items() if key not in _LISTS},
            **lists,
            "thumb_time": start if thumb_time is None else thumb_time,
            "metadata": metadata if isinstance(metadata, dict) else None,
        },
    }


def seen(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return a user and the id of a review item that this user has seen, None if it has not been seen."""
    item = values.text(row, "review_segment_id", 40) or values.text(row, "review_segment", 40)
    user = values.text(row, "user_id", 100)
    return (user, item) if user and item and values.flag(row, "has_been_reviewed") else None


def moment(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a moment of the timeline.

    Raises:
        LeftOutError: It is not usable.
    """
    data = values.json_map(row, "data")
    label = data.get("label")
    if label is not None and not isinstance(label, str):
        raise LeftOutError("its label is no text")
    found = {
        "timestamp": values.time(row, "timestamp"),
        "camera": values.camera(row),
        "source": values.text(row, "source", 20),
        "source_id": values.identity(row, "source_id"),
        "class_type": values.text(row, "class_type", 20),
        "data": data,
    }
    if found["source"] is None or found["class_type"] is None:
        raise LeftOutError("it does not say what happened")
    return found
