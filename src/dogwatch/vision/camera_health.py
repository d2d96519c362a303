"""Tells from its pictures what is wrong with a camera: covered, out of focus, moved, frozen, or veiled at night.

A picture every few seconds is compared with how the scene usually is (`scene_reference`). What is found must hold for a
while before it is told, so that a lorry before the lens, a light that is switched on, or a storm is not. While anything
is suspected nothing is learnt. Pictures with colour and those without have references of their own, so the change to
night mode is no change. A dark picture tells nothing, unless it was never dark at this hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from dogwatch.vision.scene_look import Picture, SceneLook, likeness, look, shift_between, unlike_share
from dogwatch.vision.scene_reference import SceneReference

LOOK_S = 20.0
SETTLE_S = 60.0
"""After the change between day and night mode: exposure and focus need a moment."""
PAUSE_S = 120.0
"""So long without pictures, and nothing is concluded from what was before."""
DARK = 18.0
TEXTURED = 2.5
"""The mean gradient (levels) from which a cell has something to lose."""
LEAST_TEXTURED = 6
"""Cells that must have texture."""
TEXTURE_LEFT = 0.35
ALL_LOST = 0.85
FAINT = 0.3
LOST = 0.5
"""The share of the scene's texture that is gone when a camera counts as covered."""
BLURRED = 0.55
"""The share of its usual sharpness below which a picture is out of focus."""
UNLIKE, STRANGE = 0.6, 0.4
"""How alike the edges of a picture and the reference are, as a share of what is usual: below the first something is
wrong if the rest says so too, below the second they are others."""
LEAST_SHIFT, BETTER = 2.0, 1.3
"""Small pixels, of which the width has 160; and by how much more alike the edges must be there than where they were."""
LEAST_ALIKE = 0.1
FROZEN, ALIVE = 0.0005, 0.01
"""The share of pixels that differ from the picture before: when frozen, and at least in those of a live sensor."""
VEIL, VEILED, VEILED_ALIKE = 30.0, 0.25, 0.7
"""By how many levels parts of a night picture are lit up, the share of such cells, and how alike edges are then."""
HOUR_S, DAY_S = 3600.0, 86_400.0
MEMORY_S = 8 * DAY_S


@dataclass(frozen=True, slots=True)
class ConditionKind:
    """How long a condition must hold to be told, how long it must be gone to be over, and when it counts as usual."""

    begins_s: float
    ends_s: float
    accepted_s: float


KINDS = {
    "covered": ConditionKind(60, 30, 12 * HOUR_S),
    "blurred": ConditionKind(180, 60, 7 * DAY_S),
    "moved": ConditionKind(120, 60, HOUR_S),
    "frozen": ConditionKind(60, 20, 7 * DAY_S),
    "veiled": ConditionKind(600, 120, DAY_S),
}


@dataclass(slots=True)
class _Suspicion:
    """For how long a condition was seen; time without it counts twice against it."""

    seen_s: float = 0.0
    gone_s: float = 0.0
    told_s: float = 0.0
    told: bool = False

    def observe(self, kind: ConditionKind, step: float, *, found: bool) -> None:
        self.seen_s = self.seen_s + step if found else max(0.0, min(self.seen_s, kind.begins_s) - 2 * step)
        self.gone_s = 0.0 if found else self.gone_s + step
        if self.told:
            self.told_s += step
            self.told = self.gone_s < kind.ends_s
        elif self.seen_s >= kind.begins_s:
            self.told, self.told_s = True, 0.0


@dataclass(slots=True)
class _Hours:
    """When it was dark and when it was not, by hour of the UTC day: the last times."""

    dark: list[float] = field(default_factory=lambda: [0.0] * 24)
    bright: list[float] = field(default_factory=lambda: [0.0] * 24)

    def note(self, time: float, *, dark: bool) -> None:
        (self.dark if dark else self.bright)[_hour(time)] = time

    def never_dark(self, time: float, since: float) -> bool:
        """Whether it was bright around this hour on days before the dark that began `since`, and never dark."""
        hours = [(_hour(time) + step) % 24 for step in (-1, 0, 1)]
        known = all(0 < since - self.bright[hour] < MEMORY_S for hour in hours) and any(
            since - self.bright[hour] > DAY_S / 2 for hour in hours
        )
        return known and not any(0 < since - self.dark[hour] < MEMORY_S for hour in hours)


