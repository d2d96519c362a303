"""Loud noises among what is usual, at two levels a second."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from dogwatch.audio.loud_noise import LoudNoise

T0 = 1_700_000_000.0


class Heard:
    """Feeds levels two a second, and notes at which of them it was loud."""

    def __init__(self) -> None:
        self.noise, self.time, self.loud = LoudNoise(), T0, list[float]()

    def feed(self, levels: Iterable[float], *, counts: bool = True) -> list[float | None]:
        scores = []
        for level in levels:
            self.time += 0.5
            scores.append(self.noise.score(self.time, level, counts=counts))
        return scores


def quiet(seconds: float, level: float = -60.0, spread: float = 3.0, seed: int = 1) -> list[float]:
    chance = random.Random(seed)
    return [level + chance.uniform(-spread, spread) for _ in range(round(2 * seconds))]


def test_a_bang_is_loud_at_once_and_what_is_usual_is_not() -> None:
    heard = Heard()
    assert set(heard.feed(quiet(60))) == {None}
    (score,) = heard.feed([-20.0])
    assert score == pytest.approx(1.0, abs=0.05)
    assert set(heard.feed(quiet(60))) == {None}


def test_the_score_grows_with_the_level() -> None:
    scores = []
    for level in (-44.0, -40.0, -30.0, -5.0):
        heard = Heard()
        heard.feed(quiet(60, spread=0.0))
        scores += heard.feed([level])
    assert scores == pytest.approx([0.616, 0.68, 0.84, 1.0], abs=0.01)


def test_a_siren_stays_loud_and_becomes_the_background_in_the_end() -> None:
    heard = Heard()
    heard.feed(quiet(60))
    minutes = [heard.feed(quiet(60, level=-25.0)) for _ in range(30)]
    assert None not in minutes[0]
    assert None not in minutes[3]
    assert set(minutes[-1]) == {None}


def test_traffic_that_grows_slowly_is_usual() -> None:
    heard = Heard()
    heard.feed(quiet(60))
    for minute in range(20):
        assert set(heard.feed(quiet(60, level=-60 + minute, seed=minute))) == {None}
    assert heard.feed([-20.0])[0] is not None


def test_it_is_loud_again_soon_after_it_has_become_quiet() -> None:
    heard = Heard()
    heard.feed(quiet(300, level=-30.0))
    heard.feed(quiet(15, level=-60.0))
    assert heard.feed([-35.0])[0] is not None


def test_what_does_not_exceed_the_volume_is_never_loud() -> None:
    heard = Heard()
    heard.feed(quiet(60, level=-90.0))
    assert set(heard.feed([-60.0] * 4, counts=False)) == {None}


def test_nothing_is_loud_while_it_is_learnt_what_is_usual() -> None:
    heard = Heard()
    assert set(heard.feed([-60.0, -20.0, -60.0, -20.0])) == {None}
    heard.feed(quiet(30))
    heard.time += 60  # the camera was away
    assert set(heard.feed([-20.0] * 6)) == {None}


def test_a_clock_that_is_set_back_begins_anew() -> None:
    heard = Heard()
    heard.feed(quiet(30))
    heard.time -= 3600
    assert set(heard.feed([-20.0] * 4)) == {None}
    heard.feed(quiet(30))
    assert heard.feed([-20.0])[0] is not None


@pytest.mark.parametrize("seed", range(20))
def test_noise_of_a_microphone_never_is_an_event(seed: int) -> None:
    heard = Heard()
    assert set(heard.feed(quiet(600, level=-55.0, spread=6.0, seed=seed))) == {None}
