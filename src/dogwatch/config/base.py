"""What every section of the configuration is made of: the model base, and keys with a description."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict

NAME = r"^[a-zA-Z0-9_-]+$"
UNUSED = "x-unused"
IDLE = "x-idle"
SECRET = "x-secret"  # noqa: S105 - a mark in the schema


class Section(BaseModel):
    """A part of the file; read-only, and closed against unknown keys."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        coerce_numbers_to_str=True,
        protected_namespaces=(),
        allow_inf_nan=False,
    )


S = TypeVar("S", bound=Section)


def key(
    default: Any,
    description: str,
    *,
    unused: bool = False,
    idle: bool = False,
    secret: bool = False,
    **limits: Any,
) -> Any:
    """Declare a key.

    Args:
        default: The value when the file does not give one.
        description: One line for the manual and the schema.
        unused: Known to configurations of this family, accepted whatever it says, and reported as not used.
        idle: Checked and shown to clients, but Dogwatch does nothing with it: reported as not used when it is given.
        secret: Never shown: not by the API, not in errors, not in a `repr` that somebody logs.
        limits: `ge`, `gt`, `le`, `lt`, `pattern`, `min_length`, `max_length`.
    """
    marks = _marks({UNUSED: unused, IDLE: idle, SECRET: secret})
    return Field(default=default, description=description, json_schema_extra=marks, repr=not secret, **limits)


def required(description: str, **limits: Any) -> Any:
    """Declare a key that the file must give."""
    return Field(description=description, **limits)


def section(kind: type[S], description: str, *, unused: bool = False, idle: bool = False) -> Any:
    """Declare a nested section; `unused` or `idle` as for a key, but nothing is said if it says `enabled: false`."""
    marks = _marks({UNUSED: unused, IDLE: idle})
    return Field(default_factory=kind, description=description, json_schema_extra=marks)


def _marks(given: dict[str, bool]) -> JsonDict | None:
    return {mark: True for mark, on in given.items() if on} or None


def listed(value: object) -> object:
    """Make a list of a text; anything else stays."""
    if isinstance(value, str):
        return [value] if value else []
    return value


def _joined(value: object) -> object:
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes, dict)):
        return " ".join(str(item) for item in value)
    return value


Strings = Annotated[list[str], BeforeValidator(listed, json_schema_input_type=str | list[str])]
"""One text or a list of texts."""

Arguments = Annotated[str, BeforeValidator(_joined, json_schema_input_type=str | list[str])]
"""Command line arguments, one text or a list; kept as one text."""
