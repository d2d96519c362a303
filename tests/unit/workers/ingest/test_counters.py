import dataclasses

import pytest

from dogwatch.workers.ingest.counters import MEASURED_S, InputCounters, RateMeter
from tests.unit.workers.ingest.units import stream, unit


def test_the_rate_is_measured_over_the_first_seconds() -> None:
    counters = InputCounters()
    meter = RateMeter(counters)
    units = stream(100, fps=12.5)
    enough = int(MEASURED_S * 12.5)
    for one in units[:enough]:
        meter.feed(one)
        meter.feed(unit(one.time, video=False))
    assert counters.fps == 0.0
    for one in units[enough:]:
        meter.feed(one)
    assert counters.fps == pytest.approx(12.5)
    for one in stream(100, fps=3.0, start=100.0):  # what comes after changes nothing
        meter.feed(one)
    assert counters.fps == pytest.approx(12.5)


def test_a_jump_of_the_clock_begins_anew() -> None:
    counters = InputCounters()
    meter = RateMeter(counters)
    before, (first, *after) = stream(20), stream(40, start=1000.0)
    for one in (*before, dataclasses.replace(first, jumped=True), *after):
        meter.feed(one)
    assert counters.fps == pytest.approx(10.0)
