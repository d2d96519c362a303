"""A whole scene without pictures: detections go in by hand."""

import itertools

import pytest
from msgspec import structs

from dogwatch.analysis import AnalysisSettings, ObjectFilter, StationarySettings, ZoneSettings
from dogwatch.model import Box, Detection, TrackedObject
from dogwatch.vision.merge import RegionDetection
from dogwatch.vision.motion import Motion
from dogwatch.vision.regions import TensorSize
from dogwatch.vision.scene import BLIND_S, Outcome, Scene
from tests.unit.vision.strategies import SIZES

FRAME = Box(0, 0, 1280, 720)
TENSOR = TensorSize(416, 416, 416)
FPS = 5.0


class Play:
    """A scene and its time."""

    def __init__(self, **settings: object) -> None:
        names = itertools.count()
        self.scene = Scene(
            AnalysisSettings(camera="cam", **settings),  # type: ignore[arg-type]
            SIZES,
            lambda _: f"id{next(names)}",
        )
        self.frame = 0
        self.ended: list[TrackedObject] = []

    @property
    def time(self) -> float:
        return 100 + self.frame / FPS

    def analyse_motion(self, *found: Detection, regions: tuple[Box, ...] = (FRAME,)) -> Outcome:
        self.frame += 1
        outcome = self.scene.detected(self.time, regions, [RegionDetection(one, FRAME) for one in found])
        self.ended += outcome.ended
        return outcome

    def only(self) -> TrackedObject:
        (one,) = self.scene.objects()
        return one


def person(x: int, score: float = 0.9, y: int = 200) -> Detection:
    return Detection("person", score, Box(x, y, x + 60, y + 140))


def test_the_life_of_a_walker() -> None:
    play = Play()
    play.analyse_motion(person(100))
    assert play.scene.objects() == ()  # once is not enough
    for n in range(1, 20):
        play.analyse_motion(person(100 + 12 * n))
    one = play.only()
    assert (one.id, one.camera, one.label, one.start_time) == ("id0", "cam", "person", 100.2)
    assert (one.frame_time, one.box) == (104.0, person(100 + 12 * 19).box)
    assert (one.computed_score, one.top_score, one.false_positive) == (0.9, 0.9, False)
    assert (one.stationary, one.active, one.position_changes, one.end_time) == (False, True, 1, None)
    assert one.path[0] == (round(130 / 1280, 4), round(340 / 720, 4), 100.2)
    for n in range(25):
        assert not play.ended, n
        play.analyse_motion()
    assert [(gone.id, gone.end_time, gone.box) for gone in play.ended] == [("id0", 104.0, one.box)]
    assert play.scene.objects() == ()


def test_what_was_told_of_a_frame_stays_as_it_was() -> None:
    play = Play()
    play.analyse_motion(person(100))
    play.analyse_motion(person(110))
    told, box = play.only(), person(110).box
    assert play.only() is told  # asked twice, made once
    play.analyse_motion(person(160))
    assert (told.box, len(told.path), len(play.only().path)) == (box, 1, 2)
    play.frame += 50
    play.scene.coast(play.time, blind=False)
    assert play.only().motionless_count > told.motionless_count


def test_a_flicker_is_nobody() -> None:
    play = Play()
    for _ in range(10):
        play.analyse_motion(person(100))
        for _ in range(4):
            play.analyse_motion()
    assert play.scene.objects() == ()
    assert play.ended == []


def frames_until_told(boxes: list[Box], score: float) -> int:
    play = Play()
    for n, box in enumerate(boxes):
        play.analyse_motion(Detection("person", score, box))
        if any(not one.false_positive for one in play.scene.objects()):
            return n + 1
    return 0


def test_of_what_comes_in_over_the_edge_the_edge_that_is_seen_counts() -> None:
    # 12 pixels a frame are 0.086 heights; the middle of what the frame cuts moves half as far.
    coming = [Box(0, 200, 30 + 12 * n, 340) for n in range(12)]
    right = [Box(1250 - 12 * n, 200, 1280, 340) for n in range(12)]
    down = [Box(600, 0, 660, 60 + 12 * n) for n in range(12)]
    inside = [Box(100, 200, 130 + 12 * n, 340) for n in range(12)]
    told = [frames_until_told(boxes, 0.72) for boxes in (coming, right, down)]
    assert told == [3, 3, 2]  # the last one is 72 pixels high by then
    assert frames_until_told(inside, 0.72) == 5


