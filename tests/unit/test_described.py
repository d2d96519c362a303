"""Answers that the OpenAPI document does not describe are found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.described import DescribedAnswers

TEXT = {"type": "string"}
ROW = {"type": "object", "properties": {"id": TEXT, "end": {"anyOf": [TEXT, {"type": "null"}]}}, "required": ["id"]}
ROWS = {"type": "array", "items": {"$ref": "#/components/schemas/Row"}}
DOCUMENT = {
    "paths": {
        "/rows/{path}": {
            "get": {
                "responses": {
                    "200": {"content": {"application/json": {"schema": ROWS}}},
                    "202": {"content": {"application/json": {"schema": {"anyOf": [TEXT, ROWS]}}}},
                    "203": {"content": {"application/json": {"schema": {"additionalProperties": ROWS}}}},
                    "206": {"content": {"video/mp4": {}}},
                    "304": {"content": {"*/*": {}}},
                }
            }
        }
    },
    "components": {"schemas": {"Row": ROW}},
}


@pytest.mark.parametrize(
    ("status", "value", "said"),
    [
        (200, [{"id": "a"}, {"id": "b", "end": None}], ""),
        (200, [], ""),
        (200, [{"id": 5}], "[0, 'id']"),
        (200, [{"end": "x"}], "required"),
        (200, [{"id": "a"}, {"id": "b", "more": 1}], "answer[1].more is not described"),
        (202, "text", ""),
        (202, [{"id": "a"}], ""),
        (202, [{"id": "a", "more": 1}], "answer[0].more is not described"),
        (203, {"any": [{"id": "a"}]}, ""),
        (203, {"any": [{"id": "a", "more": 1}]}, "answer.any[0].more is not described"),
        (206, {}, "no JSON is described"),
        (304, {}, ""),
        (404, {}, "404 is not described"),
    ],
)
def test_what_is_not_described_is_found(status: int, value: Any, said: str) -> None:
    found = DescribedAnswers(DOCUMENT).wrong("GET", "/rows/{path:path}", status, value)
    assert (said in found) if said else not found
