"""Properties that hold for every configuration."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dogwatch.config import ConfigErrors, parse
from dogwatch.config.edit import edited, flatten
from dogwatch.config.effective import effective
from dogwatch.config.root import Config
from dogwatch.errors import ConfigError
from tests.unit.config.files import ENV, MIDDLE, NEWEST, OLDEST
from tests.unit.config.strategies import configs

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def written(value: dict[str, Any]) -> str:
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(value, stream)
    return stream.getvalue()


@quick
@given(configs)
def test_what_was_written_is_what_is_loaded(value: dict[str, Any]) -> None:
    config = parse(written(value), env={}).config
    assert list(config.cameras) == sorted(value["cameras"])
    for name, camera in value["cameras"].items():
        loaded = config.cameras[name]
        fps = camera.get("detect", {}).get("fps", value.get("detect", {}).get("fps", 5))
        assert loaded.detect.fps == fps
        assert loaded.objects.track == camera.get("objects", {}).get("track", ["person"])
        assert {zone: entry.coordinates for zone, entry in loaded.zones.items()} == {
            zone: entry["coordinates"] for zone, entry in camera["zones"].items()
        }


@quick
@given(configs)
def test_a_dumped_configuration_validates_to_itself(value: dict[str, Any]) -> None:
    config = parse(written(value), env={}).config
    assert Config.model_validate(config.model_dump()) == config


@quick
@given(configs)
def test_the_effective_configuration_is_json(value: dict[str, Any]) -> None:
    answer = effective(parse(written(value), env={}).config)
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer


@quick
@given(configs)
def test_a_file_written_key_by_key_is_the_same_file(value: dict[str, Any]) -> None:
    assert parse(edited("", flatten(value)), env={}).config == parse(written(value), env={}).config


JUNK: list[Any] = [
    None, 5, -1, 1.5, True, "", "x", "0,0,1", "1,2,3,4,5,6", [], {}, [1], {"a": 1}, [None], [[1]], [{"a": None}],
    10**30, "preset-rtsp-udp", "-a 'b", "rtsp://127.0.0.1:8554/x", "{FRIGATE_USER}", "{x}", "rtsp://[::1", 1e308,
]  # fmt: skip


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every map or list with each of its keys."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield value, key
        yield from places(entry)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([OLDEST, MIDDLE, NEWEST]), st.data())
def test_a_damaged_file_works_or_is_reported(text: str, data: st.DataObject) -> None:
    damaged = YAML(typ="safe", pure=True).load(text)
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(list(places(damaged))))
        holder[key] = copy.deepcopy(data.draw(st.sampled_from(JUNK)))  # the next round may damage it
    try:
        config = parse(written(damaged), env=ENV).config
    except ConfigErrors:
        return
    assert effective(config)["cameras"].keys() == config.cameras.keys()


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab: -{}[]&*#\n\t'\"1,|<>!%@`?", max_size=60))
def test_any_text_loads_or_says_what_is_wrong(text: str) -> None:
    found: list[ConfigError] = []
    try:
        parse(text, env={})
    except ConfigErrors as failure:
        found = failure.errors
        failed = True
    else:
        failed = False
    assert failed == bool(found)
    assert all(error.message for error in found)
