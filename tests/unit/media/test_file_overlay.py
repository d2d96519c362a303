"""What is drawn on frames, pixel by pixel."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.media.file_overlay import LETTERS, ROW, FileOverlay, colour_of
from dogwatch.media.glyphs import mask
from dogwatch.media.overlay_rows import Overlay, pack
from dogwatch.media.yuv_surface import Area, YuvSurface

WEIGHTS = (0.299, 0.114)


def surface(width: int = 320, height: int = 240, shift: int = 1) -> YuvSurface:
    small = (-(-height >> shift), -(-width >> shift))
    planes = np.full((height, width), 60, np.uint8), np.full(small, 128, np.uint8), np.full(small, 128, np.uint8)
    return YuvSurface(planes, shift, shift, WEIGHTS)


def rows(*boxes: tuple[int, ...]) -> bytes:
    made = np.zeros(len(boxes), ROW)
    for row, (frame, trace, x, y, width, height, interpolated) in zip(made, boxes, strict=True):
        row["frame"], row["trace"], row["interpolated"], row["confidence"] = frame, trace, interpolated, 0.5
        row["x"], row["y"], row["width"], row["height"] = x, y, width, height
    return made.tobytes()


def drawn(style: Overlay, *boxes: tuple[int, ...], debug: bool = False, size: tuple[int, int] = (320, 240)) -> Any:
    """Return where the luma of frame 7 has changed."""
    there = surface(*size)
    FileOverlay.of(style, rows(*boxes), ("person",), trace=1, debug=debug).draw_on(there, 7, 0.25)
    return there.planes[0] != 60


def ring(area: Area, line: int, size: tuple[int, int] = (320, 240)) -> NDArray[np.bool_]:
    made = np.zeros((size[1], size[0]), np.bool_)
    made[area.y1 : area.y2, area.x1 : area.x2] = True
    made[area.y1 + line : area.y2 - line, area.x1 + line : area.x2 - line] = False
    return made


def test_a_box_is_its_rectangle_and_a_label_above_it() -> None:
    changed = drawn(Overlay.LABELS, (7, 1, 101, 80, 61, 51, 0))
    expected = ring(Area(101, 80, 162, 131), 2)
    expected[71:80, 101 : 101 + 6 * 6 + 1] = True
    assert (changed == expected).all()


def test_nothing_is_drawn_on_other_frames() -> None:
    overlay = FileOverlay.of(Overlay.LABELS, rows((6, 1, 10, 20, 30, 40, 0), (8, 1, 10, 20, 30, 40, 0)), ("person",))
    assert [overlay.draws_on(n) for n in range(5, 10)] == [False, True, False, True, False]


@pytest.mark.parametrize(
    ("x", "y", "label"),
    [(100, 3, Area(100, 3, 137, 12)), (300, 50, Area(283, 41, 320, 50)), (0, 0, Area(0, 0, 37, 9))],
    ids=["no room above", "right edge", "corner"],
)
def test_labels_are_moved_into_the_picture(x: int, y: int, label: Area) -> None:
    changed = drawn(Overlay.LABELS, (7, 1, x, y, 20, 100, 0))
    assert changed[label.y1 : label.y2, label.x1 : label.x2].all()


def test_letters_are_those_of_the_font() -> None:
    there = surface()
    FileOverlay.of(Overlay.LABELS, rows((7, 1, 100, 80, 60, 50, 0)), ("person",)).draw_on(there, 7, 0.0)
    letters = mask("person", 1)
    light = there.planes[0][72 : 72 + 8, 101 : 101 + letters.shape[1]] == 235
    assert (light == letters).all()


def test_interpolated_boxes_are_dashed_and_other_traces_thin() -> None:
    whole = drawn(Overlay.LABELS, (7, 1, 100, 80, 64, 48, 0), debug=True)[100:128, 100:102]
    dashed = drawn(Overlay.LABELS, (7, 1, 100, 80, 64, 48, 1), debug=True)[100:128, 100:102]
    assert whole.all()
    assert 0 < dashed.sum() < whole.sum()
    thin = drawn(Overlay.TRACE, (7, 2, 100, 80, 64, 48, 0), debug=True)
    assert (thin[:200] == ring(Area(100, 80, 164, 128), 1)[:200]).all()


def test_the_frame_line_is_at_the_bottom() -> None:
    changed = drawn(Overlay.NOTHING, debug=True)
    assert changed[231:240, : 6 * len("frame 7  0.250 s") + 1].all()
    assert changed.sum() == 9 * (6 * len("frame 7  0.250 s") + 1)


def test_the_word_of_a_clip_is_at_the_top() -> None:
    changed = drawn(Overlay.CLIP)
    assert changed[:9, : 6 * 4 + 1].all()
    assert changed.sum() == 9 * 25


def test_boxes_at_all_edges_and_tiny_pictures_stay_inside() -> None:
    for size in ((2, 2), (16, 16), (33, 17)):
        for box in ((0, 0, 1, 1), (size[0] - 1, size[1] - 1, 1, 1), (0, 0, *size)):
            drawn(Overlay.BOXES, (7, 3, *box, 0), debug=True, size=size)


def test_colours_depend_on_the_trace_alone_and_let_letters_be_read() -> None:
    colours = [colour_of(trace) for trace in range(1, 300)]
    assert len(set(colours[:40])) == 40
    assert colour_of(7, "person") == colour_of(7, "cat")
    assert colour_of(0, "person") != colour_of(0, "cat")
    assert max(0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in colours) < 110
    assert min(LETTERS) == 255


def test_chroma_covers_odd_places() -> None:
    there = surface()
    there.fill(Area(11, 21, 14, 24), (255, 0, 0))
    changed = there.planes[2] != 128
    assert (np.argwhere(changed).min(0).tolist(), np.argwhere(changed).max(0).tolist()) == ([10, 5], [11, 6])
    assert there.planes[0][21, 11] == round(16 + 219 * 0.299)


def test_boxes_are_packed_as_they_are_read() -> None:
    boxes = [(7, 1, 10, 20, 30, 40, 2, True, 0.5), (4_000_000_000, 3, 65535, 0, 1, 2, 0, False, 0.25)]
    assert pack(boxes) == np.array(boxes, ROW).tobytes()