def _hour(time: float) -> int:
    return int(time // HOUR_S) % 24


class CameraHealth:
    """Watches the pictures of one camera. Not thread-safe; times must not go back."""

    def __init__(self, *, moves: bool = False) -> None:
        """Know nothing; `moves` is whether the camera turns, so that another view is no fault."""
        self.moves = moves
        self._references = {True: SceneReference(), False: SceneReference()}
        self._suspicions = {name: _Suspicion() for name in KINDS}
        self._before: SceneLook | None = None
        self._time: float | None = None
        self._mode_since = 0.0
        self._hours = _Hours()
        self._dark_since: float | None = None

    @property
    def conditions(self) -> tuple[str, ...]:
        """What is wrong, as last told; names of `KINDS`."""
        return tuple(name for name, one in self._suspicions.items() if one.told)

    def accept(self) -> None:
        """Take the scene as it is now for usual: nothing is wrong, and it is learnt anew."""
        self._references = {True: SceneReference(), False: SceneReference()}
        self._suspicions = {name: _Suspicion() for name in KINDS}

    def due(self, time: float) -> bool:
        """Whether to show it a picture of this time."""
        return self._time is None or time - self._time >= LOOK_S or time < self._time

    def observe(self, i420: Picture, time: float) -> tuple[str, ...]:
        """Take an I420 picture of `time` (epoch s); return what is wrong."""
        return self.judge(look(i420), time)

    def judge(self, seen: SceneLook, time: float) -> tuple[str, ...]:
        """Take what a picture tells; return what is wrong."""
        before, self._before = self._before, seen
        last, self._time = self._time, time
        step = 0.0 if last is None else time - last
        if before is None or not 0 <= step <= PAUSE_S:
            before, step = None, 0.0
        if before is not None and before.grey != seen.grey:
            self._mode_since = time
        noise = None if before is None else unlike_share(before.rows, seen.rows)
        found = self._found(seen, noise, time)
        for name, suspicion in self._suspicions.items():
            if found is not None:
                suspicion.observe(KINDS[name], step, found=name in found)
        self._accept_usual(seen)
        if found is not None and not found and seen.brightness >= DARK:
            self._references[seen.grey].learn(seen, time, noise)
        return self.conditions

    # ------------------------------------------------------------ what is found in one picture

    def _found(self, seen: SceneLook, noise: float | None, time: float) -> frozenset[str] | None:
        """Return what a picture shows; None if nothing can be concluded from it."""
        if seen.brightness < DARK:
            return self._found_dark(time)
        self._dark_since = None
        self._hours.note(time, dark=False)
        reference = self._references[seen.grey]
        if time - self._mode_since < SETTLE_S:
            return None
        if not reference.known:
            return frozenset({"covered"} if _nothing_of(seen, self._references[not seen.grey]) else ())
        return frozenset(self._compared(seen, reference, noise))

    def _found_dark(self, time: float) -> frozenset[str] | None:
        if self._dark_since is None:
            self._dark_since = time
        if self._hours.never_dark(time, self._dark_since):
            return frozenset({"covered"})
        if time - self._dark_since > HOUR_S / 2:
            self._hours.note(self._dark_since, dark=True)
            self._hours.note(time, dark=True)
        return None

    def _compared(self, seen: SceneLook, reference: SceneReference, noise: float | None) -> Iterable[str]:
        if noise is not None and noise < FROZEN and (reference.noise or 0.0) > ALIVE:
            yield "frozen"
        lost = _lost_texture(seen, reference)
        alike = likeness(reference.edges, seen.edges) / max(reference.alike, LEAST_ALIKE)
        if seen.grey and lost < ALL_LOST and alike < VEILED_ALIKE and _veiled(seen, reference):
            yield "veiled"
        elif lost >= LOST and alike < UNLIKE:
            yield "blurred" if _same_brightness(seen, reference) else "covered"
        elif _blurred(seen, reference):
            yield "blurred"
        elif not self.moves and alike < UNLIKE and not _faint(seen, reference) and _elsewhere(seen, reference, alike):
            yield "moved"

    def _accept_usual(self, seen: SceneLook) -> None:
        """Begin with a new reference when a condition has held for so long that it is how things are."""
        for name, suspicion in self._suspicions.items():
            if suspicion.told and suspicion.told_s >= KINDS[name].accepted_s:
                self._references[seen.grey] = SceneReference()
                self._suspicions[name] = _Suspicion()


def _lost_texture(seen: SceneLook, reference: SceneReference) -> float:
    """Return the share of the scene's texture in cells that have lost theirs, beyond what less light explains."""
    textured = reference.texture > TEXTURED
    if np.count_nonzero(textured) < LEAST_TEXTURED:
        return 0.0
    light = np.clip(seen.cells_brightness / np.maximum(reference.brightness, 1.0), 0.3, 1.0)
    gone = textured & (seen.cells_texture < TEXTURE_LEFT * light * reference.texture)
    return float(reference.texture[gone].sum() / reference.texture[textured].sum())


def _nothing_of(seen: SceneLook, reference: SceneReference) -> bool:
    """Whether nothing of the scene is left, by the reference of the other mode: a grey cloth has no colour."""
    if not reference.known or likeness(reference.edges, seen.edges) >= STRANGE * reference.alike / 2:
        return False
    return _lost_texture(seen, reference) >= ALL_LOST


def _faint(seen: SceneLook, reference: SceneReference) -> bool:
    """Whether a picture has too few edges to say where they are."""
    return float(np.vdot(seen.edges, seen.edges).real) < FAINT * float(np.vdot(reference.edges, reference.edges).real)


def _same_brightness(seen: SceneLook, reference: SceneReference) -> bool:
    """Whether light and dark parts are where they usually are, as in a picture out of focus."""
    one, other = (cells - cells.mean() for cells in (seen.cells_brightness, reference.brightness))
    norm = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return norm > 0 and float((one * other).sum()) / norm > 0.85 and float(one.std()) > 0.5 * float(other.std())


def _elsewhere(seen: SceneLook, reference: SceneReference, alike: float) -> bool:
    """Whether the edges are not where they were: little of them is there, or more of them in another place."""
    if alike < STRANGE:
        return True
    x, y, there = shift_between(reference.edges, seen.edges)
    return max(abs(x), abs(y)) >= LEAST_SHIFT and there / max(reference.alike, LEAST_ALIKE) > BETTER * alike


def _blurred(seen: SceneLook, reference: SceneReference) -> bool:
    return (
        seen.sharpness is not None
        and reference.sharpness is not None
        and seen.sharpness < BLURRED * reference.sharpness
    )


def _veiled(seen: SceneLook, reference: SceneReference) -> bool:
    """Whether large parts of a night picture are lit up: something close reflects the camera's own light."""
    lit = seen.cells_brightness > reference.brightness + VEIL
    return float(np.count_nonzero(lit)) / lit.size >= VEILED
