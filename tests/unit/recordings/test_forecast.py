"""What `dogwatch check` says of a camera agrees with the rules of retention."""

from __future__ import annotations

import pytest

from dogwatch.config import parse
from dogwatch.config.camera import CameraConfig
from dogwatch.recordings.forecast import MBIT, Forecast, forecast
from dogwatch.recordings.rules import DAY_S
from dogwatch.store.measured import Measured
from tests.unit.config.files import SMALL

ALL = "continuous: {days: 1}, motion: {days: 3}, alerts: {retain: {days: 14}}, detections: {retain: {days: 7}}"
NOTHING = "alerts: {retain: {days: 0}}, detections: {retain: {days: 0}}"
KNOWN = Measured(1_000_000, motion=0.5, alerts=0.1, detections=0.2)


def camera(text: str) -> CameraConfig:
    return parse(SMALL + text, env={}).config.cameras["front"]


def told(text: str, known: Measured | None = KNOWN) -> Forecast:
    return forecast(camera(text), known)


def test_each_kind_has_its_time_and_its_setting() -> None:
    found = told(f"    record: {{enabled: true, {ALL}}}\n")
    assert [(kept.what, kept.days) for kept in found.kept] == [
        ("everything", 1), ("with motion or sound", 3), ("alerts", 14), ("detections", 7),
        ("what nobody has analysed", 14),
    ]  # fmt: skip
    assert [kept.setting for kept in found.kept][:2] == ["record.continuous.days", "record.motion.days"]
    assert found.size_bytes == pytest.approx((1 + 2 * 0.5 + 11 * 0.1 + 4 * 0.2) * DAY_S * 1_000_000, rel=1e-6)
    assert "measured over the last days: 8.0 Mbit/s" in found.basis
    assert found.warnings == ()


def test_defaults_are_called_so() -> None:
    found = told("    record: {enabled: true}\n", None)
    assert found.kept[2].setting == "record.alerts.retain.days, by default; mode motion"
    assert "assumed, as nothing has been recorded yet: 4.0 Mbit/s" in found.basis


@pytest.mark.parametrize(("motion", "days"), [(True, 14), (False, 20)])
def test_a_camera_without_detection_keeps_everything(motion: bool, days: float) -> None:
    record = "continuous: {days: 1}, motion: {days: 20}, alerts: {retain: {days: 14}}"
    detect = "    detect: {enabled: false}\n" + ("" if motion else "    motion: {enabled: false}\n")
    found = told(f"    record: {{enabled: true, {record}}}\n{detect}")
    assert found.kept[-1].days == days
    moving = (20 - days) * 0.5 if motion else 0.0
    assert found.size_bytes == pytest.approx((days + moving) * DAY_S * 1_000_000, rel=1e-6)


@pytest.mark.parametrize(
    ("detect", "rate"),
    [("640, height: 360", 1), ("1280, height: 720", 2), ("1920, height: 1080", 4), ("3840, height: 2160", 10)],
)
def test_an_assumption_goes_by_the_size_of_the_picture(detect: str, rate: float) -> None:
    text = f"    detect: {{width: {detect}}}\n    record: {{enabled: true, continuous: {{days: 1}}, {NOTHING}}}\n"
    found = told(text, None)
    assert found.size_bytes == pytest.approx(rate * MBIT * DAY_S, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"    record: {{enabled: true, {NOTHING}}}\n", "nothing is kept: every days setting is 0"),
        (
            "    record: {enabled: true}\n    review: {alerts: {enabled: false}, detections: {enabled: false}}\n",
            "no alerts or detections are made",
        ),
        ("    record: {enabled: true}\n    objects: {track: []}\n", "no alerts or detections are made"),
    ],
)
def test_recording_for_nothing_is_warned_of(text: str, words: str) -> None:
    (warning,) = told(text).warnings
    assert words in warning


def test_a_budget_is_the_most() -> None:
    found = told(f"    record: {{enabled: true, budget: 500, {ALL}}}\n")
    assert found.size_bytes == 500 << 20
    assert found.kept[-1].setting == "record.budget"


@pytest.mark.parametrize("text", ["", "    record: {enabled: true}\n    enabled: false\n"])
def test_what_is_not_recorded_takes_nothing(text: str) -> None:
    found = told(text)
    assert (found.records, found.size_bytes) == (False, 0)
