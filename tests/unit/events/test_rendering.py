from typing import Any

import numpy as np
import pytest

from dogwatch.errors import MediaError
from dogwatch.events import rendering
from dogwatch.events.rendering import Shown, Style
from dogwatch.media import jpeg as jpegs
from dogwatch.media import picture
from tests.tracks import HEIGHT, START, WIDTH, jpeg

SHOWN = Shown("person", 0.78, START, [0.25, 0.25, 0.25, 0.5], [0.25, 0.25, 0.5, 0.5])
PLAIN = Style(bbox=False, quality=95)
DECODE = jpegs.decode


def drawn(style: Style, shown: Shown = SHOWN) -> picture.Picture:
    return picture.decode(rendering.snapshot(jpeg(), shown, style))


def differs(bgr: picture.Picture) -> Any:
    return (np.abs(bgr.astype(int) - (30, 60, 90)) > 40).any(axis=2)


def test_a_plain_snapshot_is_the_clean_picture() -> None:
    assert not differs(drawn(PLAIN)).any()
    assert drawn(PLAIN).shape == (HEIGHT * 2, WIDTH * 2, 3)


def test_the_box_stands_where_the_object_was() -> None:
    rows, columns = np.nonzero(differs(drawn(Style(quality=95))))
    assert abs(columns.min() - 160) < 4
    assert abs(rows.max() - 270) < 4


def test_attributes_and_drawn_boxes_are_shown() -> None:
    face = Shown("person", 0.7, START, attributes=(("face", 0.9, [0.5, 0.5, 0.1, 0.1]),))
    assert differs(drawn(Style(quality=95), face))[180:216, 318:322].any()
    wish = Shown("button", 0, START, draw={"boxes": [{"box": [0.5, 0.5, 0.1, 0.1], "color": [0, 255, 0], "score": 50}]})
    bgr = drawn(Style(quality=95), wish)
    assert bgr[180, 350, 1] > 150


def test_the_crop_is_the_region_and_a_margin() -> None:
    assert drawn(Style(bbox=False, crop=True)).shape == (198, 352, 3)
    assert drawn(Style(bbox=False, crop=True), Shown("person", 0.5, START)).shape == (360, 640, 3)


def test_height_counts_after_the_crop() -> None:
    assert drawn(Style(bbox=False, crop=True, height=99)).shape == (99, 176, 3)


def test_no_picture_is_larger_than_its_source() -> None:
    assert drawn(Style(bbox=False, height=10**9, quality=1)).shape == (360, 640, 3)
    small = Shown("person", 0.5, START, region=[0.5, 0.5, 0.01, 0.01])
    assert drawn(Style(bbox=False, crop=True, height=10**9, quality=1), small).shape[0] == 360
    wide = Shown("car", 0.5, START, region=[0.1, 0.4, 0.8, 0.1])
    rows, columns, _ = drawn(Style(bbox=False, crop=True, height=10**9, quality=1), wide).shape
    assert rows <= 360
    assert 600 < columns <= 640


def test_the_time_is_written() -> None:
    assert differs(drawn(Style(bbox=False, timestamp=True, quality=95)))[:40, :300].any()


def test_quality_makes_smaller_files() -> None:
    noise = picture.encode(np.random.default_rng(1).integers(0, 255, (90, 160, 3), np.uint8), "jpg", 95)
    sizes = [len(rendering.snapshot(noise, SHOWN, Style(quality=quality))) for quality in (10, 90)]
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize("box", [[0.4, 0.4, 0.1, 0.3], [0.0, 0.0, 1.0, 1.0], [0.95, 0.9, 0.05, 0.1], None])
def test_thumbnails_are_175_high(box: list[float] | None) -> None:
    small = picture.decode(rendering.thumbnail(jpeg(), box))
    assert small.shape[0] == 175
    assert box is None or box[2] == 1.0 or small.shape[1] == 175


@pytest.mark.parametrize(
    ("box", "by"), [([0.0, 0.0, 1.0, 1.0], 4), ([0.5, 0.5, 0.3, 0.3], 2), ([0.5, 0.5, 0.1, 0.2], 1), (None, 4)]
)
def test_large_pictures_are_decoded_no_larger_than_needed(
    monkeypatch: pytest.MonkeyPatch, box: list[float] | None, by: int
) -> None:
    scene = picture.black(1280, 720)
    scene[:, 640:] = (0, 0, 255)
    scene[360:] += 60
    clean = picture.encode(scene, "jpg", 95)
    asked = []

    def spy(data: bytes, *, reduced: int = 1) -> picture.Picture:
        asked.append(reduced)
        return DECODE(data, reduced=reduced)

    def whole(data: bytes, *, reduced: int = 1) -> picture.Picture:
        return DECODE(data)

    monkeypatch.setattr(jpegs, "decode", spy)
    small = DECODE(rendering.thumbnail(clean, box))
    monkeypatch.setattr(jpegs, "decode", whole)
    monkeypatch.setattr(jpegs, "scale", picture.resize)
    exact = DECODE(rendering.thumbnail(clean, box))
    assert asked == [by]
    assert small.shape == exact.shape
    assert np.abs(small.astype(int) - exact).mean() < 3


@pytest.mark.parametrize("boxes", [[], [[0.4, 0.4, 0.1, 0.3]], [[0.0, 0.0, 0.1, 0.1], [0.9, 0.9, 0.1, 0.1]]])
def test_review_thumbnails_are_16_by_9(boxes: list[list[float]]) -> None:
    data = rendering.review_thumbnail(jpeg(), boxes)
    assert data.startswith(b"\xff\xd8")
    assert picture.decode(data).shape == (180, 320, 3)


def test_android_thumbnails_are_twice_as_wide_as_high() -> None:
    small = rendering.thumbnail(jpeg(), [0.4, 0.4, 0.1, 0.3])
    assert picture.decode(rendering.converted(small, "png", ratio=2.0)).shape == (175, 350, 3)


def test_what_has_the_wanted_format_stays_as_it_is() -> None:
    small = rendering.thumbnail(jpeg(), None)
    assert rendering.converted(small, "jpg") is small
    webp = rendering.converted(small, "webp")
    assert webp.startswith(b"RIFF")
    assert rendering.converted(webp, "webp") is webp
    assert rendering.converted(webp, "jpeg").startswith(b"\xff\xd8")


def test_broken_pictures_are_refused() -> None:
    with pytest.raises(MediaError):
        rendering.thumbnail(b"nonsense", None)
    with pytest.raises(MediaError):
        rendering.review_thumbnail(b"nonsense", [])
    with pytest.raises(MediaError):
        rendering.snapshot(b"nonsense", SHOWN, PLAIN)


def test_what_a_row_shows() -> None:
    row = {
        "label": "person",
        "sub_label": "Bob",
        "start_time": START,
        "data": {
            "score": 0.7,
            "box": [0, 0, 1, 1],
            "attributes": [{"label": "face", "score": 0.9, "box": [0, 0, 1, 1]}],
        },
    }
    shown = rendering.of_row(row)
    assert (shown.label, shown.frame_time, shown.region) == ("Bob", START, None)
    assert shown.attributes == (("face", 0.9, [0, 0, 1, 1]),)
