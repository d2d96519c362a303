"""Rows of the table `events` in the form of docs/api/events.md, without `thumbnail`: as a mapping, or as JSON text.

Most of a row is `data`, which only passes through. None of its keys has a column.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import Text, cast

from dogwatch.store.json_text import compact
from dogwatch.store.tables import events

COLUMNS = [
    *(
        events.c[name]
        for name in (
            "id", "camera", "label", "sub_label", "start_time", "end_time", "has_clip", "has_snapshot",
            "retain_indefinitely", "plus_id", "type", "score", "top_score", "average_speed", "severity",
            "recognized_license_plate",
        )
    ),
    cast(events.c.zones, Text),
    cast(events.c.data, Text),
]  # fmt: skip
"""The columns that the functions here take, in order."""


def as_row(found: Sequence[Any]) -> dict[str, Any]:
    """Return a table row as a mapping."""
    (
        key, camera, label, sub_label, start_time, end_time, has_clip, has_snapshot, retained, plus_id, kind, score,
        top_score, average_speed, severity, plate, zones, data,
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
        "has_clip": has_clip,
        "has_snapshot": has_snapshot,
        "retain_indefinitely": retained,
        "plus_id": plus_id,
        "top_score": top_score,
        "false_positive": None,
        "box": None,
        "data": {**first, **json.loads(data)},
    }


def as_text(found: Sequence[Any]) -> tuple[str, str, str]:
    """Return camera, id, and the text of a table row, which is what `json.dumps` makes of `as_row`, without spaces."""
    (
        key, camera, label, sub_label, start_time, end_time, has_clip, has_snapshot, retained, plus_id, kind, score,
        top_score, average_speed, severity, plate, zones, data,
    ) = found  # fmt: skip
    name, rest = encode_basestring(label), compact(data)
    return camera, key, (
        f'{{"id":{encode_basestring(key)},"camera":{encode_basestring(camera)},"label":{name},"labels":[{name}],'
        f'"sub_label":{_text(sub_label)},"zones":{compact(zones)},"start_time":{start_time!r},'
        f'"end_time":{_number(end_time)},"has_clip":{_flag(has_clip)},"has_snapshot":{_flag(has_snapshot)},'
        f'"retain_indefinitely":{_flag(retained)},"plus_id":{_text(plus_id)},"top_score":{_number(top_score)},'
        f'"false_positive":null,"box":null,"data":{{"type":{_text(kind)},"score":{_number(score)},'
        f'"top_score":{_number(top_score)},"average_estimated_speed":{average_speed or 0.0!r},'
        f'"max_severity":{_text(severity)},"recognized_license_plate":{_text(plate)}'
        f'{"," if len(rest) > 2 else ""}{rest[1:]}}}'
    )  # fmt: skip


def _text(value: str | None) -> str:
    return "null" if value is None else encode_basestring(value)


def _number(value: float | None) -> str:
    return "null" if value is None else repr(value)


def _flag(value: bool) -> str:
    return "true" if value else "false"
