"""Which new tracks continue lost ones, and what has left the frame."""

from dataclasses import replace

from dogwatch.vision.joining import ACCEPTED, Glimpse, joins, odds
from dogwatch.vision.tracker import Tracker

FRAME = (1280.0, 720.0)


def at(x: float, time: float, speed: float = 0.0, height: float = 200.0) -> Glimpse:
    return Glimpse((x, 500.0, 80.0, height), (speed, 0.0), time)


def test_who_walked_on_behind_something_continues_and_so_does_who_stood_there() -> None:
    lost = at(400.0, 1.0, 150.0)
    assert odds(lost, at(700.0, 3.0, 150.0), FRAME) > ACCEPTED
    assert odds(lost, at(400.0, 1.6), FRAME) > ACCEPTED


def test_what_is_elsewhere_or_of_another_size_or_comes_late_does_not() -> None:
    lost = at(400.0, 1.0, 150.0)
    assert odds(lost, at(100.0, 1.6, 150.0), FRAME) < ACCEPTED
    assert odds(lost, at(550.0, 2.0, 150.0, height=110.0), FRAME) < ACCEPTED
    assert odds(lost, at(1150.0, 7.0, 150.0), FRAME) < ACCEPTED
    assert odds(lost, at(400.0, 1.0, 150.0), FRAME) < ACCEPTED, "at the same time"


def test_what_begins_at_the_edge_has_come_in_more_likely_than_what_begins_elsewhere() -> None:
    lost, inner = at(500.0, 1.0, -200.0), at(240.0, 2.5, -200.0)
    edge = Glimpse((40.0, *inner.box[1:]), inner.speed, 3.5)
    same_path = Glimpse((240.0, *inner.box[1:]), inner.speed, 3.5)
    assert odds(lost, inner, FRAME) > odds(lost, same_path, FRAME) > odds(lost, edge, FRAME)


def test_of_two_who_were_lost_each_gets_its_own() -> None:
    lost = [at(400.0, 1.0, 150.0), at(700.0, 1.0, -150.0)]
    new = [at(475.0, 2.5, -150.0), at(625.0, 2.5, 150.0)]
    assert sorted(joins(lost, new, FRAME)) == [(0, 1), (1, 0)]


def test_who_has_just_left_the_frame_is_not_waited_for_and_who_is_missed_in_it_is() -> None:
    tracker = Tracker(min_initialized=2, max_missing_s=5.0, frame_s=0.2, frame=FRAME)

    def boxes(n: int) -> list[tuple[float, float, float, float]]:
        right = 1000.0 + 40 * n
        return [(right, 400.0, min(right + 80.0, 1280.0), 600.0), (300.0 + 10 * n, 400.0, 380.0 + 10 * n, 600.0)]

    for n in range(7):
        tracker.update(n / 5, boxes(n), [0, 0], [True, True])
    assert len(tracker) == 2
    lost: list[int] = []
    for n in range(7, 12):
        lost += tracker.update(n / 5, [], [], []).lost
    assert lost == [0]


def test_a_track_of_another_label_takes_nobody_s_place() -> None:
    lost = at(400.0, 1.0, 150.0)
    near, far = replace(at(475.0, 1.5, 150.0), label=1), at(500.0, 1.6, 150.0)
    assert odds(lost, near, FRAME) > odds(lost, far, FRAME) > ACCEPTED
    assert joins([lost], [near, far], FRAME) == [(0, 1)]
