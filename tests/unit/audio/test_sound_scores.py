"""What a model's output means, and what it is fed with."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dogwatch.audio.recent_sound import RecentSound
from dogwatch.audio.sound_scores import heard, scores

LABELS = {0: "bark", 1: "speech", 2: "speech", 9: "yell"}


def test_the_highest_row_counts() -> None:
    rows = np.array([[[0.1, 0.9, 0.2], [0.3, 0.1, 0.1]]], np.float32)
    assert scores(rows, "none") == pytest.approx([0.3, 0.9, 0.2])


def test_activations() -> None:
    assert scores(np.array([0.0, 100.0, -100.0]), "sigmoid") == pytest.approx([0.5, 1.0, 0.0])
    assert scores(np.array([[math.log(1), math.log(3)]]), "softmax") == pytest.approx([0.25, 0.75])
    assert scores(np.array([1e9, -1e9]), "softmax") == pytest.approx([1.0, 0.0])


def test_what_is_no_score_is_none() -> None:
    assert scores(np.array([math.nan, 7.0, -3.0]), "none") == pytest.approx([0.0, 1.0, 0.0])


def test_only_what_is_listened_for_and_sure_enough_is_heard() -> None:
    found = np.array([0.9, 0.5, 0.85])
    assert heard(found, LABELS, {"speech": 0.8}) == {"speech": 0.85}
    assert heard(found, LABELS, {"speech": 0.86, "yell": 0.0}) == {}
    assert heard(found, LABELS, {"bark": 0.9, "speech": 0.2}) == {"bark": 0.9, "speech": 0.85}


def test_the_newest_samples_are_kept() -> None:
    recent = RecentSound(4)
    recent.add(7, np.array([16384, -16384], np.int16))
    assert recent.samples() == pytest.approx([0, 0, 0.5, -0.5])
    recent.add(8, np.array([8192], np.int16))
    assert recent.samples() == pytest.approx([0, 0.5, -0.5, 0.25])
    recent.add(9, np.arange(0, 32768, 4096, dtype=np.int16))
    assert recent.samples() == pytest.approx([0.5, 0.625, 0.75, 0.875])


def test_what_was_before_a_gap_is_silence() -> None:
    recent = RecentSound(4)
    recent.add(1, np.full(4, 16384, np.int16))
    recent.add(3, np.full(1, 8192, np.int16))
    assert recent.samples() == pytest.approx([0, 0, 0, 0.25])
    recent.add(4, np.zeros(0, np.int16))
    assert recent.samples() == pytest.approx([0, 0, 0, 0.25])
