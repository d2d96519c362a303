"""What the analysis of a live camera tells of the camera itself, from frames that it takes anyway."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.bus.messages import FrameReady
from dogwatch.vision.camera_health import LOOK_S
from tests.unit.workers.analysis.bench import SIZE, Bench

Picture = NDArray[np.uint8]


def scene() -> Picture:
    rng = np.random.default_rng(1)
    picture = np.full((SIZE, SIZE), 110, np.uint8)
    for _ in range(60):
        x, y, w, h = (int(part) for part in rng.integers(4, 40, 4) * (3, 3, 1, 1))
        cv2.rectangle(picture, (x, y), (x + w, y + h), int(rng.integers(30, 226)), -1)
    return picture


def show(bench: Bench, picture: Picture, seconds: float) -> tuple[str, ...]:
    """Show a noisy picture every ten seconds, as keyframes come while it is quiet; return what is told at last."""
    end = bench.now + seconds
    while bench.now < end:
        seq, i420 = bench.ring.begin(bench.now, keyframe=True, probe=False)
        noise = np.random.default_rng(int(bench.now)).normal(0, 2, picture.shape)
        i420[:SIZE] = np.clip(picture + noise, 0, 255)
        i420[SIZE:] = 140
        bench.ring.commit(seq)
        bench.watch.announce(FrameReady("cam", "ring", seq, bench.now, keyframe=True))
        bench.work()
        bench.now += LOOK_S / 2
    return bench.watch.stats(1, 5.0, 0).conditions


@pytest.fixture
def watched(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path, detect=False, camera_health=True)
    assert show(bench, scene(), 900) == ()
    return bench


def test_a_camera_that_is_covered_and_cleaned(watched: Bench) -> None:
    assert show(watched, np.full((SIZE, SIZE), 60, np.uint8), 200) == ("covered",)
    assert show(watched, scene(), 120) == ()


def test_it_can_be_switched_off_and_begins_anew(watched: Bench) -> None:
    show(watched, np.full((SIZE, SIZE), 60, np.uint8), 200)
    watched.change(camera_health=False)
    assert show(watched, scene(), 60) == ()
    watched.change(camera_health=True)
    assert show(watched, np.full((SIZE, SIZE), 60, np.uint8), 200) == ()


def test_a_view_that_is_accepted(watched: Bench) -> None:
    assert show(watched, np.full((SIZE, SIZE), 60, np.uint8), 200) == ("covered",)
    watched.watch.accept_view()
    assert show(watched, np.full((SIZE, SIZE), 60, np.uint8), 200) == ()
    watched.change(camera_health=False)
    watched.watch.accept_view()  # nobody looks, and nothing fails


def test_a_change_of_something_else_forgets_nothing(watched: Bench) -> None:
    watched.change(idle_after=3.0)
    assert show(watched, np.full((SIZE, SIZE), 60, np.uint8), 200) == ("covered",)


def test_nobody_looks_while_it_is_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.workers.analysis.live.look", lambda _: pytest.fail("somebody looks"))
    assert show(Bench(tmp_path, detect=False), scene(), 60) == ()
