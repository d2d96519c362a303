"""When the wall clock was set."""

import pytest

from dogwatch.workers.encoding.clock_steps import ClockSteps


@pytest.mark.parametrize(
    ("at", "now", "stepped"),
    [
        (1000.1, 10.1, False),
        (999.5, 10.1, False),  # a little
        (998.9, 10.1, True),
        (-2600.0, 10.1, True),
        (1029.0, 10.1, False),  # pictures that come together
        (1031.0, 10.1, True),
        (4600.0, 3610.0, False),  # nothing has moved for an hour
    ],
)
def test_steps(at: float, now: float, stepped: bool) -> None:
    steps = ClockSteps()
    assert not steps.stepped(1000.0, 10.0)
    assert steps.stepped(at, now) is stepped
    assert not steps.stepped(at + 0.1, now + 0.1)
