"""What a detector finds in the frames of a scene: the truth with the faults of detectors.

Every appearance has its own usual score and share of misses. Scores and boxes are noisy, and the noise of neighbouring
frames is alike. What is hidden for the most part is not found; what is hidden in part is found with a lower score and,
usually, a box of the part that shows. Some places, such as bushes, are taken for an object now and then.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bench.tracks.actors import HEIGHT, WIDTH, Actor, Floats
from bench.tracks.clothes import Wardrobe
from bench.tracks.scenes import FlickerPlace, SimScene
from dogwatch.model import Box, Detection
from dogwatch.vision.colours import Colours

ACROSS, DOWN = 7, 12  # points of a box that are looked at: are they hidden?
BODY = 0.7  # of its box's width, a person hides
FALSE, TRUTH_SHARE = -1, 0.25  # below this visible share, nobody can be asked to find anybody


@dataclass(frozen=True, slots=True)
class Noise:
    """The faults of a detector; the defaults are calibrated (docs/tracking.md).

    `jitter` is the standard error of each edge in heights, `wild` the share of boxes with three times that.
    `score_spread` is that of one object's scores. `partial` is how often a box is only that of the visible part.
    `flicker_score` and `flicker_spread` describe the scores of false detections, `flicker_found` how often a place that
    flickers is found in a frame, `flicker_s` how long it does so. `stray` is how many false detections a second come
    anywhere.
    """

    jitter: float = 0.035
    wild: float = 0.04
    score_spread: float = 0.09
    partial: float = 0.75
    burst_s: float = 0.8
    flicker_score: float = 0.62
    flicker_spread: float = 0.09
    flicker_found: float = 0.55
    flicker_s: float = 1.2
    stray: float = 0.05


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """One frame: detections with the actors that they are of (-1: none), and what moves.

    `truth` maps actors to the boxes of those who can be seen, `colours` the boxes of detections to what they look like.
    """

    time: float
    found: list[tuple[Detection, int]]
    moving: tuple[Box, ...]
    truth: dict[int, Box]
    colours: dict[Box, Colours] = field(default_factory=dict, compare=False)


def film(scene: SimScene, fps: float, noise: Noise) -> list[SeenFrame]:
    """Return all frames of `scene` at `fps`. The same arguments give the same frames."""
    times = np.arange(0.0, scene.duration_s, 1.0 / fps)
    key = (scene.seed, len(scene.actors), *scene.kind.encode())  # each scene has draws of its own
    boxes = np.stack([one.boxes(times) for one in scene.actors]) if scene.actors else np.zeros((0, len(times), 4))
    draws = [
        _Draws(np.random.default_rng([*key, 1, index]), one, times, noise) for index, one in enumerate(scene.actors)
    ]
    places = [
        _flickers(np.random.default_rng([*key, 2, index]), one, times, noise) for index, one in enumerate(scene.places)
    ]
    strays = np.random.default_rng([*key, 3])
    wardrobe, looks = Wardrobe(key, len(scene.actors)), np.random.default_rng([*key, 5])
    speeds = np.abs(np.diff(boxes, axis=1, prepend=boxes[:, :1])).max(axis=2) * fps
    frames: list[SeenFrame] = []
    for n, time in enumerate(times):
        present = [index for index in range(len(scene.actors)) if _inside(boxes[index, n])]
        frame = SeenFrame(float(time), [], (), {})
        moving: list[Box] = []
        for index in present:
            share, part = _visible(index, present, boxes[:, n], scene)
            whole = _box(boxes[index, n])
            if share >= TRUTH_SHARE:
                frame.truth[index] = whole
                if speeds[index, n] > 3.0:
                    moving.append(whole)
            if (one := draws[index].found(n, scene.actors[index].label, boxes[index, n], share, part)) is not None:
                frame.found.append((one, index))
        for place in places:
            if (false := place[n]) is not None:
                frame.found.append((false, FALSE))
                moving.append(false.box)
        if strays.random() < noise.stray / fps:
            stray = _stray(strays, scene)
            frame.found.append((stray, FALSE))
            moving.append(stray.box)
        order = sorted(present, key=lambda one: (boxes[one, n, 3], one))
        for detection, actor in frame.found:
            nearer = order[order.index(actor) + 1 :] if actor in order else []
            frame.colours[detection.box] = wardrobe.seen(looks, detection.box, actor, boxes[:, n], nearer)
        frames.append(SeenFrame(frame.time, frame.found, tuple(moving), frame.truth, frame.colours))
    return frames


class _Draws:
    """The faults in the detections of one actor, drawn for all frames beforehand."""

    def __init__(self, rng: np.random.Generator, actor: Actor, times: Floats, noise: Noise) -> None:
        count = len(times)
        step = float(times[1] - times[0]) if count > 1 else 0.2
        self._missed = (
            _bursts(rng, actor.miss, noise.burst_s, step, count) if actor.bursts else rng.random(count) < actor.miss
        )
        self._scores = actor.quality + noise.score_spread * _slow(rng, (count, 1), 0.7, step)[:, 0]
        wild = np.where(rng.random((count, 1)) < noise.wild, 3.0, 1.0)
        half = _slow(rng, (count, 4), 0.6, step) + rng.normal(size=(count, 4))
        self._edges = noise.jitter / np.sqrt(2.0) * wild * half
        self._luck = rng.random((count, 2))
        self._partial = noise.partial

    def found(self, n: int, label: str, box: Floats, share: float, part: Floats) -> Detection | None:
        """Return what is found of the actor in frame `n`, of whom `share` shows, in the box `part`."""
        if self._missed[n] or self._luck[n, 0] >= (share - TRUTH_SHARE) / 0.35:
            return None
        score = float(np.clip(self._scores[n] - 0.3 * max(0.0, 0.9 - share), 0.0, 0.98))
        shown = part if self._luck[n, 1] < self._partial else box
        return Detection(label, score, _box(shown + self._edges[n] * (shown[3] - shown[1])))


def _visible(index: int, present: list[int], boxes: Floats, scene: SimScene) -> tuple[float, Floats]:
    """Return the share of an actor's box that can be seen in the frame, and the box around it."""
    x1, y1, x2, y2 = boxes[index]
    across = x1 + (np.arange(ACROSS) + 0.5) / ACROSS * (x2 - x1)
    down = y1 + (np.arange(DOWN) + 0.5) / DOWN * (y2 - y1)
    shown = ((down >= 0) & (down < HEIGHT))[:, None] & ((across >= 0) & (across < WIDTH))[None, :]
    hiding = [(one.x1, one.y1, one.x2, one.y2) for one in scene.occluders if one.ground > y2]
    for other in present:
        left, top, right, bottom = boxes[other]
        if other != index and (bottom, other) > (y2, index):
            slim = (right - left) * (1 - BODY) / 2 if scene.actors[other].label == "person" else 0.0
            hiding.append((left + slim, top, right - slim, bottom))
    for left, top, right, bottom in hiding:
        if left < x2 and right > x1 and top < y2 and bottom > y1:
            shown &= ~(((down >= top) & (down < bottom))[:, None] & ((across >= left) & (across < right))[None, :])
    share = float(shown.mean())
    if share == 0.0:
        return 0.0, boxes[index]
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    wide, high = (x2 - x1) / ACROSS, (y2 - y1) / DOWN
    part = (x1 + columns[0] * wide, y1 + rows[0] * high, x1 + (columns[-1] + 1) * wide, y1 + (rows[-1] + 1) * high)
    return share, np.array(part)


