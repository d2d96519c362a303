"""Motion on made pictures: what moves is found, what flickers, flashes or stays is not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.analysis import MotionSettings
from dogwatch.model import Box
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.motion import Motion, MotionDetector, percentiles, shrink, unmasked_pixels

WIDTH, HEIGHT = 640, 360
SIZES = Geometry(WIDTH, HEIGHT, WIDTH, HEIGHT)
Luma = NDArray[np.uint8]


def scene(x: int | None = None, y: int = 150, level: int = 235, noise: int = 0, seed: int = 0) -> Luma:
    """A grey ramp, noisy if wanted, with a square of 60 pixels at x."""
    ramp = np.linspace(40, 210, WIDTH)[None, :].repeat(HEIGHT, 0)
    if noise:
        ramp = ramp + np.random.default_rng(seed).normal(0, noise, ramp.shape)
    picture = np.clip(ramp, 0, 255).astype(np.uint8)
    if x is not None:
        picture[y : y + 60, x : x + 60] = level
    return picture


def run(detector: MotionDetector, pictures: list[Luma], step: float = 0.2, start: float = 1000.0) -> list[Motion]:
    return [detector.detect_motion(detector.downscale(picture), start + n * step) for n, picture in enumerate(pictures)]


def test_a_moving_square_is_boxed() -> None:
    detector = MotionDetector(MotionSettings(), SIZES)
    seen = run(detector, [scene()] * 5 + [scene(100 + 10 * n) for n in range(5)])
    assert all(not one.boxes for one in seen[:5])
    box = seen[-1].boxes[0]
    assert box.x1 <= 140
    assert box.x2 >= 200
    assert box.y1 <= 150
    assert box.y2 >= 210
    assert box.area < 4 * 60 * 60
    assert seen[-1].area > 60 * 60 * 0.8


def test_boxes_are_in_detect_frame_pixels() -> None:
    detector = MotionDetector(MotionSettings(), Geometry(WIDTH, HEIGHT, WIDTH // 2, HEIGHT // 2))
    box = run(detector, [scene()] * 5 + [scene(200)])[-1].boxes[0]
    assert abs((box.x1 + box.x2) / 2 - 115) < 5
    assert abs((box.y1 + box.y2) / 2 - 90) < 5


@pytest.mark.parametrize("noise", [4, 10, 20])
def test_sensor_noise_is_no_motion(noise: int) -> None:
    detector = MotionDetector(MotionSettings(), SIZES)
    assert not any(one.boxes for one in run(detector, [scene(noise=noise, seed=n) for n in range(40)]))


def test_the_breathing_of_keyframes_is_no_motion() -> None:
    detector = MotionDetector(MotionSettings(), SIZES)
    rng = np.random.default_rng(3)
    texture = rng.integers(-14, 15, (HEIGHT // 8, WIDTH // 8)).repeat(8, 0).repeat(8, 1)
    sharp = np.clip(scene().astype(int) + texture, 0, 255).astype(np.uint8)
    pictures = [sharp if n % 10 == 0 else scene() for n in range(60)]
    assert not any(one.boxes for one in run(detector, pictures))


def test_a_flash_recalibrates_and_is_no_motion() -> None:
    detector = MotionDetector(MotionSettings(), SIZES)
    bright = np.minimum(scene().astype(int) + 80, 255).astype(np.uint8)
    seen = run(detector, [scene()] * 5 + [bright] * 20 + [bright.copy() for _ in range(3)])
    assert seen[5].calibrating
    assert not any(one.boxes for one in seen)
    assert not seen[-1].calibrating
    moving = bright.copy()
    moving[100:160, 100:160] = 20
    assert detector.detect_motion(detector.downscale(moving), 1010.0).boxes


def test_the_skip_threshold_silences_a_frame() -> None:
    detector = MotionDetector(MotionSettings(skip_motion_threshold=0.05), SIZES)
    assert run(detector, [scene()] * 5 + [scene(100)])[-1].boxes
    big = scene()
    big[:, :200] = 250
    quiet = detector.detect_motion(detector.downscale(big), 1002.0)
    assert quiet.share > 0.05
    assert not quiet.boxes


def test_a_mask_hides_motion() -> None:
    left = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    detector = MotionDetector(MotionSettings(masks=(left,)), SIZES)
    assert not run(detector, [scene()] * 5 + [scene(100)])[-1].boxes
    assert detector.detect_motion(detector.downscale(scene(450, level=20)), 1002.0).boxes


def test_a_weak_change_must_last_and_a_strong_one_need_not() -> None:
    def weak(x: int) -> Luma:
        picture = scene()
        picture[150:210, x : x + 60] = np.clip(picture[150:210, x : x + 60].astype(int) + 38, 0, 255)
        return picture

    detector = MotionDetector(MotionSettings(improve_contrast=False), SIZES)
    once, twice = run(detector, [scene()] * 5 + [weak(100), weak(100)])[-2:]
    assert not once.boxes
    assert twice.boxes


def test_a_keyframe_after_seconds_counts_as_lasting() -> None:
    detector = MotionDetector(MotionSettings(improve_contrast=False), SIZES)
    weak = scene()
    weak[150:210, 100:160] += 38
    assert run(detector, [scene(), scene(), scene(), weak], step=2.0)[-1].boxes


def test_what_stays_becomes_background_equally_fast_at_any_frame_rate() -> None:
    def until_quiet(step: float) -> float:
        detector = MotionDetector(MotionSettings(), SIZES)
        run(detector, [scene()] * 3, step)
        for n in range(1, 2000):
            if not detector.detect_motion(detector.downscale(scene(100)), 1000 + (2 + n) * step).boxes:
                return n * step
        raise AssertionError("never quiet")

    assert until_quiet(0.2) == pytest.approx(until_quiet(2.0), abs=6.0)


def test_looking_without_learning_changes_nothing() -> None:
    detector = MotionDetector(MotionSettings(), SIZES)
    run(detector, [scene()] * 5)
    probe = detector.downscale(scene(100))
    first = detector.detect_motion(probe, 1003.0, learn=False)
    assert first.boxes
    assert detector.detect_motion(probe, 1003.0, learn=False) == first


def test_switched_off_it_still_learns() -> None:
    detector = MotionDetector(MotionSettings(enabled=False), SIZES)
    seen = run(detector, [scene()] * 3 + [scene(100)] * 3)
    assert not any(one.boxes for one in seen)
    assert seen[-1].share > 0


def test_a_dull_picture_is_helped_by_contrast() -> None:
    def dull(x: int | None = None) -> Luma:
        return (scene(x) // 8 + 100).astype(np.uint8)

    helped, plain = (MotionDetector(MotionSettings(improve_contrast=on), SIZES) for on in (True, False))
    pictures = [dull()] * 5 + [dull(80)] * 3
    assert run(helped, pictures)[-1].boxes
    assert not run(plain, pictures)[-1].boxes


def test_what_is_known_to_stand_is_background_at_once() -> None:
    detector = MotionDetector(MotionSettings(), SIZES)
    assert run(detector, [scene()] * 5 + [scene(100)] * 3)[-1].boxes
    detector.absorb(detector.downscale(scene(100)), Box(100, 150, 160, 210))
    assert not detector.detect_motion(detector.downscale(scene(100)), 1002.0).boxes
    assert detector.detect_motion(detector.downscale(scene()), 1002.2).boxes  # and its leaving is motion


def test_shrinking_keeps_the_mean_and_tames_noise() -> None:
    noisy = scene(noise=20)
    small = shrink(noisy, (178, 100))
    assert small.shape == (100, 178)
    assert abs(float(small.mean()) - float(noisy.mean())) < 1.5
    assert float(np.std(small.astype(float) - shrink(scene(), (178, 100)))) < 8


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (853, 479), (854, 480), (1920, 1080), (704, 576)])
def test_pictures_of_any_size_shrink_alike(size: tuple[int, int]) -> None:
    columns, rows = size
    width = round(100 * columns / rows)
    ramp = np.linspace(0, 250, columns)[None, :].repeat(rows, 0).astype(np.uint8)
    assert np.abs(shrink(ramp, (width, 100)).astype(float) - np.linspace(0, 250, width)).max() < 3
    grain = np.random.default_rng(1).normal(128, 20, (rows, columns)).clip(0, 255).astype(np.uint8)
    assert float(np.std(shrink(grain, (width, 100)).astype(float))) < 3


def test_open_pixels_and_spread() -> None:
    pixels = unmasked_pixels((((0, 0), (0.5, 0), (0.5, 1), (0, 1)),), 10, 4)
    assert pixels[0, 0] == 0
    assert pixels[0, 9] == 255
    assert percentiles(np.arange(256, dtype=np.uint8).reshape(16, 16)) == (10, 245)
