import pytest

from dogwatch.model import Box, Detection
from dogwatch.vision.attributes import assign
from dogwatch.vision.best_picture import View, is_better
from tests.unit.vision.strategies import SIZES

MIDDLE, EDGE = Box(100, 100, 200, 300), Box(0, 100, 100, 300)
FACE = Detection("face", 0.8, Box(130, 110, 160, 140))
LOGO = Detection("ups", 0.8, Box(130, 110, 160, 140))


def view(time: float = 1.0, score: float = 0.8, box: Box = MIDDLE, attributes: tuple[Detection, ...] = ()) -> View:
    return View(time, score, box, Box(0, 0, 416, 416), attributes)


@pytest.mark.parametrize(
    ("new", "old", "wins"),
    [
        (view(), None, True),
        (view(), view(), False),
        (view(time=60.9), view(time=1.0), False),
        (view(time=61.0), view(time=1.0), True),
        (view(score=0.84), view(score=0.8), False),
        (view(score=0.85), view(score=0.8), True),
        (view(box=Box(100, 100, 200, 319)), view(), False),
        (view(box=Box(100, 100, 200, 321)), view(), True),
        (view(), view(box=EDGE, score=0.99), True),
        (view(box=EDGE, score=0.99), view(), False),
        (view(attributes=(FACE,), score=0.5), view(score=0.9), True),
        (view(score=0.99), view(attributes=(FACE,), score=0.5), False),
        (view(attributes=(FACE,)), view(attributes=(LOGO,)), True),
    ],
)
def test_the_better_view(new: View, old: View | None, wins: bool) -> None:
    assert is_better(new, old, SIZES, timeout=60.0) is wins


def test_a_face_belongs_to_the_smallest_person_around_it() -> None:
    crowd = {
        1: Detection("person", 0.9, Box(0, 0, 400, 400)),
        2: Detection("person", 0.9, Box(100, 100, 200, 300)),
        3: Detection("car", 0.9, Box(120, 100, 180, 150)),
    }
    owned = assign([FACE, Detection("face", 0.7, Box(900, 0, 910, 10))], crowd, {"person": ("face",)})
    assert owned == {2: (FACE,)}
