"""Reads values of another program's rows, which may be anything: each function returns what is right, or raises."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dogwatch.config.base import NAME
from dogwatch.importing.layout import LeftOutError

LATEST = 1e11  # epoch s: year 5138
LONGEST_JSON = 1 << 20
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
_CAMERA = re.compile(NAME, re.ASCII)


def identity(row: Mapping[str, Any], key: str = "id") -> str:
    """Return an id that may be a part of a file name."""
    value = row.get(key)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise LeftOutError("its id is not usable")
    return value


def camera(row: Mapping[str, Any]) -> str:
    """Return the name of a camera."""
    value = row.get("camera")
    if not isinstance(value, str) or len(value) > 100 or not _CAMERA.fullmatch(value):
        raise LeftOutError("the name of its camera is not usable")
    return value


def time(row: Mapping[str, Any], key: str) -> float:
    """Return a time in epoch seconds, of a number or of a text in UTC."""
    found = maybe_time(row, key)
    if found is None:
        raise LeftOutError(f"it has no {key}")
    return found


def maybe_time(row: Mapping[str, Any], key: str) -> float | None:
    """Return a time in epoch seconds, None if there is none."""
    value = row.get(key)
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
            value = parsed.replace(tzinfo=parsed.tzinfo or UTC).timestamp()
        except (ValueError, OverflowError):
            value = number(row, key)
    if value is None:
        return None
    if not isinstance(value, int | float) or not 0 < value < LATEST:
        raise LeftOutError(f"its {key} is no time")
    return float(value)


def number(row: Mapping[str, Any], key: str) -> float | None:
    """Return a finite number, None if there is none."""
    value = row.get(key)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return None
    return float(value)


def count(row: Mapping[str, Any], key: str) -> int | None:
    """Return a whole number from 0 on, None if there is none."""
    found = number(row, key)
    return None if found is None or not 0 <= found < 1 << 62 else int(found)


def text(row: Mapping[str, Any], key: str, longest: int) -> str | None:
    """Return a text of at most so many characters, None if there is none."""
    value = row.get(key)
    return value.replace("\0", "\ufffd")[:longest] if isinstance(value, str) and value else None


def flag(row: Mapping[str, Any], key: str) -> bool:
    """Return whether a flag is set."""
    return row.get(key) in (1, True, "1", "true", "True")


def json_map(row: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return a map that is stored as JSON; empty if there is none."""
    found = _json(row, key)
    return found if isinstance(found, dict) else {}


def json_list(row: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list that is stored as JSON; empty if there is none."""
    found = _json(row, key)
    return found if isinstance(found, list) else []


def texts(found: Any, longest: int = 100) -> list[str]:
    """Return the texts of a list, each once, in order; one that is stored as JSON is read."""
    if isinstance(found, str):
        found = _json({"": found}, "")
    if not isinstance(found, list):
        return []
    return list(dict.fromkeys(one.replace("\0", "\ufffd")[:longest] for one in found if isinstance(one, str) and one))


def fractions(found: Any) -> list[float] | None:
    """Return a box `[x, y, w, h]` of fractions of the frame, None if it is none."""
    if not isinstance(found, list) or len(found) != 4:
        return None
    if not all(isinstance(one, int | float) and math.isfinite(one) and -1 <= one <= 2 for one in found):
        return None
    return [float(one) for one in found]


def _json(row: Mapping[str, Any], key: str) -> Any:
    value = row.get(key)
    if not isinstance(value, str | bytes) or len(value) > LONGEST_JSON:
        return None
    try:
        return finite(json.loads(value))
    except (ValueError, RecursionError):
        return None


def finite(value: Any) -> Any:
    """Return a JSON value without numbers that JSON does not have, nor texts that databases cannot store."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value.encode(errors="replace").decode().replace("\0", "\ufffd")
    if isinstance(value, list):
        return [finite(one) for one in value]
    if isinstance(value, dict):
        return {finite(key): finite(one) for key, one in value.items()}
    return value
