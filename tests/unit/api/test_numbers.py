"""No route takes a number without bounds, and what lies outside is refused in the contract's form."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from dogwatch.api import numbers
from tests.routes import openapi

OURS_NOT = "ValidationError"  # FastAPI's own answer


def unbounded(schema: Any, where: str) -> Iterator[str]:
    if isinstance(schema, dict):
        if schema.get("type") in ("integer", "number") and not (
            {"minimum", "exclusiveMinimum"} & schema.keys() and {"maximum", "exclusiveMaximum"} & schema.keys()
        ):
            yield where
        for key, value in schema.items():
            yield from unbounded(value, f"{where}/{key}")
    elif isinstance(schema, list):
        for value in schema:
            yield from unbounded(value, where)


def test_every_number_of_every_route_has_bounds() -> None:
    document = openapi()
    found = [
        place
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for parameter in operation.get("parameters", [])
        for place in unbounded(parameter, f"{method} {path} {parameter['name']}")
    ]
    for name, schema in document["components"]["schemas"].items():
        found += unbounded(schema, name) if name != OURS_NOT else ()
    assert found == []


ODD = ("nan", "inf", "-inf", "1e400", "9" * 400, "9" * 5000, str(2**63), str(-(2**63) - 1), "1e18", "-1e18", "", "0x1")
KINDS = ("Time", "Real", "Whole", "Seconds", "Padding", "Height", "Limit")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ODD)
def test_odd_numbers(kind: str, text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(getattr(numbers, kind)).validate_python(text)


def test_all_kinds_are_tried() -> None:
    assert {name for name in vars(numbers) if name[0].isupper() and not name.isupper()} - {
        "Annotated", "Interval", "AllowInfNan",
    } == set(KINDS)  # fmt: skip
