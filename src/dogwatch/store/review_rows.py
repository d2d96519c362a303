"""Rows of the table `reviews` in the form of docs/api/review.md: as mappings, or as JSON text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement

from dogwatch.store.json_text import as_raw, as_stored
from dogwatch.store.tables import reviews

THUMB_ROOT = "/media/frigate/"


def columns(seen: ColumnElement[bool]) -> list[ColumnElement[Any]]:
    """Return the columns that the functions here take, in order; `seen` tells whether the user has seen an item."""
    names = ("id", "camera", "severity", "start_time", "end_time", "thumb_path")
    return [*(reviews.c[name] for name in names), as_stored(reviews.c.data), seen.label("seen")]


def as_row(found: Sequence[Any]) -> dict[str, Any]:
    """Return a table row, as the driver or SQLAlchemy gives it, as a mapping."""
    key, camera, severity, start_time, end_time, thumb_path, data, seen = found
    return {
        "id": key,
        "camera": camera,
        "severity": severity,
        "start_time": start_time,
        "end_time": end_time,
        "has_been_reviewed": bool(seen),
        "thumb_path": THUMB_ROOT + thumb_path,
        "data": json.loads(data),
    }


def as_json(rows: Sequence[Sequence[Any]]) -> bytes:
    """Return the JSON text of table rows as the driver gives them: the list of what `as_row` makes of each."""
    if not rows:
        return b"[]"
    keys, cameras, severities, starts, ends, thumb_paths, data, seen = zip(*rows, strict=True)
    thumbs = [THUMB_ROOT + path for path in thumb_paths]
    items = map(_Item, keys, cameras, severities, starts, ends, map(bool, seen), thumbs, map(as_raw, data))
    return encode(list(items))


class _Item(msgspec.Struct, gc=False):
    id: str
    camera: str
    severity: str
    start_time: float
    end_time: float | None
    has_been_reviewed: bool
    thumb_path: str
    data: msgspec.Raw


encode = msgspec.json.Encoder().encode
