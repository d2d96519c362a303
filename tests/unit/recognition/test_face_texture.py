"""Local binary patterns of faces."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dogwatch.recognition import face_texture
from dogwatch.recognition.face_texture import COLUMNS, HEIGHT, PATTERNS, RADII, ROWS, WIDTH, distances, texture

Gray = face_texture.Gray


def noise(seed: int) -> Gray:
    """Return something that has the texture of a photograph."""
    rng = np.random.default_rng(seed)
    coarse = cv2.resize(
        rng.uniform(40, 210, (16, 14)).astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    fine = cv2.GaussianBlur(rng.normal(0, 60, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 1.5)
    return np.asarray(np.clip(coarse + fine, 0, 255), np.uint8)


def test_there_are_58_uniform_patterns_and_one_for_all_others() -> None:
    table = face_texture._uniform()
    assert table.shape == (256,)
    assert sorted(set(table.tolist())) == list(range(PATTERNS))
    assert np.count_nonzero(table == PATTERNS - 1) == 256 - 58
    for pattern in (0, 255, 0b1, 0b11110000, 0b10000001):
        assert table[pattern] != PATTERNS - 1
    assert table[0b01010101] == PATTERNS - 1


def test_patterns_are_those_of_a_ramp() -> None:
    ramp = np.tile(np.arange(20, dtype=np.float32), (20, 1))
    inside = face_texture._patterns(ramp, 1)[5:15, 5:15]
    assert len(set(inside.ravel().tolist())) == 1
    found = int(inside[0, 0])
    assert found & 0b1  # the point on the right is brighter
    assert not found & 0b10000  # the one on the left is darker


def test_the_form_of_a_description() -> None:
    found = texture(noise(1))
    assert found.shape == (ROWS * COLUMNS, len(RADII) * PATTERNS)
    assert np.allclose((found**2).sum(axis=1), len(RADII), atol=1e-5)  # frequencies, for each radius


def test_distances() -> None:
    one, other, third = texture(noise(1)), texture(noise(2)), texture(noise(3))
    found = distances(one, np.stack([one, other, third]))
    assert found[0] == pytest.approx(0.0, abs=5e-3)
    assert 0.05 < found[1] < 1
    assert distances(other, one[None])[0] == pytest.approx(found[1], abs=1e-5)


@pytest.mark.parametrize(("gain", "offset"), [(0.5, 0), (0.7, 40), (0.6, 90)])
def test_light_makes_less_difference_than_another_face(gain: float, offset: float) -> None:
    face = noise(1)
    lit = np.clip(face * gain + offset, 0, 255).astype(np.uint8)
    near, far = distances(texture(face), np.stack([texture(lit), texture(noise(2))]))
    assert near < 0.6 * far


def test_a_flat_picture_is_described_too() -> None:
    flat = texture(np.full((HEIGHT, WIDTH), 128, np.uint8))
    assert np.isfinite(flat).all()
    assert np.isfinite(distances(flat, texture(noise(1))[None])).all()


def test_scores_fall_with_distance() -> None:
    found = face_texture.scores(np.linspace(0, 1, 50, dtype=np.float32))
    assert (np.diff(found) <= 0).all()
    assert found[0] > 0.99
    assert found[-1] < 0.01
