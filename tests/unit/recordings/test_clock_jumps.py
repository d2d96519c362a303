"""Which steps of the clock count as leaps."""

import pytest

from dogwatch.recordings.clock_jumps import HOLD_S, LEAP_S, STEP_S, Look, look

NOW = 1_795_000_000.0


@pytest.mark.parametrize(
    ("before", "every_s", "after"),
    [
        (None, 3600, Look(NOW)),
        (Look(NOW - 3600), 3600, Look(NOW)),
        (Look(NOW - LEAP_S), 3600, Look(NOW)),
        (Look(NOW - LEAP_S - 3601), 3600, Look(NOW, NOW + HOLD_S, LEAP_S + 3601)),
        (Look(NOW - LEAP_S - 3601), 7200, Look(NOW)),
        (Look(NOW - 10, NOW + 50), 3600, Look(NOW, NOW + 50)),
        (Look(NOW + 10, NOW + 50), 3600, Look(NOW + 10, NOW + 50)),
        (Look(NOW + 3601, NOW + 9e9), 3600, Look(NOW)),
    ],
)
def test_looks(before: Look | None, every_s: float, after: Look) -> None:
    assert look(before, NOW, every_s) == after


@pytest.mark.parametrize(
    ("before", "passed_s", "after"),
    [
        (Look(NOW - 3600), 3600.0, Look(NOW)),
        (Look(NOW - 3600 + STEP_S), 3600.0, Look(NOW)),
        (Look(NOW - 3600), 10.0, Look(NOW, NOW + HOLD_S, 3590.0)),
        (Look(NOW - 9 * LEAP_S), 9 * LEAP_S, Look(NOW)),
        (Look(NOW - 10, NOW + 50, 3600.0), 10.0, Look(NOW, NOW + 50, 3600.0)),
        (Look(NOW - 60, NOW - 1, 3600.0), 60.0, Look(NOW)),
        (Look(NOW + 3500, NOW + 9000, 3600.0), 100.0, Look(NOW)),
        (Look(NOW + 500, NOW + 9000, 3600.0), 100.0, Look(NOW, NOW + 8400, 3000.0)),
    ],
    ids=["no step", "a correction", "an hour", "a long sleep", "held", "held no more", "undone", "undone in part"],
)
def test_steps_within_a_run(before: Look, passed_s: float, after: Look) -> None:
    assert look(before, NOW, 3600, passed_s) == after
