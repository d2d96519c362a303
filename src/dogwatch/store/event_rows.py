"""Rows of the table `events` in the form of docs/api/events.md, without `thumbnail`: as a mapping, or as JSON text.

Most of a row is `data`, which only passes through. None of its keys has a column.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Text, cast, select

from dogwatch.store.json_text import compact
from dogwatch.store.known_groups import Kind, known
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
"""The columns that `as_row` takes, in order."""
TEXT_COLUMNS = [
    *(
        events.c[name]
        for name in (
            "id", "group_id", "start_time", "end_time", "retain_indefinitely", "plus_id", "type", "score", "top_score",
            "average_speed", "severity", "recognized_license_plate", "false_positive",
        )
    ),
    cast(events.c.data, Text),
]  # fmt: skip
_NUMBERS, _SPEED = (2, 3, 7, 8), 9


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


def as_texts(connection: Connection, rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, str, bytes]]:
    """Yield camera, id, and the JSON text of rows with `TEXT_COLUMNS`, which is that of `as_row`.

    What the events of a group have in common is written once, and the numbers of all rows together: that takes a third
    of the time. Only a row that a damaged disk has left without its group is written from what is in its own columns.
    """
    if not rows:
        return
    groups = known(connection, {row[1] for row in rows})
    lost = [row[0] for row in rows if row[1] not in groups]
    found = connection.execute(select(*COLUMNS).where(events.c.id.in_(lost))).all() if lost else []
    by_themselves = {row.id: _encode(as_row(row)) for row in found}
    starts, ends, scores, tops = (_numbers([row[place] for row in rows]) for place in _NUMBERS)
    speeds = _numbers([row[_SPEED] or 0.0 for row in rows])
    columns = starts, ends, scores, tops, speeds
    for row, start, end, score, top, speed in zip(rows, *columns, strict=True):
        key, number, _, _, retained, plus_id, kind, _, _, _, severity, plate, wrong, data = row
        group = groups.get(number)
        if group is None:
            text = by_themselves[key]
            yield json.loads(text)["camera"], key, text
            continue
        rest = compact(data).encode()
        flags = _flags(group.has_clip, group.has_snapshot, bool(retained), plus_id)
        yield (
            group.kind[0],
            key,
            b'{"id":%b%b%b,"end_time":%b%b%b%b%b,"top_score":%b,"average_estimated_speed":%b%b%b%b}'
            % (
                _encode(key), _beginning(group.kind), start, end, flags, top, _kind(kind, wrong), score, top, speed,
                _ending(severity, plate), b"," if len(rest) > 2 else b"", rest[1:],
            ),
        )  # fmt: skip


def _numbers(values: Sequence[float | None]) -> list[bytes]:
    return _encode(values)[1:-1].split(b",")


@lru_cache(maxsize=4096)
def _beginning(kind: Kind) -> bytes:
    camera, label, sub_label, zones, has_name = kind
    names = (_encode(camera), _encode(label), _encode(label), _encode(sub_label if has_name else None), zones.encode())
    return b',"camera":%b,"label":%b,"labels":[%b],"sub_label":%b,"zones":%b,"start_time":' % names


@lru_cache(maxsize=256)
def _flags(has_clip: bool, has_snapshot: bool, retained: bool, plus_id: str | None) -> bytes:
    flags = (_encode(has_clip), _encode(has_snapshot), _encode(retained), _encode(plus_id))
    return b',"has_clip":%b,"has_snapshot":%b,"retain_indefinitely":%b,"plus_id":%b,"top_score":' % flags


@lru_cache(maxsize=16)
def _kind(kind: str, wrong: bool | int | None) -> bytes:
    is_wrong = None if wrong is None else bool(wrong)
    return b',"false_positive":%b,"box":null,"data":{"type":%b,"score":' % (_encode(is_wrong), _encode(kind))


@lru_cache(maxsize=256)
def _ending(severity: str | None, plate: str | None) -> bytes:
    return b',"max_severity":%b,"recognized_license_plate":%b' % (_encode(severity), _encode(plate))


_encode = msgspec.json.Encoder().encode  # writes a number in a tenth of the time of `repr`
