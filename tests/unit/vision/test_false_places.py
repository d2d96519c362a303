"""Where detections were often false, a track that stays has to show more; nothing else changes for anybody."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.analysis import AnalysisSettings, FalsePlace, FalsePlaceMap
from dogwatch.evidence import ObjectEvidence
from dogwatch.model import Box, Detection
from dogwatch.vision.false_places import BEGINS, FULL, MOST_S, DoubtfulPlaces, added, cell_of, nearest
from dogwatch.vision.merge import RegionDetection
from dogwatch.vision.scene import Scene
from dogwatch.vision.scores import LONGEST_S
from tests.unit.vision.strategies import SIZES

FRAME = Box(0, 0, SIZES.width, SIZES.height)
PLACE = Box(600, 300, 660, 450)
WORST = 24.0
HIGHEST = 2.0 ** (-14 / 2)


def place(box: Box = PLACE, weight: float = WORST, label: str = "person") -> FalsePlace:
    x, y, width, height = box.fractions(SIZES.width, SIZES.height)
    return FalsePlace(label, *cell_of(x + width / 2, y + height / 2, height), weight)


def places(*found: FalsePlace, since: float = 0.0) -> tuple[FalsePlaceMap, ...]:
    return (FalsePlaceMap(since, found),)


def moved(box: Box, x: float, y: float = 0.0, scale: float = 1.0) -> Box:
    """Return `box` moved by shares of its height, and scaled around its centre."""
    cx, cy = (box.x1 + box.x2) / 2 + x * box.height, (box.y1 + box.y2) / 2 + y * box.height
    width, height = box.width * scale / 2, box.height * scale / 2
    return Box(round(cx - width), round(cy - height), round(cx + width), round(cy + height))


class Watched:
    """A scene at 5 fps with one object that may be missed."""

    def __init__(self, maps: tuple[FalsePlaceMap, ...] = (), fps: float = 5.0) -> None:
        names = itertools.count()
        self.fps, self.frame = fps, 0
        self.scene = Scene(
            AnalysisSettings(camera="cam", fps=fps, false_places=maps), SIZES, lambda _: f"id{next(names)}"
        )
        self.evidence: list[ObjectEvidence] = []

    def see(self, box: Box | None, score: float = 0.83) -> bool:
        """Let a frame pass; return whether the object counts."""
        self.frame += 1
        found = [] if box is None else [RegionDetection(Detection("person", score, box), FRAME)]
        self.scene.detected(100 + self.frame / self.fps, (FRAME,), found)
        self.evidence += self.scene.take_evidence()
        return any(not one.false_positive for one in self.scene.objects())

    def counts_after(self, frames: list[Box | None], score: float = 0.83) -> float | None:
        """Return after how many seconds the object counts."""
        for n, box in enumerate(frames):
            if self.see(box, score):
                return (n + 1) / self.fps
        return None


@given(st.floats(0, 1), st.floats(0, 1), st.floats(HIGHEST, 1))
def test_a_box_is_asked_about_in_its_own_cell_and_its_neighbours(x: float, y: float, height: float) -> None:
    around = nearest(x, y, height)
    assert cell_of(x, y, height) in around
    assert len(around) == len(set(around)) <= 8


@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.floats(0.02, 0.9), st.floats(-0.12, 0.12), st.floats(-0.12, 0.12))
def test_a_place_counts_for_boxes_that_jitter_wherever_cells_end(
    x: float, y: float, height: float, across: float, down: float
) -> None:
    """The cells around a place hold what lies within an eighth of its height, with the height of its class."""
    size = cell_of(x, y, height)[0]
    there = cell_of(x + across * 2.0 ** (size / 2) * 9 / 16, y + down * 2.0 ** (size / 2), height)
    assert there in nearest(x, y, height)


@pytest.mark.parametrize(("x", "scale"), [(0.6, 1.0), (-0.6, 1.0), (0.0, 2.1), (0.0, 0.47)])
def test_other_places_and_sizes_are_not_affected(x: float, scale: float) -> None:
    known = DoubtfulPlaces(places(place()), SIZES)
    assert known.at(1.0)
    assert known.more("person", PLACE) == pytest.approx(MOST_S)
    assert known.more("car", PLACE) == 0
    assert known.more("person", moved(PLACE, x, scale=scale)) == 0


def test_what_is_added_grows_with_the_weight_up_to_a_bound() -> None:
    assert [added(weight) for weight in (-20.0, 0.0, BEGINS)] == [0, 0, 0]
    assert added((BEGINS + FULL) / 2) == pytest.approx(MOST_S / 2)
    assert added(FULL) == added(1e9) == pytest.approx(MOST_S)


def test_a_flicker_there_is_no_event_and_is_told_why() -> None:
    flicker: list[Box | None] = [moved(PLACE, 0.02 * (n % 3)) for n in range(9)] + [None] * 30
    assert Watched().counts_after(flicker) is not None
    held = Watched(places(place()))
    assert held.counts_after(flicker) is None
    (why,) = held.evidence
    assert why.held_back
    assert why.doubt is not None
    assert (why.doubt.more, why.doubt.asked, why.doubt.moved_away) == (0.8, 3.2, False)
    assert 0 <= why.doubt.evidence < 3.2
    assert why.doubt.enough_time == pytest.approx(101.6)


@pytest.mark.parametrize("fps", [2.0, 5.0, 10.0])
@pytest.mark.parametrize("missed", [0.0, 0.2, 0.35])
@pytest.mark.parametrize("score", [0.76, 0.83])
def test_a_person_who_stands_there_is_always_told_within_seconds(fps: float, missed: float, score: float) -> None:
    """The worst place there can be; frames are missed at random."""
    for seed in range(20):
        luck = random.Random(seed)
        frames = [None if luck.random() < missed else moved(PLACE, luck.gauss(0, 0.02)) for _ in range(int(fps * 20))]
        usual, there = (
            Watched(fps=fps).counts_after(frames, score),
            Watched(places(place()), fps).counts_after(frames, score),
        )
        assert usual is not None
        assert there is not None
        assert usual <= there <= usual + LONGEST_S + 5 / fps, (seed, usual, there)  # the next frames may miss it


@pytest.mark.parametrize("step", [0.06, 0.1, 0.3])
def test_who_walks_through_is_not_asked_for_more(step: float) -> None:
    """A step of 0.06 heights a frame is half a metre a second."""
    walk: list[Box | None] = [moved(PLACE, step * n) for n in range(40)]
    usual, there = Watched().counts_after(walk), Watched(places(place())).counts_after(walk)
    assert usual is not None
    assert there is not None
    assert there - usual <= 0.3 / step / 5 + 0.21  # as long as it takes to leave the place


def test_who_comes_from_elsewhere_and_stops_there_is_not_asked_for_more() -> None:
    walk: list[Box | None] = [moved(PLACE, -0.55 + 0.3 * min(n, 2)) for n in range(40)]
    assert Watched().counts_after(walk) == Watched(places(place())).counts_after(walk)


def test_once_away_nothing_more_is_asked_for_even_after_coming_back() -> None:
    watched = Watched(places(place()))
    usual = Watched()
    there_and_back: list[Box | None] = [moved(PLACE, 0.08 * min(n, 10 - n)) for n in range(10)]
    for one in (watched, usual):
        assert one.counts_after(there_and_back, 0.6) is None
    assert watched.counts_after([PLACE] * 9, 0.95) == usual.counts_after([PLACE] * 9, 0.95) is not None
    (why,) = watched.evidence
    assert why.doubt is not None
    assert why.doubt.moved_away


def test_a_map_holds_from_its_time_on_and_switching_it_off_frees_who_waits() -> None:
    later = Watched(places(place(), since=1e9))
    assert later.counts_after([PLACE] * 10) == Watched().counts_after([PLACE] * 10)
    waiting = Watched(places(place()))
    for _ in range(9):
        assert not waiting.see(PLACE)
    waiting.scene.change(AnalysisSettings(camera="cam"))
    assert waiting.see(PLACE)


def test_who_asks_for_one_detection_gets_it_everywhere() -> None:
    scene = Scene(AnalysisSettings(camera="cam", min_initialized=1, false_places=places(place())), SIZES)
    scene.detected(1.0, (FRAME,), [RegionDetection(Detection("person", 0.8, PLACE), FRAME)])
    assert [one.false_positive for one in scene.objects()] == [False]
