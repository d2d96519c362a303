"""When reading rests, played with a camera, a socket that holds what has come, and a clock of the test's."""

from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import pytest

from dogwatch.workers.ingest.grid import DetectGrid
from dogwatch.workers.ingest.read_pacer import (
    BUFFERED_BYTES,
    LONGEST_QUIET_S,
    LONGEST_S,
    MARGIN_S,
    PAUSES_IN_A_ROW,
    ReadPacer,
)
from tests.unit.workers.ingest.units import unit

START = 1_790_000_000.0
FPS, DELAY, GOP = 15.0, 0.05, 30


@dataclass
class Reading:
    """What became of each picture: when it was read, and how long reading it took; and how often reading rested."""

    read: list[tuple[float, float, float]] = field(default_factory=list)  # its time, when it was read, what it waited
    rests: int = 0

    def lateness(self, fps: float) -> list[float]:
        """Return how much later than they came the pictures were read that are due at `fps`."""
        grid = DetectGrid(fps)
        return [read - at for n, (at, read, _) in enumerate(self.read) if grid.is_due(at, keyframe=n % GOP == 0)]

    @property
    def woken(self) -> int:
        """How often the reading thread was woken."""
        return self.rests + sum(waited > 0.002 for _, _, waited in self.read)


def play(
    count: int = 300,
    *,
    detect_fps: float = 5.0,
    fps: float = FPS,
    hiccup: float = 0.0,
    cost: float = 0.0,
    size: int = 9000,
) -> Reading:
    """Read `count` pictures that arrive `DELAY` after their time; the 100th and all that it delays by `hiccup` more.

    To read one takes `cost`.
    """
    rests, reading, now = ReadPacer(DetectGrid(detect_fps)), Reading(), START
    for n in range(count):
        at = START + 0.031 + n / fps
        late = max(0.0, hiccup - (n - 100) / fps) if n >= 100 else 0.0
        arrives, begun = at + DELAY + late, now
        now = max(now, arrives) + cost
        reading.read.append((at, now, arrives - begun))
        rest = rests.after(unit(at, keyframe=n % GOP == 0, size=size), now, now - begun)
        assert 0 <= rest <= LONGEST_S
        reading.rests += rest > 0
        now += rest
    return reading


def test_reading_wakes_once_for_each_picture_that_is_due_and_takes_it_at_once() -> None:
    reading = play()
    assert reading.woken < 300 / 3 * (1 + 2 / PAUSES_IN_A_ROW)
    assert max(reading.lateness(5.0)[5:]) == pytest.approx(DELAY, abs=2 * MARGIN_S)


@pytest.mark.parametrize("cost", [0.0, 0.0005, 0.003, 0.01, 0.03])
@pytest.mark.parametrize("hiccup", [0.0, 2.0])
def test_reading_that_costs_time_does_not_fall_behind(cost: float, hiccup: float) -> None:
    reading = play(1800, hiccup=hiccup, cost=cost)
    assert max(reading.lateness(5.0)[-60:]) < DELAY + 4 * cost + 2 * MARGIN_S
    if hiccup:
        assert max(reading.lateness(5.0)) > 1.0


