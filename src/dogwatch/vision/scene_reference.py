"""How a camera's picture usually is, learnt slowly: one for pictures with colour, one for those without."""

from __future__ import annotations

import math

import numpy as np

from dogwatch.vision.scene_look import ACROSS, DOWN, HEIGHT, WIDTH, SceneLook, likeness

LEARN_S = 480.0
"""Until a reference is known well enough to compare with."""
SLOW_S = 1200.0
"""In which a reference follows a scene that changes by itself: dusk, fog, shadows."""
QUICK_S = 60.0
"""The same, while it is new."""
LEAST_LOOKS = 12
LONGEST_STEP_S = 60.0
STEADY = 0.25
"""Edges count as far as they have the same direction most of the time; what moves has none."""


class SceneReference:
    """The usual picture. `edges` is the mean field of edges: what stays has a magnitude near 1, what moves near 0."""

    def __init__(self) -> None:
        """Know nothing."""
        self.edges = np.zeros((HEIGHT, WIDTH), np.complex64)
        self.texture = np.zeros((DOWN, ACROSS), np.float32)
        self.brightness = np.zeros((DOWN, ACROSS), np.float32)
        self.sharpness: float | None = None
        self.noise: float | None = None
        self.alike = 1.0
        """How alike a picture and the reference usually are."""
        self._looks = 0
        self._learnt_s = 0.0
        self._time: float | None = None

    @property
    def known(self) -> bool:
        """Whether it can be compared with."""
        return self._learnt_s >= LEARN_S and self._looks >= LEAST_LOOKS

    def learn(self, look: SceneLook, time: float, noise: float | None) -> None:
        """Take a picture for usual; `noise` is the share of its pixels that differ from the picture before."""
        step = 0.0 if self._time is None else min(max(time - self._time, 0.0), LONGEST_STEP_S)
        self._time = time
        if self._looks == 0:
            self.edges, self.texture = look.edges.copy(), look.cells_texture.copy()
            self.brightness, self.sharpness, self.noise = look.cells_brightness.copy(), look.sharpness, noise
        else:
            weight = np.float32(
                max(
                    1 - math.exp(-step / (SLOW_S if self.known else QUICK_S)),
                    1 / (1 + self._looks) if not self.known else 0.0,
                )
            )
            self.alike += float(weight) * (likeness(self.edges, look.edges) - self.alike)
            self.edges += weight * (look.edges - self.edges)
            self.texture += weight * (look.cells_texture - self.texture)
            self.brightness += weight * (look.cells_brightness - self.brightness)
            self.sharpness = _blend(self.sharpness, look.sharpness, float(weight))
            self.noise = _blend(self.noise, noise, float(weight))
        self._looks += 1
        self._learnt_s += step


def _blend(old: float | None, new: float | None, weight: float) -> float | None:
    if old is None or new is None:
        return new if old is None else old
    return old + weight * (new - old)
