"""Compares JSON answers with the OpenAPI document that describes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

JSON = "application/json"
Schema = dict[str, Any]


class DescribedAnswers:
    """The answers that a document describes."""

    def __init__(self, document: dict[str, Any]) -> None:
        """Take `document`, whose references are all to its own components."""
        self._paths, self._components = document["paths"], document["components"]
        self._validators: dict[tuple[str, str, int], jsonschema_rs.Validator] = {}

    def wrong(self, method: str, template: str, status: int, value: Any) -> str:
        """Return what is wrong with a JSON answer of a route; empty if it is described so, with all of its keys."""
        found = self._paths[template.replace(":path}", "}")][method.lower()]["responses"].get(str(status))
        if found is None:
            return f"{status} is not described"
        content = found.get("content", {})
        if JSON not in content:
            return "" if "*/*" in content else f"no JSON is described for {status}"
        schema = content[JSON].get("schema", {})
        key = method, template, status
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.validator_for({**schema, "components": self._components})
        errors = [f"{list(one.instance_path)}: {one.message}"[:300] for one in self._validators[key].iter_errors(value)]
        return "; ".join(errors) or "; ".join(self._unknown(schema, value, "answer"))

    def _unknown(self, schema: Schema, value: Any, place: str) -> Iterator[str]:
        """Yield the keys of `value` that its schema does not name."""
        if "$ref" in schema:
            schema = self._components["schemas"][schema["$ref"].rpartition("/")[2]]
        if "anyOf" in schema:
            each = [list(self._unknown(one, value, place)) for one in schema["anyOf"] if self._fits(one, value)]
            yield from min(each, key=len)
        elif isinstance(value, list) and isinstance(items := schema.get("items"), dict):
            for number, one in enumerate(value):
                yield from self._unknown(items, one, f"{place}[{number}]")
        elif isinstance(value, dict):
            named, others = schema.get("properties"), schema.get("additionalProperties")
            for key, one in value.items():
                if named is not None and key in named:
                    yield from self._unknown(named[key], one, f"{place}.{key}")
                elif isinstance(others, dict):
                    yield from self._unknown(others, one, f"{place}.{key}")
                elif named is not None:
                    yield f"{place}.{key} is not described"

    def _fits(self, schema: Schema, value: Any) -> bool:
        return jsonschema_rs.is_valid({**schema, "components": self._components}, value)
