"""Rows of the table `event` of an installation, as rows of `events`. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from dogwatch.importing import values
from dogwatch.importing.layout import LeftOutError

TABLE = "event"
COLUMNS = (
    "id", "label", "sub_label", "camera", "start_time", "end_time", "top_score", "score", "false_positive", "zones",
    "thumbnail", "has_clip", "has_snapshot", "region", "box", "area", "retain_indefinitely", "ratio", "plus_id", "data",
)  # fmt: skip
_OWN = frozenset(
    {"type", "score", "top_score", "average_estimated_speed", "max_severity", "recognized_license_plate"}
)  # keys of `data` that have columns here
_TYPES = ("object", "audio", "api")
_PICTURES = {b"\xff\xd8": ".jpg", b"RIFF": ".webp", b"\x89PNG": ".png"}


def event(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of an event.

    One that had no end yet, because its program was running or was killed, ends with the last point of its path.

    Raises:
        LeftOutError: It is not usable.
    """
    if values.flag(row, "false_positive"):
        raise LeftOutError("it was a false positive")
    label = values.text(row, "label", 100)
    if label is None:
        raise LeftOutError("it has no label")
    start, data = values.time(row, "start_time"), values.json_map(row, "data")
    end = values.maybe_time(row, "end_time")
    if end is None:
        end = _last_seen(data, start)
    if end < start:
        raise LeftOutError("it ends before it begins")
    kind = data.get("type")
    severity = data.get("max_severity")
    return {
        "id": values.identity(row),
        "camera": values.camera(row),
        "label": label,
        "sub_label": values.text(row, "sub_label", 100),
        "type": kind if kind in _TYPES else "object",
        "start_time": start,
        "end_time": end,
        "zones": values.texts(row.get("zones")),
        "has_clip": values.flag(row, "has_clip"),
        "has_snapshot": values.flag(row, "has_snapshot"),
        "retain_indefinitely": values.flag(row, "retain_indefinitely"),
        "plus_id": values.text(row, "plus_id", 100),
        "score": _first(values.number(data, "score"), values.number(row, "score")),
        "top_score": _first(values.number(data, "top_score"), values.number(row, "top_score")),
        "average_speed": values.number(data, "average_estimated_speed"),
        "severity": severity if severity in ("alert", "detection") else None,
        "recognized_license_plate": values.text(data, "recognized_license_plate", 100),
        "data": _rest(row, data),
    }


def thumbnail(row: Mapping[str, Any]) -> tuple[bytes, str] | None:
    """Return the picture that rows of older versions hold, and the suffix of its file."""
    text = row.get("thumbnail")
    if not isinstance(text, str | bytes) or not text:
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    suffix = next((suffix for magic, suffix in _PICTURES.items() if data.startswith(magic)), None)
    return (data, suffix) if suffix in (".jpg", ".webp") else None


def _rest(row: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what has no column here, in a form that every reader takes."""
    rest = {key: value for key, value in data.items() if key not in _OWN}
    for key in ("box", "region"):
        given = rest.pop(key, None)
        found = values.fractions(given) or values.fractions(values.json_list(row, key))
        if found is not None:
            rest[key] = found
    attributes = rest.pop("attributes", None)
    rest["attributes"] = [one for each in _list(attributes) if (one := _attribute(each)) is not None]
    rest["path_data"] = [point for point in _list(rest.pop("path_data", None)) if _is_point(point)]
    if not isinstance(rest.get("draw", {}), dict):
        del rest["draw"]
    return rest


def _attribute(found: Any) -> dict[str, Any] | None:
    if not isinstance(found, dict) or not isinstance(found.get("label"), str):
        return None
    box, score = values.fractions(found.get("box")), values.number(found, "score")
    return {"label": found["label"][:100], "score": score or 0.0, **({"box": box} if box else {})}


def _is_point(found: Any) -> bool:
    """Whether this is `[[x, y], time]`."""
    match found:
        case [[int() | float(), int() | float()], int() | float()]:
            return True
        case _:
            return False


def _last_seen(data: Mapping[str, Any], start: float) -> float:
    times = [float(point[1]) for point in _list(data.get("path_data")) if _is_point(point)]
    return max([start, *(time for time in times if time < values.LATEST)])


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _first(*found: float | None) -> float | None:
    return next((one for one in found if one is not None), None)
