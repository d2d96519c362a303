"""Polygons that leave the frame, or whose frame the file does not describe, never stop the program."""

from __future__ import annotations

import pytest

from dogwatch.config import parse
from dogwatch.config.effective import effective
from dogwatch.config.geometry import NOWHERE
from tests.unit.config.files import SMALL

SIZE = "    detect: {width: 640, height: 480}\n"
CUT = "lies partly outside of the frame; it is cut off at the edge"
GONE = "lies outside of the frame and is left out"
LATER = "is in pixels, but detect.width and detect.height are not given; the stream's size will count"


def zone(coordinates: str, more: str = "", size: str = SIZE) -> str:
    return f"{SMALL}{size}    zones: {{yard: {{coordinates: '{coordinates}'{more}}}}}\n"


@pytest.mark.parametrize(
    ("written", "shown", "said"),
    [
        ("0.4,0.6,0.8,0.6,0.9,1,-0.002,0.99", "0.4,0.6,0.8,0.6,0.9,1,0,0.99", CUT),
        ("0.4,0.6,0.8,0.6,1.001,1,0,0.99", "0.4,0.6,0.8,0.6,1,1,0,0.99", CUT),
        ("0,0,1.0001,0,1.0001,1,0,1", "0,0,1,0,1,1,0,1", CUT),
        ("0.1,0.1,0.5,0.1,1001,1,0.1,0.9", "0.1,0.1,0.5,0.1,1,1,0.1,0.9", CUT),
        ("-0.5,0.2,0.5,0.2,0.5,0.9", "0,0.2,0.5,0.2,0.5,0.9", CUT),
        ("0,0,641,0,641,481,0,481", "0,0,1,0,1,1,0,1", CUT),
        ("-4,0,320,0,320,480,-4,480", "0,0,0.5,0,0.5,1,0,1", CUT),
        ("0,1080,1920,1080,1920,0,0,0", "0,1,1,1,1,0,0,0", CUT),
        ("0,0,640,0,640,240,0,240", "0,0,1,0,1,0.5,0,0.5", None),
        ("0.1,0.1,0.5,0.1,0.5,0.9", "0.1,0.1,0.5,0.1,0.5,0.9", None),
    ],
)  # fmt: skip
def test_a_zone_is_cut_at_the_edge(written: str, shown: str, said: str | None) -> None:
    loaded = parse(zone(written), env={})
    found = loaded.config.cameras["front"].zones["yard"]
    corners = found.points
    expected = [tuple(map(float, pair.split(","))) for pair in _pairs(shown)]
    assert sorted(set(corners)) == sorted(set(expected))
    assert found.enabled
    assert [notice.message for notice in loaded.notices] == ([said] if said else [])


def _pairs(text: str) -> list[str]:
    parts = text.split(",")
    return [f"{x},{y}" for x, y in zip(parts[::2], parts[1::2], strict=True)]


@pytest.mark.parametrize("written", ["700,500,900,500,900,700", "-90,-90,-20,-90,-20,-20", "1.5,1.5,1.9,1.5,1.9,1.9"])
def test_a_zone_outside_stays_known_but_is_off(written: str) -> None:
    loaded = parse(zone(written) + "    snapshots: {required_zones: [yard]}\n", env={})
    found = loaded.config.cameras["front"].zones["yard"]
    assert (found.enabled, found.coordinates) == (False, NOWHERE)
    (notice,) = loaded.notices
    assert (notice.line, notice.message) == (7, GONE)


def test_masks_are_cut_or_left_out() -> None:
    text = (
        f"{SMALL}{SIZE}    motion:\n      mask:\n        - 0,0,1920,0,1920,60,0,60\n        - 0,500,640,500,640,600\n"
        "        - ''\n    objects: {mask: '-0.01,0,0.5,0,0.5,0.1', filters: {person: {mask: '0,0,999,0,999,48'}}}\n"
    )
    loaded = parse(text, env={})
    camera = loaded.config.cameras["front"]
    assert [mask.coordinates for mask in camera.motion.mask] == ["0,0,1,0,1,0.125,0,0.125"]
    assert [mask.coordinates for mask in camera.objects.mask] == ["0,0,0.5,0,0.5,0.1"]
    assert len(camera.objects.filters["person"].mask) == 1
    assert [(notice.line, notice.message) for notice in loaded.notices] == [(9, CUT), (10, GONE), (12, CUT), (12, CUT)]


def test_pixels_wait_for_the_size_of_the_stream() -> None:
    text = zone("605,0,2304,0,2304,1296,347,1296", size="") + "    motion: {mask: '0,0,2304,0,2304,648,0,648'}\n"
    loaded = parse(text, env={})
    assert [(notice.line, notice.message) for notice in loaded.notices] == [(6, LATER), (7, LATER)]
    answer = effective(loaded.config, sizes={"front": (2304, 1296)})["cameras"]["front"]
    assert answer["zones"]["yard"]["coordinates"] == "0.2626,0,1,0,1,1,0.1506,1"
    assert answer["motion"]["mask"] == ["0,0,1,0,1,0.5,0,0.5"]
    before = effective(loaded.config)["cameras"]["front"]  # 1280 x 720, until the stream is open
    assert before["zones"]["yard"]["enabled"]
    assert all(0 <= float(number) <= 1 for number in before["zones"]["yard"]["coordinates"].split(","))
    small = effective(loaded.config, sizes={"front": (320, 240)})["cameras"]["front"]
    assert (small["zones"]["yard"]["enabled"], small["zones"]["yard"]["coordinates"]) == (False, NOWHERE)


def test_global_masks_in_pixels_count_for_every_camera() -> None:
    text = f"motion: {{mask: '0,0,640,0,640,48,0,48'}}\n{SMALL}{SIZE}  back:\n    ffmpeg: {{inputs: [{{path: x}}]}}\n"
    loaded = parse(text, env={})
    front, back = loaded.config.cameras["front"], loaded.config.cameras["back"]
    assert front.motion.mask[0].coordinates == "0,0,1,0,1,0.1,0,0.1"
    assert back.motion.mask[0].coordinates == "0,0,640,0,640,48,0,48"
    assert effective(loaded.config)["motion"]["mask"] == ["0,0,0.5,0,0.5,0.0667,0,0.0667"]


def test_a_zone_that_is_cut_off_measures_no_speeds() -> None:
    loaded = parse(zone("0,0,1920,0,1920,400,0,400", ", distances: [1, 2, 3, 4], speed_threshold: 2"), env={})
    found = loaded.config.cameras["front"].zones["yard"]
    assert (found.distances, found.speed_threshold) == ([], None)
    assert [notice.message for notice in loaded.notices] == [CUT, "a zone that is cut off measures no speeds"]
    hair = parse(zone("0,0,642,0,642,400,0,400", ", distances: '1,2,3,4'"), env={})
    assert hair.config.cameras["front"].zones["yard"].distances == [1, 2, 3, 4]


def test_points_may_be_lists() -> None:
    text = f"{SMALL}    zones: {{yard: {{coordinates: [[0.1, 0.1], [0.5, 0.1], [0.5, 0.9]]}}}}\n"
    assert parse(text, env={}).config.cameras["front"].zones["yard"].coordinates == "0.1,0.1,0.5,0.1,0.5,0.9"
