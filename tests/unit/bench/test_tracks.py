"""The simulator of `bench.tracks`: its truth, its figures and its determinism."""

import itertools
from collections import Counter

import numpy as np
import pytest
from bench.tracks import repeats
from bench.tracks.actors import Actor, Occluder, walk
from bench.tracks.camera import Noise, SeenFrame, film
from bench.tracks.metrics import Identity, appearances, by_actor, identity, outcome
from bench.tracks.play import Played, SimEvent, play
from bench.tracks.scenes import JUDGING, TUNING, SimScene, cars, judging, people, tuning

from dogwatch.model import Box, Detection

CLEAN = Noise(jitter=0.0, wild=0.0, score_spread=0.0, partial=1.0, stray=0.0)


def walker(x1: float, x2: float, y: float = 600.0, begin: float = 0.0, **given: float) -> Actor:
    path = walk(begin, [(x1, y, 0.0), (x2, y, 0.0)], 1.4)
    return Actor("person", path, 1.0, 0.4, given.get("quality", 0.85), given.get("miss", 0.0), bursts=False)


def at(x: int, width: int = 40) -> Box:
    return Box(x, 100, x + width, 200)


def test_idf1_by_hand() -> None:
    # Actor 0 is followed by key 7 for 6 of 10 frames, then by key 8 for 4; key 9 is nobody for 5 frames.
    truth = {0: {n: at(10 * n) for n in range(10)}}
    found = {
        7: {n: at(10 * n) for n in range(6)},
        8: {n: at(10 * n + 4) for n in range(6, 10)},
        9: {n: at(900) for n in range(5)},
    }
    counts = identity(truth, found)
    assert counts == Identity(true=6, false=9, missed=4)
    assert counts.idf1 == pytest.approx(12 / 25)  # motmetrics 1.4 says 0.48


def test_idf1_of_two_who_swap_their_keys() -> None:
    truth = {0: {n: at(10 * n) for n in range(10)}, 1: {n: at(500 - 10 * n) for n in range(10)}}
    found = {
        0: {n: (truth[0] if n < 7 else truth[1])[n] for n in range(10)},
        1: {n: (truth[1] if n < 7 else truth[0])[n] for n in range(10)},
    }
    assert identity(truth, found) == Identity(true=14, false=6, missed=6)


def test_what_there_is_nothing_of() -> None:
    assert identity({}, {}).idf1 == 1.0
    assert identity({0: {1: at(0)}}, {}) == Identity(0, 0, 1)
    assert identity({}, {0: {1: at(0)}}) == Identity(0, 1, 0)


def test_an_event_is_whose_most_detections_are() -> None:
    mine = SimEvent("a", "person", 1.0, Counter({0: 5, 1: 4}))
    nobodys = SimEvent("b", "person", 1.0, Counter({-1: 3, 1: 2}))
    assert by_actor([mine, nobodys]) == {0: [mine], -1: [nobodys]}


def test_the_figures_of_a_scene_by_hand() -> None:
    scene = SimScene("x", 0, 36.0, "person", ())
    frames = [SeenFrame(n / 5, [], (), {0: at(n), 1: at(400 + n), 2: at(800)}) for n in range(50)]
    events = [
        SimEvent("a", "person", 0.4, Counter({0: 20})),
        SimEvent("b", "person", 4.4, Counter({0: 20})),
        SimEvent("c", "person", 1.0, Counter({1: 20})),
        SimEvent("d", "person", 1.0, Counter({-1: 2})),
    ]
    one = outcome([Played(scene, frames, events, 0.05)])
    assert (one.appearances, one.events) == (3, 1.0)
    assert [one.once, one.none] == pytest.approx([1 / 3, 1 / 3])
    assert [one.false_per_hour, one.delay_s] == pytest.approx([100.0, 0.7])
    assert one.cpu_ms == pytest.approx(1.0)


def test_a_scene_is_the_same_each_time_and_seeds_differ() -> None:
    first, again = (people("posts", TUNING["posts"], 5, 1, 20.0) for _ in range(2))
    other = people("posts", TUNING["posts"], 5, 2, 20.0)
    assert film(first, 5.0, Noise()) == film(again, 5.0, Noise())
    assert film(first, 5.0, Noise()) != film(other, 5.0, Noise())
    seen = [
        [one.tobytes() for frame in film(scene, 5.0, Noise()) for one in frame.colours.values()]
        for scene in (first, again)
    ]
    assert seen[0] == seen[1] != []


