"""Date and time in a corner of a still."""

from datetime import UTC

import numpy as np
import pytest

from dogwatch.media import jpeg
from dogwatch.media.picture import fitted
from dogwatch.media.stamped_still import stamped

GREY = jpeg.encode(np.full((480, 640, 3), 90, np.uint8), 95)


@pytest.mark.parametrize("size", [None, (320, 240), (640, 480)])
def test_the_time_stands_bottom_left(size: tuple[int, int] | None) -> None:
    picture = jpeg.decode(stamped(GREY, size, 1e9, UTC))
    width, height = size or (640, 480)
    assert picture.shape == (height, width, 3)
    written = np.abs(picture.astype(int) - 90).max(axis=2) > 60
    rows, columns = np.nonzero(written)
    assert rows.min() > height * 0.85
    assert columns.max() < width * 0.8
    assert len(rows) > 100
    later = jpeg.decode(stamped(GREY, size, 1e9 + 1, UTC))
    assert np.abs(picture.astype(int) - later).max() > 60


def test_a_camera_that_writes_it_itself() -> None:
    assert stamped(GREY, None, None, UTC) == GREY
    small = jpeg.decode(stamped(GREY, (320, 240), None, UTC))
    assert small.shape == (240, 320, 3)
    assert np.abs(small.astype(int) - 90).max() < 10


@pytest.mark.parametrize(("width", "height"), [(160, 90), (1, 1), (90, 160), (640, 480)])
def test_fitted(width: int, height: int) -> None:
    whole = fitted(np.full((480, 640, 3), 90, np.uint8), width, height)
    assert whole.shape == (height, width, 3)
    if width == 160:
        assert (whole[:, 20:140] == 90).all()
        assert not whole[:, :20].any()
        assert not whole[:, 140:].any()
