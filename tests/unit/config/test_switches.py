"""The table of switches, and the configuration in force under them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dogwatch.config import Config, parse
from dogwatch.config.switches import TABLE, overlaid, refusal, row, value_of, values_of
from tests.unit.config.strategies import configs
from tests.unit.config.test_roundtrip import written

CONFIG = parse(
    """
cameras:
  front:
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/", roles: [detect, record]}]}
    detect: {enabled: true}
    motion: {enabled: false, mask: {sky: {coordinates: "0,0,1,0,1,0.2"}}}
    objects: {mask: ["0,0,1,0,1,0.2", "0,0.5,1,0.5,1,0.6"]}
    zones: {porch: {coordinates: "0,0,1,0,1,1"}, lawn: {enabled: false, coordinates: "0,0,1,0,1,1"}}
    record: {enabled: true}
  back:
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.2/", roles: [detect]}]}
    detect: {enabled: false}
    motion: {enabled: false}
""",
    env={},
).config
FRONT, BACK = CONFIG.cameras["front"], CONFIG.cameras["back"]


def test_every_row_has_a_place_in_the_configuration() -> None:
    kinds = {name.partition("/")[0] for name in values_of(FRONT)}
    assert kinds == TABLE.keys()
    assert {found.name for found in TABLE.values() if found.kept} == {
        "enabled", "detect", "snapshots", "recordings", "audio"
    }  # fmt: skip


@pytest.mark.parametrize("name", ["", "zone", "zone/", "detect/x", "nothing", "zone/none", "motion_mask/none"])
def test_what_is_no_switch(name: str) -> None:
    assert value_of(FRONT, name) is None
    assert row(name) is None or name.endswith("/none")
    assert refusal(FRONT, FRONT, name, value=True)
    assert overlaid(CONFIG, {"back": {name: True}}) == overlaid(CONFIG, {})


@pytest.mark.parametrize(
    ("name", "value", "attribute"),
    [
        ("enabled", False, lambda camera: camera.enabled),
        ("recordings", False, lambda camera: camera.record.enabled),
        ("motion_threshold", 99, lambda camera: camera.motion.threshold),
        ("zone/porch", False, lambda camera: camera.zones["porch"].enabled),
        ("motion_mask/sky", False, lambda camera: camera.motion.mask[0].enabled),
        ("object_mask/mask_2", False, lambda camera: camera.objects.mask[1].enabled),
    ],
)
def test_a_switch_changes_its_key_and_no_other(name: str, value: Any, attribute: Any) -> None:
    base = overlaid(CONFIG, {})
    now = overlaid(CONFIG, {"front": {name: value}})
    camera = now.cameras["front"]
    assert attribute(camera) == value
    assert value_of(camera, name) == value
    assert {**values_of(camera), name: 0} == {**values_of(FRONT), name: 0}
    assert now.cameras["back"] is base.cameras["back"]
    assert camera.ffmpeg is FRONT.ffmpeg


def test_detection_needs_motion() -> None:
    assert overlaid(CONFIG, {}).cameras["front"].motion.enabled
    assert overlaid(CONFIG, {"back": {"detect": True}}).cameras["back"].motion.enabled
    assert not overlaid(CONFIG, {"front": {"detect": False}}).cameras["front"].motion.enabled
    now = overlaid(CONFIG, {"front": {"detect": False}}).cameras["front"]
    assert refusal(FRONT, FRONT, "motion", value=False) == "objects are detected, which needs motion"
    assert refusal(FRONT, now, "motion", value=False) is None


@pytest.mark.parametrize(
    ("name", "value"), [("zone/lawn", True), ("audio", True), ("motion_threshold", 0), ("motion_threshold", True),
                        ("birdseye_mode", "SOMETHING"), ("detect", 1), ("review_descriptions", True)]
)  # fmt: skip
def test_what_the_rules_forbid_is_refused_and_never_laid_over(name: str, value: object) -> None:
    assert refusal(FRONT, FRONT, name, value)
    assert overlaid(CONFIG, {"front": {name: value}}) == overlaid(CONFIG, {})  # type: ignore[dict-item]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(configs, st.data())
def test_a_switched_configuration_is_that_of_a_file_that_says_so(value: dict[str, Any], data: st.DataObject) -> None:
    file = parse(written(value), env={}).config
    switched: dict[str, dict[str, Any]] = {}
    for name, camera in file.cameras.items():
        for switch, now in values_of(camera).items():
            found = row(switch)
            assert found
            wanted = st.integers(*found.numbers) if found.numbers else st.sampled_from(found.words or (True, False))
            chosen = data.draw(st.one_of(st.none(), wanted))
            if chosen is not None:
                switched.setdefault(name, {})[switch] = chosen
                assert found.takes(now)
    config = overlaid(file, switched)
    assert Config.model_validate(config.model_dump()) == config
    assert overlaid(config, {}) is config
    for name, camera in config.cameras.items():
        for switch, now in values_of(camera).items():
            written_value = value_of(file.cameras[name], switch)
            found = row(switch)
            assert found
            allowed = written_value or not found.gated
            wish = switched.get(name, {}).get(switch, written_value) if allowed else written_value
            assert now == (wish or camera.detect.enabled if switch == "motion" else wish)
