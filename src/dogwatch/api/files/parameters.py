"""Query parameters, read one by one after the file was found: unknown ones are ignored, repeated ones are refused."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from pydantic import BaseModel
from starlette.requests import Request

from dogwatch.errors import FileError

_WHOLE = re.compile(r"[+-]?[0-9]+")
_REAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
LONGEST = 400
BEYOND = (1 << 53) - 1
"""Larger numbers are taken for this one, which is beyond every film and picture."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a query may say: `kind` is `integer`, `number` or `text`, or the words that it may be.

    `code` is the slug of a value that is wrong.
    """

    name: str
    kind: str | tuple[str, ...]
    meaning: str
    default: str | None = None
    code: str = "bad_field"
    required: bool = False


MODE = Parameter("mode", ("normal", "debug"), "`debug` draws what was found, and the number of the frame", "normal",
                 "bad_mode")  # fmt: skip
AUDIO = Parameter("audio", ("on", "off"), "Whether there is sound", "on", "bad_audio")
PAGE = Parameter("page", "integer", "Which page, from 1", "1")
PAGE_SIZE = Parameter("page_size", "integer", "How many on a page, 1 to 100", "20")
ORDER = Parameter("order", ("desc", "asc"), "Which way", "desc")


class Query:
    """The query of a request."""

    def __init__(self, request: Request) -> None:
        """Read it."""
        text: bytes = request.scope["query_string"]
        self._given = parse_qsl(text.decode("latin-1"), keep_blank_values=True) if text else []

    def text(self, asked: Parameter) -> str | None:
        """Return what a parameter says, else its default.

        Raises:
            FileError: 400; it is repeated, or longer than anything that makes sense.
        """
        found = [value for name, value in self._given if name == asked.name]
        if len(found) > 1:
            raise FileError(400, "duplicate_parameter", f"{asked.name} is given twice", parameter=asked.name)
        if found and len(found[0]) > LONGEST:
            raise wrong(asked, f"has more than {LONGEST} characters")
        return found[0] if found else asked.default

    def word(self, asked: Parameter) -> str | None:
        """Return one of the words that a parameter may be.

        Raises:
            FileError: 400; it is another one.
        """
        found = self.text(asked)
        if found is not None and found not in asked.kind:
            raise wrong(asked, f"is one of {', '.join(asked.kind)}")
        return found

    def whole(self, asked: Parameter, least: int = 0, most: int = BEYOND) -> int | None:
        """Return a whole number: an optional sign, and digits.

        Raises:
            FileError: 400; it is none, or not within `least` and `most`.
        """
        found = self.text(asked)
        if found is None:
            return None
        value = min(int(found), BEYOND) if _WHOLE.fullmatch(found) else least - 1
        if not least <= value <= most:
            raise wrong(asked, f"is a whole number from {least}" + (f" to {most}" if most < BEYOND else ""))
        return value

    def real(self, asked: Parameter, least: float = 0.0, most: float = math.inf) -> float | None:
        """Return a number.

        Raises:
            FileError: 400; it is none, or not within `least` and `most`.
        """
        found = self.text(asked)
        if found is None:
            return None
        value = float(found) if _REAL.fullmatch(found) else math.nan
        if not least <= value <= most or not math.isfinite(value):
            raise wrong(asked, f"is a number from {least:g}" + (f" to {most:g}" if math.isfinite(most) else ""))
        return value

    def page(self, page_size: Parameter = PAGE_SIZE, most: int = 100) -> tuple[int, int]:
        """Return page and page size, which is at most `most`.

        Raises:
            FileError: 400; one is wrong.
        """
        page, size = self.whole(PAGE, 1, 1_000_000), self.whole(page_size, 1, most)
        assert page is not None  # noqa: S101 - both have defaults
        assert size is not None  # noqa: S101
        return page, size


def wrong(asked: Parameter, text: str) -> FileError:
    """Return the refusal of a parameter."""
    return FileError(400, asked.code, f"{asked.name} {text}", parameter=asked.name)


def told(*asked: Parameter, body: type[BaseModel] | None = None) -> dict[str, Any]:
    """Return what the OpenAPI document says of a route's parameters and body, for `openapi_extra` of its decorator."""
    parameters = [
        {
            "name": one.name, "in": "query", "required": one.required, "description": one.meaning,
            "schema": _schema(one),
        }
        for one in asked
    ]  # fmt: skip
    content = {} if body is None else {"application/json": {"schema": body.model_json_schema()}}
    return {
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": {"required": True, "content": content}} if content else {}),
    }


def _schema(one: Parameter) -> dict[str, Any]:
    if isinstance(one.kind, str):
        found: dict[str, Any] = {"type": "string" if one.kind == "text" else one.kind}
    else:
        words: Sequence[str] = one.kind
        found = {"type": "string", "enum": list(words)}
    if one.default is None:
        return found
    read = {"integer": int, "number": float}.get(one.kind if isinstance(one.kind, str) else "", str)
    return {**found, "default": read(one.default)}
