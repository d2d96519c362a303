import numpy as np
import pytest

from dogwatch import framing
from dogwatch.model import Box

PICTURE = np.zeros((48, 64, 3), np.uint8)


@pytest.mark.parametrize(
    ("box", "ratio", "expected"),
    [
        (Box(40, 40, 60, 60), 1.0, Box(39, 39, 61, 61)),
        (Box(0, 0, 20, 20), 1.0, Box(0, 0, 22, 22)),
        (Box(180, 80, 200, 100), 1.0, Box(178, 78, 200, 100)),
        (Box(90, 0, 100, 100), 16 / 9, Box(6, 0, 184, 100)),
        (Box(0, 40, 200, 60), 1.0, Box(0, 0, 200, 100)),
    ],
)
def test_the_cut_around_a_box_stays_inside_and_holds_it(box: Box, ratio: float, expected: Box) -> None:
    cut = framing.around(box, 200, 100, ratio=ratio, smallest=1)
    assert cut == expected
    assert cut.intersection(box) == box.area


def test_cropping_never_gives_an_empty_picture() -> None:
    assert framing.crop(PICTURE, Box(10, 10, 30, 20)).shape == (10, 20, 3)
    assert framing.crop(PICTURE, Box(500, 500, 400, 400)).shape == (1, 1, 3)
