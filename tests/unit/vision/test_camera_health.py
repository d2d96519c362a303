"""What is told of a camera whose picture has changed, and what is not."""

import functools
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.vision.camera_health import DAY_S, HOUR_S, KINDS, LOOK_S, CameraHealth
from dogwatch.vision.scene_look import look, shift_between

Grey = NDArray[np.uint8]
WIDTH, HEIGHT = 640, 360
T0 = 1_700_000_000.0 // DAY_S * DAY_S + 12 * HOUR_S


@functools.cache
def scene(seed: int = 1) -> Grey:
    """Return a street of sorts: boxes of many sizes."""
    rng = np.random.default_rng(seed)
    picture = np.full((HEIGHT, WIDTH), 110, np.uint8)
    for _ in range(140):
        x, y = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT))
        w, h = int(rng.integers(8, 90)), int(rng.integers(8, 70))
        cv2.rectangle(picture, (x, y), (x + w, y + h), int(rng.integers(20, 236)), -1)
    return picture


@functools.cache
def noises() -> list[NDArray[np.int16]]:
    """Return the noise of some pictures."""
    rng = np.random.default_rng(3)
    return [rng.normal(0, 2, (HEIGHT, WIDTH)).astype(np.int16) for _ in range(7)]


def seen(picture: Grey, number: int, *, colour: bool = True) -> Grey:
    """Return I420 of `picture` with the noise of a sensor."""
    luma = np.asarray(cv2.add(picture, noises()[number % len(noises())], dtype=cv2.CV_8U), np.uint8)
    chroma = np.full((HEIGHT // 2, WIDTH), 140 if colour else 128, np.uint8)
    return np.vstack((luma, chroma))


def by_night() -> Grey:
    return np.asarray(cv2.convertScaleAbs(scene(), alpha=0.4), np.uint8)


class Watched:
    """A camera that has shown `scene()` for a quarter of an hour."""

    def __init__(self, *, moves: bool = False, colour: bool = True) -> None:
        self.health, self.time, self.number = CameraHealth(moves=moves), T0, 0
        self.told = self.show(900, scene if colour else by_night, colour=colour)

    def show(self, seconds: float, picture: Callable[[], Grey], *, colour: bool = True) -> set[str]:
        """Show pictures for a while; return all that was told meanwhile."""
        told: set[str] = set()
        end = self.time + seconds
        while self.time < end:
            told.update(self.health.observe(seen(picture(), self.number, colour=colour), self.time))
            self.time, self.number = self.time + LOOK_S, self.number + 1
        return told


@pytest.fixture
def watched() -> Watched:
    made = Watched()
    assert made.told == set()
    return made


def shifted(across: int, down: int = 0) -> Grey:
    return np.asarray(np.roll(scene(), (down, across), (0, 1)), np.uint8)


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (lambda: np.full((HEIGHT, WIDTH), 60, np.uint8), "covered"),
        (lambda: cv2.GaussianBlur(scene(), (0, 0), 2.5), "blurred"),
        (lambda: shifted(24), "moved"),
        (lambda: shifted(-90, 40), "moved"),
        (lambda: scene(2), "moved"),
    ],
    ids=["covered", "blurred", "knocked", "turned", "another scene"],
)
def test_a_fault_is_told_when_it_has_held_and_over_when_it_has_gone(
    watched: Watched, picture: Callable[[], Grey], kind: str
) -> None:
    assert watched.show(KINDS[kind].begins_s - 2 * LOOK_S, picture) == set()
    assert watched.show(120, picture) == {kind}
    watched.show(KINDS[kind].ends_s + 3 * LOOK_S, scene)
    assert watched.health.conditions == ()


def test_a_view_that_is_accepted_is_the_usual_one(watched: Watched) -> None:
    watched.show(200, lambda: shifted(24))
    assert "moved" in watched.health.conditions
    watched.health.accept()
    assert not watched.health.conditions
    assert watched.show(900, lambda: shifted(24)) == set()
    assert watched.show(200, scene) == {"moved"}  # back is a change now


def test_a_frozen_picture_although_frames_come(watched: Watched) -> None:
    kept = seen(scene(), 5000)
    told: set[str] = set()
    for _ in range(12):
        told.update(watched.health.observe(kept, watched.time))
        watched.time += LOOK_S
    assert told == {"frozen"}


