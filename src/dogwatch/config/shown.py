"""What a message may repeat of a file: a password can stand in the place of a key, or in that of another value.

Keys that are known are repeated, and the names that users give to cameras, zones and the like. Of unknown keys those
that look like keys are, but none in a section that holds a secret. Line and column are always told, and so is what was
probably meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel

from dogwatch.config.keys import HIDDEN, PLAIN, guarded, is_secret, shape_of, shown_key
from dogwatch.config.problems import Notice
from dogwatch.config.root import Config
from dogwatch.errors import ConfigError

_NAME = re.compile(r"[\w .-]{0,64}")


def without_secrets(error: ConfigError) -> ConfigError:
    """Return `error` as it may be shown."""
    path, message = _shown(error.path, error.message)
    return ConfigError(message, path=path, line=error.line, column=error.column, hint=error.hint)


def notice_without_secrets(notice: Notice) -> Notice:
    """Return `notice` as it may be shown."""
    path, message = _shown(notice.path, notice.message)
    return replace(notice, path=path, message=message)


def near_secret(kind: type[BaseModel], location: Sequence[str | int]) -> bool:
    """Tell whether what is at `location` in a section of `kind` belongs to a part that holds a secret."""
    shape: str = "section"
    inner: type[BaseModel] | None = kind
    found = False
    for part in location:
        if shape == "section" and inner is not None:
            found = guarded(inner)
            field = inner.model_fields.get(str(part))
            shape, inner = shape_of(field) if field else ("plain", None)
        elif shape in ("map", "list"):
            shape = "section" if inner else "plain"
    return found


def _shown(path: str, message: str) -> tuple[str, str]:
    parts = path.split(".") if path else []
    count = _repeatable(parts)
    if count == len(parts):
        return path, message
    hidden = parts[count:]
    for length in range(len(hidden), 0, -1):  # a key may hold dots itself
        message = message.replace(".".join(hidden[:length]), HIDDEN)
    return ".".join([*parts[:count], HIDDEN]), message


def _repeatable(parts: Sequence[str]) -> int:
    """Return how many of the `parts` of a path may be repeated."""
    shape: str = "section"
    inner: type[BaseModel] | None = Config
    for count, part in enumerate(parts):
        if shape == "section" and inner is not None:
            if not shown_key(inner, part):
                return count
            field = inner.model_fields.get(part)
            if field and is_secret(field):
                return count + 1
            shape, inner = shape_of(field) if field else ("plain", None)
        elif shape == "map":
            if not _NAME.fullmatch(part):
                return count
            shape = "section" if inner else "plain"
        elif not part.isdecimal() and not PLAIN.fullmatch(part):
            return count
        elif shape == "list":
            shape = "section" if inner else "plain"
    return len(parts)