def test_a_place_that_flickers_with_weak_scores_stays_a_false_positive() -> None:
    play = Play()
    for n in range(6):
        play.analyse_motion(person(100 + n % 3, (0.72, 0.66, 0.7)[n % 3]))
        play.analyse_motion()
    assert play.only().false_positive


def test_who_is_missed_in_every_second_frame_is_found() -> None:
    play = Play()
    for n in range(6):
        play.analyse_motion(person(100 + 20 * n, 0.85))
        play.analyse_motion()
    assert not play.only().false_positive


def test_a_doubtful_object_stays_a_false_positive_and_has_no_picture() -> None:
    play = Play()
    for _ in range(10):
        assert play.analyse_motion(person(100, 0.65)).pictures == ()
    assert play.only().false_positive
    outcomes = [play.analyse_motion(person(100, 0.8)) for _ in range(6)]
    assert not play.only().false_positive
    assert [len(one.pictures) for one in outcomes].count(1) == 1
    for _ in range(9):
        play.analyse_motion()
    assert not play.only().false_positive  # once past, for ever
    assert play.only().computed_score == 0.0
    assert play.only().top_score == pytest.approx(0.8)


def test_a_better_view_is_told() -> None:
    play = Play()
    for x in (96, 100, 104):
        assert play.analyse_motion(person(x, 0.75)).pictures == ()
    (first,) = play.analyse_motion(person(120, 0.75)).pictures
    assert first[0] == "id0"
    assert play.analyse_motion(person(122, 0.77)).pictures == ()
    assert play.analyse_motion(person(124, 0.95)).pictures[0][1].score == 0.95


def test_filters_and_masks_keep_objects_out() -> None:
    play = Play(filters={"person": ObjectFilter(max_area=5000)})
    for _ in range(4):
        play.analyse_motion(person(100), Detection("dog", 0.9, Box(0, 0, 50, 50)))
    assert play.scene.objects() == ()


def test_faces_are_the_persons() -> None:
    play = Play(attributes={"person": ("face",)})
    face = Detection("face", 0.8, Box(120, 210, 140, 230))
    play.analyse_motion(person(100), face)
    play.analyse_motion(person(100), Detection("face", 0.75, face.box))
    one = play.only()
    assert one.attributes == {"face": 0.8}
    assert [(part.label, part.score) for part in one.current_attributes] == [("face", 0.75)]
    play.analyse_motion(person(100))
    assert play.only().current_attributes == ()


def test_zones_loitering_and_switching_a_zone_off() -> None:
    left = ZoneSettings("left", ((0, 0), (0.5, 0), (0.5, 1), (0, 1)), loitering_time=2.0)
    play = Play(zones=(left,))
    for _ in range(5):
        play.analyse_motion(person(100))
    assert (play.only().pending_loitering, play.only().current_zones) == (True, ())
    for _ in range(6):
        play.analyse_motion(person(100))
    one = play.only()
    assert (one.pending_loitering, one.current_zones, one.loitering_zones) == (False, ("left",), ("left",))
    shown = play.scene.settings
    play.scene.change(structs.replace(shown, zones=()))
    play.analyse_motion(person(100))
    assert (play.only().current_zones, play.only().entered_zones) == ((), ("left",))
    play.scene.change(shown)
    for _ in range(11):
        play.analyse_motion(person(100))
    assert play.only().current_zones == ("left",)


# ---------------------------------------------------------------- where to look


def test_the_first_frames_are_scanned_and_then_only_what_moves() -> None:
    play = Play()
    assert play.scene.regions(Motion(), play.time) == ()  # no detector is known
    play.scene.set_tensor(TENSOR)
    scanned: set[Box] = set()
    while regions := play.scene.regions(Motion(), play.time):
        assert not play.scene.needs_every_frame  # full decoding of all cameras at the start would take all processors
        scanned.update(regions)
        play.analyse_motion(regions=regions)
    assert len(scanned) > 4
    (region,) = play.scene.regions(Motion((Box(500, 300, 560, 440),), 8400, 0.01), play.time)
    assert region.intersection(Box(500, 300, 560, 440)) == 60 * 140


