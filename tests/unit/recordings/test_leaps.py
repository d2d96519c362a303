"""Which steps of the clock count as leaps."""

import pytest

from dogwatch.recordings.leaps import BACK_S, HOLD_S, LEAP_S, Look, look

NOW = 1_795_000_000.0


@pytest.mark.parametrize(
    ("before", "every_s", "after"),
    [
        (None, 3600, Look(NOW)),
        (Look(NOW - 3600), 3600, Look(NOW)),
        (Look(NOW - LEAP_S), 3600, Look(NOW)),
        (Look(NOW - LEAP_S - 3601), 3600, Look(NOW, NOW + HOLD_S)),
        (Look(NOW - LEAP_S - 3601), 7200, Look(NOW)),
        (Look(NOW - 10, NOW + 50), 3600, Look(NOW, NOW + 50)),
        (Look(NOW + 10, NOW + 50), 3600, Look(NOW + 10, NOW + 50)),
        (Look(NOW + BACK_S + 1, NOW + 9e9), 3600, Look(NOW)),
    ],
)
def test_looks(before: Look | None, every_s: float, after: Look) -> None:
    assert look(before, NOW, every_s) == after
