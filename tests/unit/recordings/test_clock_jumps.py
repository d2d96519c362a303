"""Which steps of the clock count as leaps."""

import pytest

from dogwatch.recordings.clock_jumps import HOLD_S, JUMP_S, STEP_S, ClockReading, compare

NOW = 1_795_000_000.0


@pytest.mark.parametrize(
    ("before", "every_s", "after"),
    [
        (None, 3600, ClockReading(NOW)),
        (ClockReading(NOW - 3600), 3600, ClockReading(NOW)),
        (ClockReading(NOW - JUMP_S), 3600, ClockReading(NOW)),
        (ClockReading(NOW - JUMP_S - 3601), 3600, ClockReading(NOW, NOW + HOLD_S, JUMP_S + 3601)),
        (ClockReading(NOW - JUMP_S - 3601), 7200, ClockReading(NOW)),
        (ClockReading(NOW - 10, NOW + 50), 3600, ClockReading(NOW, NOW + 50)),
        (ClockReading(NOW + 10, NOW + 50), 3600, ClockReading(NOW + 10, NOW + 50)),
        (ClockReading(NOW + 3601, NOW + 9e9), 3600, ClockReading(NOW)),
    ],
)
def test_looks(before: ClockReading | None, every_s: float, after: ClockReading) -> None:
    assert compare(before, NOW, every_s) == after


@pytest.mark.parametrize(
    ("before", "passed_s", "after"),
    [
        (ClockReading(NOW - 3600), 3600.0, ClockReading(NOW)),
        (ClockReading(NOW - 3600 + STEP_S), 3600.0, ClockReading(NOW)),
        (ClockReading(NOW - 3600), 10.0, ClockReading(NOW, NOW + HOLD_S, 3590.0)),
        (ClockReading(NOW - 9 * JUMP_S), 9 * JUMP_S, ClockReading(NOW)),
        (ClockReading(NOW - 10, NOW + 50, 3600.0), 10.0, ClockReading(NOW, NOW + 50, 3600.0)),
        (ClockReading(NOW - 60, NOW - 1, 3600.0), 60.0, ClockReading(NOW)),
        (ClockReading(NOW + 3500, NOW + 9000, 3600.0), 100.0, ClockReading(NOW)),
        (ClockReading(NOW + 500, NOW + 9000, 3600.0), 100.0, ClockReading(NOW, NOW + 8400, 3000.0)),
    ],
    ids=["no step", "a correction", "an hour", "a long sleep", "held", "held no more", "undone", "undone in part"],
)
def test_steps_within_a_run(before: ClockReading, passed_s: float, after: ClockReading) -> None:
    assert compare(before, NOW, 3600, passed_s) == after