def settle(play: Play) -> None:
    play.scene.set_tensor(TENSOR)
    while regions := play.scene.regions(Motion(), play.time):
        play.analyse_motion(regions=regions)


def test_what_stands_is_looked_at_each_interval_and_what_moves_always() -> None:
    play = Play(stationary=StationarySettings(interval=10, threshold=10))
    settle(play)
    for _ in range(12):
        play.analyse_motion(person(100))
    assert play.only().stationary
    needs_every_frame = [play.scene.needs_every_frame]
    assert play.scene.regions(Motion(), play.time + 1.8) == ()
    assert len(play.scene.regions(Motion(), play.time + 2.0)) == 1
    play.analyse_motion(person(400))
    play.analyse_motion(person(400))
    assert [*needs_every_frame, play.scene.needs_every_frame] == [False, True]
    assert play.scene.regions(Motion(), play.time + 0.2)


def test_without_an_interval_what_stands_is_looked_at_when_something_moves_there() -> None:
    play = Play(stationary=StationarySettings(interval=0, threshold=10))
    settle(play)
    for _ in range(12):
        play.analyse_motion(person(100))
    assert play.only().stationary
    assert play.scene.regions(Motion(), play.time + 86_400) == ()
    (region,) = play.scene.regions(Motion((person(110).box,), 8400, 0.01), play.time + 86_400)
    assert region.intersection(person(100).box) == person(100).box.area


def test_who_stands_and_is_not_looked_at_lives_on() -> None:
    play = Play(stationary=StationarySettings(threshold=10))
    for _ in range(12):
        play.analyse_motion(person(100))
    elsewhere = Box(800, 300, 1216, 716)
    for _ in range(200):
        play.analyse_motion(regions=(elsewhere,))
    assert play.only().score == 0.9
    assert play.only().computed_score == 0.9


def test_who_stands_too_long_ends() -> None:
    play = Play(stationary=StationarySettings(threshold=10, max_frames_objects={"person": 40}))
    for _ in range(40):
        play.analyse_motion(person(100))
    assert not play.ended
    play.analyse_motion(person(100))
    assert [one.id for one in play.ended] == ["id0"]


def test_a_blind_camera_ends_movers_soon_and_standers_later() -> None:
    play = Play(stationary=StationarySettings(threshold=20))
    for n in range(30):
        play.analyse_motion(person(100), person(700 + 10 * n))
    ended: dict[str, float] = {}
    begun = play.time
    for _ in range(round((BLIND_S + 10) * FPS)):
        play.frame += 1
        for gone in play.scene.coast(play.time, blind=True).ended:
            ended[gone.id] = play.time - begun
    assert ended["id1"] == pytest.approx(5.0, abs=0.3)
    assert ended["id0"] == pytest.approx(BLIND_S + 5.0, abs=0.3)


def test_a_look_is_for_who_moves_also_after_others_have_gone_and_come() -> None:
    play = Play(stationary=StationarySettings(interval=50, threshold=10), max_disappeared=5)
    settle(play)
    for n in range(12):
        play.analyse_motion(person(100 + 12 * n), person(900))  # one walks, one stands
    for _ in range(6):
        play.analyse_motion(person(900))
    assert [one.id for one in play.scene.objects()] == ["id1"]
    for n in range(3):
        play.analyse_motion(person(900), person(300 + 12 * n))  # a third comes where the first has gone
    (region,) = play.scene.regions(Motion(), play.time + 0.2)
    assert region.intersection(person(330).box) == person(330).box.area
    assert not region.intersection(person(900).box)
    assert [(one.id, one.box.x1) for one in play.scene.objects()] == [("id1", 900), ("id2", 324)]


def test_frames_without_a_look_by_choice_miss_nobody() -> None:
    play = Play()
    for n in range(5):
        play.analyse_motion(person(100 + 10 * n))
    for _ in range(100):
        play.frame += 1
        assert play.scene.coast(play.time, blind=False).ended == ()
    assert play.only().computed_score == 0.9


def test_ending_all_scans_anew() -> None:
    play = Play()
    settle(play)
    for _ in range(3):
        play.analyse_motion(person(100))
    assert [one.id for one in play.scene.end_all()] == ["id0"]
    assert play.scene.objects() == ()
    assert play.scene.regions(Motion(), play.time + 1)


