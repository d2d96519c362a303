"""When reading rests, played with a camera, a socket that holds what has come, and a clock of the test's."""

from dataclasses import dataclass, field

import pytest

from dogwatch.ingest.grid import DetectGrid
from dogwatch.ingest.rests import IN_A_ROW, LONGEST_S, MARGIN_S, Rests
from tests.unit.ingest.units import unit

START = 1_790_000_000.0
FPS = 15.0


@dataclass
class Reading:
    """What became of each picture: when it was read, and how long reading it took; and how often reading rested."""

    read: list[tuple[float, float, float]] = field(default_factory=list)  # its time, when it was read, what it waited
    rests: int = 0

    def lateness(self, fps: float) -> list[float]:
        """Return how much later than they came the pictures were read that are due at `fps`."""
        grid, slot, found = DetectGrid(fps), -1, []
        for at, read, _ in self.read:
            if grid.slot(at) != slot:
                slot = grid.slot(at)
                found.append(read - at)
        return found

    @property
    def woken(self) -> int:
        """How often the reading thread was woken."""
        return self.rests + sum(waited > 0.002 for _, _, waited in self.read)


def play(
    count: int = 300, *, detect_fps: float = 5.0, nominal: float = FPS, delay: float = 0.05, hiccup: float = 0.0
) -> Reading:
    """Read `count` pictures that arrive `delay` after their time; the 100th and all that it delays by `hiccup` more."""
    rests, reading, now = Rests(DetectGrid(detect_fps), nominal), Reading(), START
    for n in range(count):
        at = START + 0.031 + n / FPS
        late = max(0.0, hiccup - (n - 100) / FPS) if n >= 100 else 0.0
        arrives = at + delay + late
        waited = max(0.0, arrives - now)
        now = max(now, arrives)
        reading.read.append((at, now, waited))
        rest = rests.after(unit(at), now, waited)
        assert 0 <= rest <= LONGEST_S
        reading.rests += rest > 0
        now += rest
    return reading


def test_reading_wakes_once_for_each_picture_that_is_due_and_takes_it_at_once() -> None:
    reading = play()
    assert reading.woken < 300 / 3 * (1 + 2 / IN_A_ROW)
    assert max(reading.lateness(5.0)[2:]) == pytest.approx(0.05, abs=2 * MARGIN_S)


def test_a_hiccup_of_the_network_is_made_up_for() -> None:
    reading = play(hiccup=1.5)
    assert max(reading.lateness(5.0)) > 1.0
    assert max(reading.lateness(5.0)[-30:]) < 0.05 + 2 * MARGIN_S


def test_a_wrong_nominal_rate_does_no_harm() -> None:
    for nominal in (0.0, 10.0, 25.0, 90.0):
        reading = play(nominal=nominal)
        assert max(reading.lateness(5.0)[2:]) < 0.05 + 1 / FPS
        assert reading.woken < 300


def test_at_a_low_detect_rate_rests_are_short_enough_for_buffers() -> None:
    reading = play(detect_fps=0.5)
    assert reading.rests > 40
    assert max(reading.lateness(0.5)[1:]) < 0.05 + LONGEST_S


def test_nothing_rests_while_every_picture_is_wanted() -> None:
    reading = play(detect_fps=FPS)
    assert max(at_once - at for at, at_once, _ in reading.read[2:]) < 0.05 + 2 * MARGIN_S


def test_no_rest_before_reading_was_seen_to_keep_up() -> None:
    rests = Rests(DetectGrid(5.0), FPS)
    for n in range(30):  # a backlog, read at once
        assert rests.after(unit(START + n / FPS), START + 100, 0.0) == 0.0


def test_a_clock_that_was_set_back_does_not_end_the_rests() -> None:
    rests, now = Rests(DetectGrid(5.0), FPS), START
    slept = []
    for n in range(60):
        at = START + n / FPS - (3600 if n > 30 else 0)
        now = max(now + 0.001, at + 0.01) if n != 31 else at + 0.01
        rest = rests.after(unit(at), now, 0.05)
        slept.append(rest)
        now += rest
    assert sum(rest > 0 for rest in slept[35:]) > 10
