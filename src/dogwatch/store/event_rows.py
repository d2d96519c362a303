"""Rows of the table `events` in the form of docs/api/events.md, without `thumbnail`: as a mapping, or as JSON text.

Most of a row is `data`, which only passes through. None of its keys has a column. What is written of thousands of rows
is put together column by column, without a line of Python for a row; and what the events of a group have in common is
written once (see `event_groups`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import ColumnElement, Connection, Text, cast, select

from dogwatch.store import compiled
from dogwatch.store.few import listed
from dogwatch.store.json_text import as_stored, compact, dumps
from dogwatch.store.known_groups import KNOWN, KnownGroup, known
from dogwatch.store.tables import events


class Columns(NamedTuple):
    """Columns of the table, the id first, under a name; `start` is the place of the start time among them."""

    name: str
    all: tuple[ColumnElement[Any], ...]
    start: int


ROW = Columns(
    "row",
    (
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
    ),
    4,
)  # fmt: skip
"""What `as_row` takes."""
LISTED = Columns(
    "listed",
    (
        *(
            events.c[name]
            for name in (
                "id", "group_id", "start_time", "end_time", "retain_indefinitely", "plus_id", "type", "score",
                "top_score", "average_speed", "severity", "recognized_license_plate", "false_positive",
            )
        ),
        as_stored(events.c.data),
    ),
    2,
)  # fmt: skip
"""What `as_listed` takes."""
_GROUP = (
    *(events.c[name] for name in ("id", "camera", "label", "sub_label", "has_clip", "has_snapshot")),
    cast(events.c.zones, Text),
)


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


class ListedEvent(msgspec.Struct, gc=False):
    """An event as JSON has it. A field may write several of them: of a group, or all from its own to the end."""

    id: str
    camera: msgspec.Raw
    start_time: float
    end_time: float | None
    has_clip: msgspec.Raw
    plus_id: str | None
    top_score: float | None
    false_positive: bool | None
    box: None
    data: _Data
    search_distance: float | UnsetType = UNSET
    search_source: str | UnsetType = UNSET
    thumbnail: msgspec.Raw | UnsetType | None = UNSET


class _Data(msgspec.Struct, gc=False):
    type: str
    score: float | None
    top_score: float | None
    average_estimated_speed: float
    max_severity: str | None
    recognized_license_plate: msgspec.Raw


class _Parts(NamedTuple):
    """What follows `"camera":` and `"has_clip":`, up to the next field of `ListedEvent`.

    The latter is for events that are not retained, and for those that are.
    """

    head: msgspec.Raw
    flags: tuple[msgspec.Raw, msgspec.Raw]


_SPACE, _ESCAPE = b" \\"  # as numbers, which are looked for in a fifth of the time
_written: dict[int, _Parts] = {}
"""Of groups by their numbers, which never change (see `known_groups`)."""


def as_listed(connection: Connection, rows: Sequence[Sequence[Any]]) -> list[ListedEvent]:
    """Return rows, as the driver makes them of the columns `LISTED`, for `encode`."""
    if not rows:
        return []
    (
        keys, _, starts, ends, retained, plus_ids, kinds, scores, top_scores, speeds, severities, plates, wrong, texts,
    ) = zip(*rows, strict=True)  # fmt: skip
    parts = _parts(connection, rows)
    stored = [text.encode() for text in texts] if isinstance(texts[0], str) else texts
    data = map(
        _Data,
        kinds,
        scores,
        top_scores,
        [speed or 0.0 for speed in speeds],
        severities,
        # Most have no plate, and are written as they stand.
        [
            msgspec.Raw(b"null," + text[1:-1])
            if plate is None and len(text) > 2 and _SPACE not in text and _ESCAPE not in text
            else _rest(plate, text.decode())
            for plate, text in zip(plates, stored, strict=True)
        ],
    )
    return list(
        map(
            ListedEvent,
            keys,
            [head for head, _ in parts],
            starts,
            ends,
            [flags[one] for (_, flags), one in zip(parts, retained, strict=True)],
            plus_ids,
            top_scores,
            [None if one is None else bool(one) for one in wrong],
            repeat(None),
            data,
        )
    )


def groups_of(connection: Connection, rows: Sequence[Sequence[Any]]) -> Iterator[KnownGroup]:
    """Yield the group of each row of the columns `LISTED`, also of one that was not counted in any."""
    there = known(connection, {row[1] for row in rows} - {None})
    own: dict[str, KnownGroup] = {}
    if uncounted := [row[0] for row in rows if row[1] not in there]:
        found = compiled.rows(
            connection,
            "groups of events",
            lambda: select(*_GROUP).where(listed(events.c.id, "keys")),
            {"keys": dumps(uncounted)},
        )
        own = {key: KnownGroup.of(*columns) for key, *columns in found}
    return (there.get(row[1]) or own[row[0]] for row in rows)


def _parts(connection: Connection, rows: Sequence[Sequence[Any]]) -> list[_Parts]:
    """Return of each row what its group has in common with all of its events."""
    try:
        return [_written[row[1]] for row in rows]
    except KeyError:  # some are new
        groups = list(groups_of(connection, rows))
    found = list(map(_written_of, groups))
    if len(_written) > KNOWN:
        _written.clear()
    _written.update({row[1]: one for row, one in zip(rows, found, strict=True) if row[1] is not None})
    return found


@lru_cache(maxsize=256)
def _written_of(group: KnownGroup) -> _Parts:
    camera, label, sub_label, zones, is_named = group.kind
    values = camera, label, [label], sub_label if is_named else None, msgspec.Raw(zones.encode())
    names = b"", b',"label":', b',"labels":', b',"sub_label":', b',"zones":'
    head = b"".join(name + encode(value) for name, value in zip(names, values, strict=True))
    flags = b'%b,"has_snapshot":%b,"retain_indefinitely":' % (encode(group.has_clip), encode(group.has_snapshot))
    return _Parts(msgspec.Raw(head), (msgspec.Raw(flags + b"false"), msgspec.Raw(flags + b"true")))


def _rest(plate: str | None, data: str) -> msgspec.Raw:
    """Return what follows `"recognized_license_plate":`, which is the plate and the keys of `data`."""
    rest = compact(data)[1:-1]
    first = "null" if plate is None else encode(plate).decode()
    return msgspec.Raw((f"{first},{rest}" if rest else first).encode())


encode = msgspec.json.Encoder().encode
"""Writes JSON; a number in a tenth of the time of `repr`."""
