"""When the disk of the recordings will be full."""

import pytest

from dogwatch.recordings.growth import UNKNOWN, FullDisk, forecast
from dogwatch.store.growth import Growth

NOW, DAY = 1_795_000_000.0, 86400.0
GB = 10**9


@pytest.mark.parametrize(
    ("found", "free", "expected"),
    [
        (Growth(0, 0, 0, None), 9 * GB, UNKNOWN),
        (Growth(5 * GB, 0, 0, NOW - 599), 9 * GB, UNKNOWN),
        (Growth(5 * GB, 0, 0, NOW - DAY - 400), 11 * GB, FullDisk(5 * GB, 2.0)),
        (Growth(5 * GB, 0, 0, NOW - DAY / 2), 11 * GB, FullDisk(10 * GB, 1.0)),
        (Growth(5 * GB, 3 * GB, 0, NOW - DAY), 11 * GB, FullDisk(2 * GB, 5.0)),
        (Growth(5 * GB, 5 * GB, 0, NOW - DAY), 11 * GB, FullDisk(0, None)),
        (Growth(5 * GB, 6 * GB, 0, NOW - DAY), 11 * GB, FullDisk(-GB, None)),
        (Growth(5 * GB, 0, 5 * GB, NOW - DAY), 2 * GB, FullDisk(5 * GB, 0.0)),
        (Growth(5 * GB, 0, 0, NOW - DAY), GB // 2, FullDisk(5 * GB, 0.0)),
    ],
    ids=[
        "nothing",
        "too new",
        "a day",
        "half a day",
        "some expires",
        "steady",
        "shrinks",
        "made room",
        "below the floor",
    ],
)
def test_forecast(found: Growth, free: int, expected: FullDisk) -> None:
    assert forecast(found, free, GB, NOW) == expected