def test_something_bright_close_to_the_lens_at_night() -> None:
    watched = Watched(colour=False)
    glow = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.line(glow, (100, 0), (400, HEIGHT), 255.0, 60)
    cv2.line(glow, (500, 0), (420, HEIGHT), 255.0, 40)
    glow = np.asarray(cv2.GaussianBlur(glow, (0, 0), 25), np.float32)
    veiled = np.clip(by_night() + glow, 0, 255).astype(np.uint8)
    assert watched.show(KINDS["veiled"].begins_s + 60, lambda: veiled, colour=False) == {"veiled"}


@pytest.mark.parametrize(
    "picture",
    [
        lambda: cv2.convertScaleAbs(scene(), alpha=1.6),
        lambda: cv2.convertScaleAbs(scene(), alpha=0.5),
        lambda: np.full((HEIGHT, WIDTH), 5, np.uint8),
    ],
    ids=["brighter", "darker", "dark"],
)
def test_light_is_no_fault(watched: Watched, picture: Callable[[], Grey]) -> None:
    assert watched.show(900, picture) == set()
    assert watched.show(300, scene) == set()


def test_night_mode_is_another_reference(watched: Watched) -> None:
    def night() -> Grey:
        return cv2.convertScaleAbs(cv2.GaussianBlur(scene(), (0, 0), 1.5), alpha=0.6, beta=30)  # type: ignore[return-value]

    assert watched.show(900, night, colour=False) == set()
    assert watched.show(600, scene) == set()
    assert watched.show(400, lambda: shifted(60), colour=False) == {"moved"}


def test_a_lorry_is_no_cover(watched: Watched) -> None:
    def lorry() -> Grey:
        picture = scene().copy()
        picture[60:340, 60:560] = 190
        return picture

    assert watched.show(40, lorry) == set()
    assert watched.show(200, scene) == set()


def test_a_camera_that_turns_has_not_been_moved() -> None:
    assert Watched(moves=True).show(900, lambda: scene(2)) == set()


def test_a_new_view_is_usual_after_an_hour(watched: Watched) -> None:
    assert watched.show(HOUR_S / 2, lambda: shifted(60)) == {"moved"}
    watched.show(HOUR_S, lambda: shifted(60))
    assert watched.health.conditions == ()
    assert watched.show(600, lambda: shifted(60)) == set()
    assert watched.show(300, scene) == {"moved"}


def test_dark_where_it_never_was_is_a_cover() -> None:
    dark = np.full((HEIGHT, WIDTH), 5, np.uint8)
    watched = Watched()
    for _ in range(2):  # two days of light, seen now and then
        for _ in range(48):
            watched.show(LOOK_S, scene)
            watched.time += DAY_S / 48 - LOOK_S
    assert watched.show(200, dark.copy) == {"covered"}
    watched = Watched()
    for hour in range(48):  # days and nights
        watched.show(LOOK_S, dark.copy if hour % 24 < 12 else scene)
        watched.time += HOUR_S / 2 - LOOK_S
        watched.show(LOOK_S, dark.copy if hour % 24 < 12 else scene)
        watched.time += HOUR_S / 2 - LOOK_S
    watched.time = watched.time // DAY_S * DAY_S + DAY_S
    assert watched.show(600, dark.copy) == set()


def test_a_pause_is_no_evidence(watched: Watched) -> None:
    watched.show(40, lambda: shifted(60))
    watched.time += 3000
    assert watched.show(40, lambda: shifted(60)) == set()


def test_only_every_ten_seconds(watched: Watched) -> None:
    last = watched.time - LOOK_S
    assert not watched.health.due(last + LOOK_S - 1)
    assert watched.health.due(last + LOOK_S)
    assert watched.health.due(last - 100)  # the clock was set back


@pytest.mark.parametrize("shift", [(4, 0), (-7, 3), (0, -5)])
def test_the_shift_of_a_picture(shift: tuple[int, int]) -> None:
    across, down, alike = shift_between(
        look(seen(scene(), 1)).edges, look(seen(shifted(4 * shift[0], 4 * shift[1]), 2)).edges
    )
    assert [across, down] == list(shift)
    assert alike > 0.6


def test_what_has_no_edges_tells_no_sharpness() -> None:
    assert look(seen(np.full((HEIGHT, WIDTH), 90, np.uint8), 1)).sharpness is None
    out_of_focus = np.asarray(cv2.GaussianBlur(scene(), (0, 0), 3), np.uint8)
    sharp, blurred = (look(seen(picture, 1)).sharpness for picture in (scene(), out_of_focus))
    assert sharp is not None
    assert blurred is not None
    assert blurred < 0.5 * sharp