def test_no_scene_is_tuned_on_and_judged_by() -> None:
    assert not TUNING.keys() & JUDGING.keys()
    assert not {one.seed for one in tuning()} & {one.seed for one in judging()}


def test_a_post_hides_who_is_behind_it_and_shows_parts_beside_it() -> None:
    post = Occluder(600.0, 0.0, 760.0, 700.0, 700.0)
    scene = SimScene("x", 0, 12.0, "person", (walker(-90, 1370),), (post,))
    frames = film(scene, 5.0, CLEAN)
    hidden = [frame for frame in frames if frame.time > 2 and not frame.truth and not frame.found]
    assert hidden
    widths = [frame.found[0][0].box.width for frame in frames if frame.found]
    assert min(widths) < 0.7 * max(widths)
    assert all(
        one.box.x2 <= 620 or one.box.x1 >= 740
        for frame in frames
        for one, _ in frame.found[:1]
        if 560 < one.box.x1 < 740
    )


def test_the_nearer_hides_the_farther() -> None:
    scene = SimScene("x", 0, 12.0, "person", (walker(-90, 1370, 560.0), walker(1370, -90, 600.0)))
    frames = film(scene, 5.0, CLEAN)
    both = [set(frame.truth) for frame in frames if frame.truth]
    assert {1} in both
    assert {0, 1} in both


def test_misses_come_as_often_as_they_should() -> None:
    path = np.array([(0.0, 600.0, 600.0), (400.0, 600.0, 600.0)])
    for bursts in (False, True):
        one = Actor("person", path, 1.0, 0.4, 0.85, 0.3, bursts=bursts)
        frames = film(SimScene("x", 3, 399.0, "person", (one,)), 5.0, CLEAN)
        missed = [not frame.found for frame in frames]
        assert np.mean(missed) == pytest.approx(0.3, abs=0.05)
        runs = sum(1 for before, now in itertools.pairwise(missed) if now and not before)
        mean_run = sum(missed) / runs
        assert mean_run > 2.5 if bursts else mean_run < 1.8


def test_one_walker_is_one_event_without_delay() -> None:
    scene = SimScene("x", 0, 12.0, "person", (walker(-90, 1370),))
    one = outcome([play(scene, 5.0, CLEAN)])
    assert (one.appearances, one.counts, one.false) == (1, Counter({1: 1}), 0)
    assert one.delay_s <= 0.6
    assert one.identity.idf1 > 0.85


def test_who_passes_when_the_scene_ends_is_not_parked() -> None:
    scene = cars(1, 3)
    stay = [one for one in scene.actors if one.stays]
    assert len(stay) == 3
    assert all(one.end > scene.duration_s for one in stay)
    assert any(one.end > scene.duration_s and not one.stays for seed in range(9) for one in cars(seed, 1).actors)


def test_whom_one_sees_for_a_moment_is_no_appearance() -> None:
    frames = [
        SeenFrame(n / 5, [(Detection("person", 0.9, at(0)), 0)], (), {0: at(0)} if n < 5 else {}) for n in range(20)
    ]
    assert appearances(frames) == {}


def test_a_place_that_flickers_is_learnt_and_asks_for_more() -> None:
    empty, _, kinds = repeats.scene(5000)
    noise = Noise(flicker_score=0.7, flicker_found=0.75)
    short = SimScene("repeats", 1, 240.0, "person", (), (), empty.places)
    maps, before = repeats.learn(short, 5.0, noise, marks=True)
    assert before > 0
    assert sum(len(one.places) for one in maps) > 0
    again = play(SimScene("repeats", 2, 240.0, "person", (), (), empty.places), 5.0, noise, maps)
    assert len(again.events) < before
    assert len(kinds) > 10
    figures = repeats.Figures()
    repeats.add(figures, again, ())
    assert (figures.false, sum(figures.people.values())) == (len(again.events), 0)
