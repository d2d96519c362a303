import numpy as np
import pytest

from dogwatch.media.overlay import Canvas, LabelledBox, TimestampStyle, label_colour, labelled_box
from dogwatch.media.picture import Picture, black
from dogwatch.model import Box, TrackedObject


def grey() -> Picture:
    return np.full((360, 640, 3), 90, np.uint8)


def changed(picture: Picture) -> tuple[int, int, int, int]:
    """The bounding box x1, y1, x2, y2 (inclusive) of what differs from `grey`."""
    rows, columns = np.nonzero((picture != 90).any(axis=2))
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def person(path: tuple[tuple[float, float, float], ...] = ()) -> TrackedObject:
    return TrackedObject(
        "1.0-aaaaaa", "front", "person", 1.0, 1.0, Box(80, 60, 120, 100), Box(0, 0, 160, 160), 0.78, 0.8, 0.8, False,
        path=path,
    )  # fmt: skip


def test_boxes_are_scaled_from_the_detect_frame_to_the_picture() -> None:
    picture = grey()
    Canvas(picture, 320, 180).labelled_boxes([LabelledBox(Box(80, 60, 120, 100), "", (255, 0, 0))])
    assert changed(picture) == (160, 120, 239, 199)
    assert picture[120, 200].tolist() == [0, 0, 255]  # RGB red is BGR blue's place


def test_an_object_is_marked_with_label_score_and_area() -> None:
    mark = labelled_box(person(), {"person": (1, 2, 3)})
    assert (mark.text, mark.colour) == ("person: 78% 1600", (1, 2, 3))
    picture = grey()
    Canvas(picture, 320, 180).objects([person()])
    assert changed(picture)[1] < 120  # the text stands above the box


def test_a_text_at_the_upper_edge_stays_inside() -> None:
    picture = grey()
    Canvas(picture, 320, 180).labelled_boxes([LabelledBox(Box(0, 0, 40, 40), "person", (0, 255, 0))])
    assert (picture[2:20, 2:60] == [0, 255, 0]).all(axis=2).sum() > 100


def test_zones_masks_motion_regions_and_paths_are_drawn() -> None:
    square = [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)]
    picture = grey()
    Canvas(picture, 320, 180).zones({"porch": square}, {"porch": (0, 0, 255)})
    assert picture[90, 320].tolist() == [255, 0, 0]
    assert picture[180, 320].tolist() == [90, 90, 90]
    picture = grey()
    Canvas(picture, 320, 180).masks([square])
    assert picture[180, 320].tolist() == [0, 0, 0]
    picture = grey()
    Canvas(picture, 320, 180).motion([Box(10, 10, 20, 20)])
    assert picture[20, 20].tolist() == [0, 0, 255]
    picture = grey()
    Canvas(picture, 320, 180).regions([Box(10, 10, 20, 20)])
    assert picture[20, 20].tolist() == [0, 255, 0]
    picture = grey()
    Canvas(picture, 320, 180, {"person": (0, 255, 0)}).paths([person(((0.25, 0.5, 1.0), (0.5, 0.5, 2.0)))])
    assert picture[180, 240].tolist() == [0, 255, 0]


@pytest.mark.parametrize(("position", "left", "top"), [("tl", 1, 1), ("tr", 0, 1), ("bl", 1, 0), ("br", 0, 0)])
def test_the_time_stands_in_its_corner(position: str, left: int, top: int) -> None:
    picture = grey()
    Canvas(picture, 320, 180).timestamp(0.0, TimestampStyle(position=position, format="%H:%M"))  # type: ignore[arg-type]
    x1, y1, x2, y2 = changed(picture)
    assert (x2 < 320) == bool(left)
    assert (y2 < 180) == bool(top)
    assert x1 >= 0
    assert y1 >= 0


@pytest.mark.parametrize(("colour", "ground"), [((255, 255, 255), 0), ((0, 0, 0), 255)])
def test_solid_ground_stands_out_from_the_letters(colour: tuple[int, int, int], ground: int) -> None:
    picture = grey()
    Canvas(picture, 320, 180).timestamp(0.0, TimestampStyle(colour=colour, effect="solid"))
    assert picture[1, 1].tolist() == [ground] * 3
    picture = grey()
    Canvas(picture, 320, 180).timestamp(0.0, TimestampStyle(colour=(255, 255, 255), effect="shadow"))
    assert (picture < 40).all(axis=2).any()


def test_a_label_has_one_bright_colour() -> None:
    assert label_colour("person") == label_colour("person") != label_colour("car")
    assert max(label_colour("dog")) == 255
    assert black(4, 2).shape == (2, 4, 3)
