"""What the output of a sound model means: from its numbers to the sounds that were heard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Activation = Literal["none", "sigmoid", "softmax"]


def scores(output: NDArray[Any], activation: Activation) -> NDArray[np.float64]:
    """Return the score of each class, from 0 to 1.

    Args:
        output: Shape `(..., classes)`; of several rows, one for each part of the sound, the highest score counts.
        activation: What is still to be done to its numbers.
    """
    rows = np.nan_to_num(np.asarray(output, np.float64).reshape(-1, output.shape[-1]), nan=-np.inf)
    if activation == "sigmoid":
        rows = 1 / (1 + np.exp(-np.clip(rows, -60, 60)))
    elif activation == "softmax":
        powers = np.exp(np.clip(rows - rows.max(axis=1, keepdims=True), -60, 0))
        rows = powers / powers.sum(axis=1, keepdims=True)
    return np.asarray(np.clip(rows.max(axis=0), 0.0, 1.0), np.float64)


def heard(found: NDArray[np.float64], labels: Mapping[int, str], thresholds: Mapping[str, float]) -> dict[str, float]:
    """Return the score of each sound that reaches its threshold; of classes with the same label the highest counts."""
    best: dict[str, float] = {}
    for number, label in labels.items():
        limit = thresholds.get(label)
        if limit is not None and number < len(found) and found[number] >= limit:
            best[label] = max(best.get(label, 0.0), round(float(found[number]), 4))
    return best
