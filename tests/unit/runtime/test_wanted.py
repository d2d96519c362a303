"""Which workers are left alone, told of another spec, or replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from dogwatch.config import Config, parse
from dogwatch.config.switches import overlaid
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.specs import all_specs, can_follow
from tests.unit.runtime.stage import Stage, texts

PATHS = Paths(Path("/data"), Path("/media"), Path("/run/dog"), "/dev/shm")
CAMERAS = """
cameras:
  front: {ffmpeg: {inputs: [{path: 'rtsp://x/a'}]}, detect: {enabled: true}, record: {enabled: true}}
  back: {ffmpeg: {inputs: [{path: 'rtsp://x/b'}]}, detect: {enabled: true}}
"""


def config(text: str = CAMERAS) -> Config:
    return parse(text, env={}).config


async def test_a_switch_reaches_its_worker_over_the_link(stage: Stage) -> None:
    first = all_specs(config(), PATHS)
    stage.take_over(texts(first))
    assert stage.change(first) == []
    assert stage.reconfigured() == []
    switched = overlaid(config(), {"front": {"motion_threshold": 99, "recordings": False}})
    second = all_specs(switched, PATHS)
    assert stage.change(second) == []
    told = stage.reconfigured()
    assert told == [(*key, text) for key, text in texts(second).items() if text != texts(first)[key]]
    assert [key[:2] for key in told] == [("ingest", "front"), ("analysis", "0")]
    assert stage.change(second) == []
    assert stage.reconfigured() == []
    assert stage.change(first) == []  # and back
    assert stage.reconfigured() == [(*key, texts(first)[key]) for key in (("ingest", "front"), ("analysis", "0"))]


async def test_a_camera_that_is_switched_off_keeps_its_workers(stage: Stage) -> None:
    first = all_specs(config(), PATHS)
    stage.take_over(texts(first))
    off = overlaid(config(), {"front": {"enabled": False}})
    second = all_specs(off, PATHS, kept=["front", "back"])
    assert texts(second).keys() == texts(first).keys()
    assert stage.change(second) == []
    assert [key[:2] for key in stage.reconfigured()] == [("ingest", "front"), ("analysis", "0")]
    assert ("ingest", "front") not in texts(all_specs(off, PATHS))


async def test_who_cannot_follow_is_replaced_alone(stage: Stage) -> None:
    stage.take_over(texts(all_specs(config(), PATHS)))
    assert stage.change(all_specs(config(CAMERAS.replace("x/b", "x/c")), PATHS)) == [("ingest", "back")]
    assert stage.reconfigured() == []


def test_a_spec_of_another_version_cannot_be_followed(caplog: pytest.LogCaptureFixture) -> None:
    text = texts(all_specs(config(), PATHS))["analysis", "0"]
    assert can_follow("analysis", text, text)
    assert not can_follow("analysis", '{"name": 5}', text)
    assert not can_follow("something", text, text)
    assert "another version" in caplog.text
