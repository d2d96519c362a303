"""Thresholds of alerts, and what is told of their changes."""

import pytest

from dogwatch.edge.alerts import Damping, Level, Vitals, levels, overall
from dogwatch.edge.hardware import life_time, throttle


@pytest.mark.parametrize(
    ("vitals", "metric", "level"),
    [
        (Vitals(temp=64.9), "cpu_temp", "ok"),
        (Vitals(temp=65.0), "cpu_temp", "warn"),
        (Vitals(temp=79.9), "cpu_temp", "warn"),
        (Vitals(temp=80.0), "cpu_temp", "critical"),
        (Vitals(storage_pct=84.9), "storage", "ok"),
        (Vitals(storage_pct=85.0), "storage", "warn"),
        (Vitals(storage_pct=95.0), "storage", "critical"),
        (Vitals(sd_life_est=2), "sd_health", "ok"),
        (Vitals(sd_life_est=3), "sd_health", "warn"),
        (Vitals(sd_life_est=11), "sd_health", "critical"),
        (Vitals(throttled=False), "throttle", "ok"),
        (Vitals(throttled=True), "throttle", "critical"),
    ],
)
def test_thresholds(vitals: Vitals, metric: str, level: Level) -> None:
    assert levels(vitals) == {metric: level}
    assert overall(levels(vitals)) == level


def test_what_cannot_be_read_has_no_level() -> None:
    assert levels(Vitals(load=50.0, ram_pct=10.0)) == {}
    assert overall({}) == "ok"


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (["ok", "ok"], []),
        (["warn"], [("ok", "warn")]),
        (["critical", "warn", "critical"], [("ok", "critical")]),
        (["critical", "warn", "warn"], [("ok", "critical"), ("critical", "warn")]),
        (["critical", "warn", "ok", "ok"], [("ok", "critical"), ("critical", "ok")]),
        (["warn", "ok", "warn", "ok", "warn"], [("ok", "warn")]),
        (["warn", None, None], [("ok", "warn"), ("warn", "ok")]),
    ],
)
def test_a_rise_is_told_at_once_and_a_fall_when_two_agree(
    seen: list[Level | None], told: list[tuple[str, str]]
) -> None:
    damping = Damping()
    found = [damping.step({} if level is None else {"storage": level}) for level in seen]
    assert [(one.before, one.after) for step in found for one in step] == told


@pytest.mark.parametrize(
    ("text", "value"),
    [("0x01 0x0b", 11), ("0x0B", 11), ("0x02 0x01\n", 2), ("", None), ("unknown", None), ("0x", None), ("0x100", None)],
)
def test_the_life_of_a_card(text: str, value: int | None) -> None:
    assert life_time(text) == value


def test_flags_of_the_firmware() -> None:
    found = throttle(0x80002)
    assert {name for name, on in found.items() if on is True} == {"freq_capped_now", "soft_temp_limit_occurred"}
    assert len(found) == 9
