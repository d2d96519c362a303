"""Rows of the table `events` in the form of docs/api/events.md, without `thumbnail`: as a mapping, or as JSON text.

Most of a row is `data`, which only passes through. None of its keys has a column.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Text, cast

from dogwatch.store.json_text import compact
from dogwatch.store.tables import events

COLUMNS = [
    *(
        events.c[name]
        for name in (
            "id", "camera", "label", "sub_label", "start_time", "end_time", "has_clip", "has_snapshot",
            "retain_indefinitely", "plus_id", "type", "score", "top_score", "average_speed", "severity",
            "recognized_license_plate", "false_positive",
        )
    ),
    cast(events.c.zones, Text),
    cast(events.c.data, Text),
]  # fmt: skip
"""The columns that the functions here take, in order."""


def as_row(found: Sequence[Any]) -> dict[str, Any]:
    """Return a table row, as the driver or SQLAlchemy gives it, as a mapping."""
    (
        key, camera, label, sub_label, start_time, end_time, has_clip, has_snapshot, retained, plus_id, kind, score,
        top_score, average_speed, severity, plate, wrong, zones, data,
    ) = found  # fmt: skip
    first = {
        "type": kind,
        "score": score,
        "top_score": top_score,
        "average_estimated_speed": average_speed or 0.0,
        "max_severity": severity,
        "recognized_license_plate": plate,
    }
    return {
        "id": key,
        "camera": camera,
        "label": label,
        "labels": [label],
        "sub_label": sub_label,
        "zones": json.loads(zones),
        "start_time": start_time,
        "end_time": end_time,
        "has_clip": bool(has_clip),
        "has_snapshot": bool(has_snapshot),
        "retain_indefinitely": bool(retained),
        "plus_id": plus_id,
        "top_score": top_score,
        "false_positive": None if wrong is None else bool(wrong),
        "box": None,
        "data": {**first, **json.loads(data)},
    }


def as_json(found: Sequence[Any]) -> tuple[str, str, bytes]:
    """Return camera, id, and the JSON text of a table row, which is that of `as_row`."""
    (
        key, camera, label, sub_label, start_time, end_time, has_clip, has_snapshot, retained, plus_id, kind, score,
        top_score, average_speed, severity, plate, wrong, zones, data,
    ) = found  # fmt: skip
    first = _Data(kind, score, top_score, average_speed or 0.0, severity, plate)
    row = _Event(
        key, camera, label, (label,), sub_label, _raw(zones), start_time, end_time, bool(has_clip), bool(has_snapshot),
        bool(retained), plus_id, top_score, None if wrong is None else bool(wrong), None, first,
    )  # fmt: skip
    rest = compact(data).encode()
    return camera, key, b"%b%b%b}" % (_encode(row)[:-2], b"," if len(rest) > 2 else b"", rest[1:])


@lru_cache(maxsize=256)
def _raw(text: str) -> msgspec.Raw:
    return msgspec.Raw(compact(text).encode())


class _Data(msgspec.Struct, gc=False):
    type: str
    score: float | None
    top_score: float | None
    average_estimated_speed: float
    max_severity: str | None
    recognized_license_plate: str | None


class _Event(msgspec.Struct, gc=False):
    id: str
    camera: str
    label: str
    labels: tuple[str]
    sub_label: str | None
    zones: msgspec.Raw
    start_time: float
    end_time: float | None
    has_clip: bool
    has_snapshot: bool
    retain_indefinitely: bool
    plus_id: str | None
    top_score: float | None
    false_positive: bool | None
    box: None
    data: _Data


_encode = msgspec.json.Encoder().encode  # writes a number in a tenth of the time of `repr`
