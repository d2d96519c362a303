"""The JSON schema of the configuration file, for editors that complete and check YAML."""

from __future__ import annotations

import functools
from typing import Any, TypeAlias

from dogwatch.config.root import Config

Schema: TypeAlias = dict[str, Any]
DEFINITIONS, PARTIAL = "#/$defs/", "Profile"
OLDER: dict[str, dict[str, Schema]] = {
    "RecordConfig": {
        "retain": {
            "type": "object",
            "properties": {"days": {"type": "number"}, "mode": {"enum": ["all", "motion", "active_objects"]}},
        },
        "retain_days": {"type": "number"},
        "events": {"type": "object"},
    },
    "LiveConfig": {"stream_name": {"type": "string"}},
    "UiConfig": {"use_experimental": {"type": "boolean"}, "live_mode": {"type": "string"}},
    "CameraConfig": {
        "rtmp": {"type": "object"},
        "clips": {"type": "object"},
        "width": {"type": "integer"},
        "height": {"type": "integer"},
        "fps": {"type": "number"},
    },
}
"""Keys of older files that are read and turned into the present ones."""


@functools.cache
def schema() -> Schema:
    """Return the schema, which takes a third of a second to make.

    Sections may be empty, and keys of older files are marked as deprecated.
    """
    result = Config.model_json_schema(mode="validation")
    result["title"] = "Dogwatch configuration"
    result["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    definitions: dict[str, Schema] = result["$defs"]
    for name, keys in OLDER.items():
        for key, value in keys.items():
            definitions[name]["properties"][key] = {**value, "deprecated": True}
    for name in ("rtmp", "clips"):
        result["properties"][name] = {"type": "object", "deprecated": True}
    for part in (result, *definitions.values()):
        for key, value in part.get("properties", {}).items():
            part["properties"][key] = _may_be_empty(value)
    definitions["CameraConfig"]["properties"].pop("name", None)
    _add_profiles(definitions)
    return result


def _add_profiles(definitions: dict[str, Schema]) -> None:
    """Let a profile's part of a camera hold any of the camera's keys, none of which is required."""
    profiles = definitions["CameraConfig"]["properties"].pop("profiles")
    partial: dict[str, Schema] = {}

    def part(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: part(entry) for name, entry in value.items() if name not in ("required", "profiles")}
        if isinstance(value, list):
            return [part(entry) for entry in value]
        if isinstance(value, str) and value.startswith(DEFINITIONS):
            name = value.removeprefix(DEFINITIONS)
            if name not in partial:
                partial[name] = {}
                partial[name] = part(definitions[name])
            return f"{DEFINITIONS}{PARTIAL}{name}"
        return value

    reference = part(f"{DEFINITIONS}CameraConfig")
    definitions |= {PARTIAL + name: value for name, value in partial.items()}
    inner = {"type": "object", "additionalProperties": {"anyOf": [{"$ref": reference}, {"type": "null"}]}}
    definitions["CameraConfig"]["properties"]["profiles"] = {
        **{name: profiles[name] for name in ("description",) if name in profiles}, "anyOf": [inner, {"type": "null"}]
    }  # fmt: skip


def _may_be_empty(value: Schema) -> Schema:
    """Let a section or map be written without content (`detect:`)."""
    is_map = "$ref" in value or value.get("type") == "object"
    if not is_map:
        return value
    outer: Schema = {name: value[name] for name in ("description", "deprecated") if name in value}
    inner = {name: entry for name, entry in value.items() if name not in outer}
    return {**outer, "anyOf": [inner, {"type": "null"}]}
