"""The schema, the template and the manual agree with the models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dogwatch.config import parse
from dogwatch.config.reference import page
from dogwatch.config.schema import schema
from dogwatch.config.template import template

MANUAL = Path(__file__).parents[3] / "docs" / "configuration.md"


def test_the_manual_describes_every_key() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    assert text == page(text), "run: python -m dogwatch.config.reference docs/configuration.md"


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="marks"):
        page("# Nothing")


def described(value: dict[str, Any]) -> bool:
    """Tell whether the section that `value` refers to is described in the same words."""
    reference = value.get("anyOf", [{}])[0].get("$ref", "").rpartition("/")[2]
    return bool(schema()["$defs"].get(reference, {}).get("description"))


def test_every_key_of_the_schema_has_a_description() -> None:
    found = schema()
    missing = [
        f"{name}.{key}"
        for name, part in {"Config": found, **found["$defs"]}.items()
        for key, value in part.get("properties", {}).items()
        if not value.get("description") and not value.get("deprecated") and not described(value)
    ]
    assert missing == []


def test_the_schema_knows_short_forms_and_older_keys() -> None:
    definitions = schema()["$defs"]
    track = definitions["ObjectsConfig"]["properties"]["track"]
    assert {"type": "string"} in track["anyOf"]
    assert definitions["RecordConfig"]["properties"]["retain"]["deprecated"]
    assert definitions["CameraConfig"]["required"] == ["ffmpeg"]
    assert definitions["DetectConfig"]["additionalProperties"] is False
    assert schema()["properties"]["cameras"]["anyOf"][1] == {"type": "null"}


@pytest.mark.parametrize(
    "cameras",
    [{}, {"front": "rtsp://u:p@h/1"}, {"front": "rtsp://u:p#:{{x}}@h/1", "1-back": "/a 'b' \"c\".mp4", "no": "synthetic://x"}],
)  # fmt: skip
def test_the_template_loads_without_a_word(cameras: dict[str, str]) -> None:
    loaded = parse(template(cameras), env={})
    paths = {name: camera.ffmpeg.inputs[0].path for name, camera in loaded.config.cameras.items()}
    assert paths == {name: url.replace("{{", "{").replace("}}", "}") for name, url in cameras.items()}
    assert all(camera.record.enabled and camera.detect.enabled for camera in loaded.config.cameras.values())
    assert loaded.notices == []


def test_the_template_refuses_bad_names() -> None:
    with pytest.raises(ValueError, match="letters"):
        template({"a b": "rtsp://h"})
    with pytest.raises(ValueError, match="address"):
        template({"a": ""})