def _flickers(rng: np.random.Generator, place: FlickerPlace, times: Floats, noise: Noise) -> list[Detection | None]:
    """Return what is found at a place that is taken for an object now and then."""
    count, step = len(times), float(times[1] - times[0])
    out: list[Detection | None] = [None] * count
    usual = rng.normal(noise.flicker_score, 0.05)
    on_until = -1.0
    level = 0.0
    for n, time in enumerate(times):
        if time >= on_until and rng.random() < place.per_minute / 60 * step:
            on_until = time + rng.exponential(noise.flicker_s)
            level = rng.normal(usual, 0.04)
        if time < on_until and rng.random() < noise.flicker_found:
            edges = np.array(place.box) + rng.normal(0, 0.05, 4) * (place.box[3] - place.box[1])
            out[n] = Detection(
                place.label, float(np.clip(rng.normal(level, noise.flicker_spread), 0, 0.97)), _box(edges)
            )
    return out


def _stray(rng: np.random.Generator, scene: SimScene) -> Detection:
    high = rng.uniform(40, 260)
    wide, x, y = high * rng.uniform(0.3, 0.8), rng.uniform(0, WIDTH - 60), rng.uniform(0, HEIGHT - 60)
    score = float(np.clip(rng.normal(0.58, 0.1), 0, 0.97))
    return Detection(scene.label, score, _box(np.array((x, y, x + wide, y + high))))


def _bursts(
    rng: np.random.Generator, share: float, mean_s: float, step: float, count: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return which of `count` frames are missed, `share` of them, for about `mean_s` seconds each time."""
    end = 1 - np.exp(-step / mean_s)
    begin = min(1.0, end * share / (1 - share))
    out, missed = np.zeros(count, bool), bool(rng.random() < share)
    for n, luck in enumerate(rng.random(count)):
        missed = luck >= end if missed else luck < begin
        out[n] = missed
    return out


def _slow(rng: np.random.Generator, shape: tuple[int, int], scale_s: float, step: float) -> Floats:
    """Return normal noise along axis 0 that changes over `scale_s` seconds."""
    keep = np.exp(-step / scale_s)
    fresh = rng.normal(size=shape)
    out = np.empty(shape)
    out[0] = fresh[0]
    for n in range(1, shape[0]):
        out[n] = keep * out[n - 1] + np.sqrt(1 - keep * keep) * fresh[n]
    return out


def _inside(box: Floats) -> bool:
    return bool(box[2] > 1 and box[0] < WIDTH - 1 and box[3] > 1 and box[1] < HEIGHT - 1)  # False for NaN


def _box(box: Floats) -> Box:
    x1, y1, x2, y2 = (round(float(one)) for one in box)
    left, top = min(max(x1, 0), WIDTH - 2), min(max(y1, 0), HEIGHT - 2)
    return Box(left, top, max(min(x2, WIDTH), left + 2), max(min(y2, HEIGHT), top + 2))
