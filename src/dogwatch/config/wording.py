"""pydantic's findings in the words of this program: what was expected, and what was found."""

from __future__ import annotations

import difflib
from typing import Any

from pydantic_core import ErrorDetails

from dogwatch.config.keys import HIDDEN, PLAIN
from dogwatch.redact import is_secret, redact_text, redact_url

EXPECTED = {
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "finite_number": "expected a finite number",
    "string_type": "expected a text",
    "list_type": "expected a list",
    "dict_type": "expected keys with values",
    "model_type": "expected keys with values",
    "model_attributes_type": "expected keys with values",
    "missing": "is missing",
    "extra_forbidden": "unknown key",
}
LIMITS = {
    "greater_than": ("expected a number greater than", "gt"),
    "greater_than_equal": ("expected a number of at least", "ge"),
    "less_than": ("expected a number less than", "lt"),
    "less_than_equal": ("expected a number of at most", "le"),
    "string_too_short": ("expected a text of a length of at least", "min_length"),
    "string_too_long": ("expected a text of a length of at most", "max_length"),
    "too_short": ("expected a list with a length of at least", "min_length"),
    "string_pattern_mismatch": ("expected a text of the form", "pattern"),
}


def message(error: ErrorDetails, *, near_secret: bool = False) -> tuple[str, str | None]:
    """Return the message for `error`, and a hint if there is one; no secret is quoted.

    `near_secret`: a secret may stand in the place of this value, so only what is close to a choice is quoted.
    """
    kind, context = error["type"], error.get("ctx", {})
    field = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "literal_error":
        return _choice(str(context.get("expected", "")), error["input"], near_secret=near_secret)
    if kind == "value_error":
        return str(context.get("error", error["msg"])), None
    if kind in LIMITS:
        text, limit = LIMITS[kind]
        return f"{text} {context.get(limit)}{_found(field, error['input'], near_secret)}", None
    if kind == "missing":
        return f"'{field}' is missing", None
    if kind == "extra_forbidden":
        return f"unknown key '{field if PLAIN.fullmatch(field) else HIDDEN}'", None
    if kind == "string_type" and isinstance(error["input"], (bool, dict)):
        return "expected a text", "put it in quotes"
    return EXPECTED.get(kind, error["msg"]) + _found(field, error["input"], near_secret), None


def _choice(expected: str, given: Any, *, near_secret: bool) -> tuple[str, str | None]:
    choices = [choice.strip("' ") for choice in expected.replace(" or ", ",").split(",") if choice.strip()]
    close = difflib.get_close_matches(str(given), choices, 1, 0.5)
    found = _found("", given, near_secret and not close)
    return f"expected one of {', '.join(choices)}{found}", f"did you mean '{close[0]}'?" if close else None


def _found(field: str, value: Any, near_secret: bool) -> str:
    if is_secret(field):
        return ""
    if value is None:
        return ", found nothing"
    if isinstance(value, dict):
        return ", found keys with values"
    if isinstance(value, list):
        return ", found a list"
    if near_secret and not isinstance(value, bool | int | float):
        return ""
    return f", found '{redact_text(redact_url(str(value)))[:60]}'"