@pytest.mark.parametrize("burst", [2, 5, 15, 60])
def test_what_comes_in_bursts_is_read_at_once(burst: int) -> None:
    rests, now, late, delays = ReadPacer(DetectGrid(5.0)), START, [], []
    for n in range(900):
        at = START + n / FPS
        arrives = START + (n // burst * burst + burst - 1) / FPS + DELAY
        begun, now = now, max(now, arrives)
        late.append(now - arrives)
        delays.append(now - at)
        now += rests.after(unit(at), now, now - begun)
    assert max(late[60:]) < 0.1
    assert min(delays[60:]) < DELAY + 0.01  # what the mapping to wall-clock time learns from


@pytest.mark.parametrize("fps", [1.0, 4.0, 7.0, 10.0, 12.5, 15.0, 20.0, 25.0, 30.0, 60.0])
@pytest.mark.parametrize("detect_fps", [0.5, 2.0, 5.0, 7.0, 30.0])
def test_pictures_come_in_time_at_any_rate(fps: float, detect_fps: float) -> None:
    reading = play(600, fps=fps, detect_fps=detect_fps)
    assert max(reading.lateness(detect_fps)[2:]) < DELAY + min(LONGEST_S, 1 / fps) + 2 * MARGIN_S
    assert reading.woken <= 601


def test_pictures_that_come_unevenly_are_never_far_behind() -> None:
    random, rests, now, late = Random(7), ReadPacer(DetectGrid(5.0)), START, []
    before = 0.0
    for n in range(3000):
        at = START + n / FPS
        before = arrives = max(before, at + random.uniform(0.0, 0.3))
        begun, now = now, max(now, arrives)
        late.append(now - arrives)
        now += rests.after(unit(at), now, now - begun)
    assert max(late) < LONGEST_S
    assert sum(late) / len(late) < 0.05


def test_no_rest_takes_more_than_a_fresh_connection_holds() -> None:
    for size in (9_000, 40_000, 140_000):
        reading = play(size=size)
        spans = [after[1] - before[1] for before, after in pairwise(reading.read)]
        assert max(spans[5:]) < max(1 / FPS, BUFFERED_BYTES / (size * FPS)) + 2 * MARGIN_S


def test_no_rest_before_reading_was_seen_to_keep_up() -> None:
    rests = ReadPacer(DetectGrid(5.0))
    for n in range(30):  # a backlog, read at once
        assert rests.after(unit(START + n / FPS), START + 100, 0.0) == 0.0


def test_a_clock_that_was_set_does_not_end_the_rests() -> None:
    for leap in (-3600.0, 3600.0):
        rests, now, slept = ReadPacer(DetectGrid(5.0)), START, []
        for n in range(90):
            at = START + n / FPS + (leap if n > 30 else 0.0)
            if n == 31:
                now += leap
            begun, now = now, max(now + 0.001, at + 0.01)
            rest = rests.after(unit(at), now, now - begun)
            slept.append(rest)
            now += rest
        assert sum(rest > 0 for rest in slept[35:]) > 10


@dataclass
class Wire:
    """Pictures at `FPS` and sound packets, read by a pacer from a socket that holds what has come."""

    room: int = 0
    full: bool = True
    gop: int = 30
    size: int = 25_000
    slow: float = 0.0  # how much longer a keyframe is on the way
    shrinks: float = 0.0  # by how much sooner all comes after 30 s
    woken: int = 0
    held: float = 0.0  # the most bytes that waited
    late: list[float] = field(default_factory=list)  # how much later than they came pictures were read that are due
    late_keyframes: list[float] = field(default_factory=list)

    def play(self, seconds: float = 60.0) -> "Wire":
        """Read for `seconds`."""
        pictures = [(START + 0.031 + n / FPS, n) for n in range(round(seconds * FPS))]
        sound = [(START + n * 0.064, -1) for n in range(round(seconds / 0.064))]
        grid = DetectGrid(5.0)
        pacer, now, waited, read_to = ReadPacer(DetectGrid(5.0), self.room), START, 0.0, START
        for at, number in sorted(pictures + sound):
            arrives = at + DELAY - (self.shrinks if at > START + 30 else 0.0)
            keyframe = number >= 0 and number % self.gop == 0
            arrives += self.slow * keyframe
            begun, now = now, max(now, arrives)
            self.woken += now > begun
            waited += now - begun
            if number < 0:
                continue
            if grid.is_due(at, keyframe=keyframe):
                self.late.append(now - arrives)
            if keyframe:
                self.late_keyframes.append(now - arrives)
            pause = pacer.after(unit(at, keyframe=keyframe, size=self.size), now, waited, full=self.full)
            self.held, read_to = max(self.held, (now - read_to) * self.size * FPS if pause else 0.0), now
            self.woken += pause > 0
            now, waited = now + pause, 0.0
        return self


def test_sound_wakes_nobody() -> None:
    wire = Wire(room=1 << 20).play()
    assert wire.woken < 60 * 5 * (1 + 3 / PAUSES_IN_A_ROW)
    assert max(wire.late[10:]) < 2 * MARGIN_S


def test_what_a_fresh_connection_does_not_hold_is_read_meanwhile() -> None:
    wire = Wire().play()
    assert wire.held < BUFFERED_BYTES + 2 * 25_000
    assert wire.woken < 60 * 5 * (2 + 3 / PAUSES_IN_A_ROW)
    assert max(wire.late[10:]) < 2 * MARGIN_S


@pytest.mark.parametrize("gop", [15, 30, 47, 150])
def test_while_the_picture_is_quiet_reading_pauses_longer_but_keyframes_are_taken_at_once(gop: int) -> None:
    wire = Wire(room=1 << 20, full=False, gop=gop).play()
    assert wire.woken < 60 / LONGEST_QUIET_S * (1 + 3 / PAUSES_IN_A_ROW) + 60 * FPS / gop * 2 + 100
    assert max(wire.late_keyframes[4:]) < 2 * MARGIN_S


def test_keyframes_that_cannot_be_predicted_are_read_soon() -> None:
    random, pacer, now, late, next_one = Random(3), ReadPacer(DetectGrid(5.0), 1 << 20), START, [], 0
    for n in range(3000):
        at = START + n / FPS
        begun, now = now, max(now, at + DELAY)
        if keyframe := n == next_one:
            next_one += random.randint(15, 90)
            late.append(now - at - DELAY)
        now += pacer.after(unit(at, keyframe=keyframe, size=9000), now, now - begun, full=False)
    assert max(late) <= LONGEST_S + MARGIN_S


def test_pictures_that_come_sooner_than_before_are_soon_taken_at_once() -> None:
    wire = Wire(room=1 << 20, shrinks=0.03).play()
    assert max(wire.late[150 + 2 * PAUSES_IN_A_ROW :]) < 2 * MARGIN_S


@pytest.mark.parametrize("gop", [15, 30, 45, 60])
def test_a_large_keyframe_makes_no_later_picture_late(gop: int) -> None:
    wire = Wire(room=1 << 20, slow=0.03, gop=gop).play()
    assert max(wire.late[10:]) < 2 * MARGIN_S