def test_people_who_cross_keep_their_ids() -> None:
    play = Play()
    for n in range(41):
        left, right = person(100 + 10 * n), person(500 - 10 * n, y=210)
        play.analyse_motion(left) if abs(left.box.x1 - right.box.x1) < 30 else play.analyse_motion(left, right)
    assert {one.id: one.box.x1 for one in play.scene.objects()} == {"id0": 500, "id1": 100}


def test_who_walks_out_of_the_picture_ends_though_nothing_is_left_to_look_at() -> None:
    play = Play()
    for x in range(900, 1220, 40):
        play.analyse_motion(person(x))
    before = play.time
    while play.scene.objects():
        play.frame += 1
        outcome = (
            play.scene.detected(play.time, regions, ())
            if (regions := play.scene.regions(Motion(), play.time))
            else play.scene.coast(play.time, blind=False)
        )
        assert play.time - before < 12.0, "it lives on"
    assert len(outcome.ended) == 1


def test_evidence_comes_when_an_object_counts_when_it_enters_a_zone_and_at_its_end() -> None:
    right = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
    play = Play(zones=(ZoneSettings("right", right),), filters={"person": ObjectFilter(threshold=0.6, min_area=50)})
    told = []
    for n, score in enumerate([0.5, 0.55, 0.7, 0.8, 0.9, 0.9, 0.9, 0.8]):
        play.analyse_motion(person(460 + 40 * n, score))
        told.append(play.scene.take_evidence())
    assert [len(one) for one in told] == [0, 0, 0, 1, 0, 0, 1, 0]
    (first,), (entered,) = told[3], told[6]
    assert first.reached is not None
    assert first.reached.scores == ((100.2, 0.5), (100.4, 0.55), (100.6, 0.7), (100.8, 0.8))
    assert first.reached.median == pytest.approx(0.625)
    assert [(one.rule, one.value) for one in first.reached.limits] == [("min_score", 0.8), ("min_area", 60 * 140)]
    assert (first.threshold, first.detections, first.zones) == (0.6, 4, ())
    assert [(one.zone, one.inside, one.entered_time) for one in entered.zones] == [("right", 3, 101.4)]
    for _ in range(30):
        play.analyse_motion()
    (last,) = play.scene.take_evidence()
    assert (last.id, last.detections, last.missed, last.reached) == (first.id, 8, 25, first.reached)
    assert (last.first.time, last.best.score, last.last.time) == (100.2, 0.9, 101.6)
    assert play.scene.take_evidence() == ()


def test_of_a_false_positive_there_is_evidence_at_its_end_only() -> None:
    play = Play()
    for n in range(30):
        play.analyse_motion(*([person(100, 0.55)] if n < 3 else []))
    (last,) = play.scene.take_evidence()
    assert (last.threshold, last.top_score, last.reached) == (0.7, 0.55, None)


def test_who_comes_out_from_behind_a_kiosk_elsewhere_is_the_same() -> None:
    play = Play()
    for n in range(10):
        play.analyse_motion(person(100 + 14 * n))
    for _ in range(12):
        play.analyse_motion()
    for n in range(10):  # slower than before: the kiosk had a window
        play.analyse_motion(person(380 + 14 * n))
    assert [one.id for one in play.scene.objects()] == ["id0"]
    assert play.only().box == person(380 + 14 * 9).box


def test_a_parked_car_is_no_passing_one() -> None:
    play = Play(track=("car",), stationary=StationarySettings(threshold=20))
    parked = Detection("car", 0.9, Box(500, 400, 820, 530))
    for _ in range(40):
        play.analyse_motion(parked)
    for n in range(14):
        x = -100 + 110 * n
        passing = Detection("car", 0.85, Box(max(x, 0), 450, x + 330, 590))
        covers = abs(x - 500) < 250
        play.analyse_motion(*([passing] if covers else [parked, passing]))
    for _ in range(5):
        play.analyse_motion(parked)
    mine = [one.id for one in play.scene.objects() if one.box == parked.box]
    assert mine == ["id0"]
    assert {one.id for one in (*play.scene.objects(), *play.ended)} == {"id0", "id1"}
