"""What asking for more at places of false detections costs and gains: `python -m bench.tracks.repeats`.

Each scene has places that flicker. In a first run nobody is there, and the places of false detections are learnt as the
core learns them: from rejected objects, and with `marks` also from a user who marks each false event. In a second run
the places flicker on, while people walk through them, come and stop at them, appear at them (out of a door) and stand,
or appear, stand and are gone. It is played once without and once with what was learnt.
"""

from __future__ import annotations

import argparse
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bench.tracks.actors import HEIGHT, WIDTH, Actor, Floats, Stop, height_at, walk
from bench.tracks.camera import FALSE, Noise
from bench.tracks.metrics import appearances, by_actor
from bench.tracks.play import EPOCH, Played, play
from bench.tracks.scenes import FlickerPlace, Rng, SimScene
from dogwatch.analysis import FalsePlaceMap
from dogwatch.events.false_places import FalsePlaces
from dogwatch.events.live_object import LiveObject
from dogwatch.store.database import Database

LEARN_S, WATCH_S = 900.0, 300.0
PLACES, PER_MINUTE = 4, 4.0
STANDS = (1.5, 3.0, 5.0, 10.0)  # s
KINDS = ("through", "stops", *(f"appears {s:g}" for s in STANDS), *(f"stands {s:g}" for s in STANDS))
LEAST = 3  # detections: whoever gave an event so many is told by it, though it may have begun with false ones
SURE = 0.75  # who is scored lower has no event anyway, often


@dataclass(slots=True)
class Figures:
    """Of all scenes: people by kind, those without an event, delays (s), false events, and hours."""

    people: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    delays: list[float] = field(default_factory=list)
    false: int = 0
    hours: float = 0.0
    told: list[dict[int, float]] = field(default_factory=list)


def scene(seed: int) -> tuple[SimScene, SimScene, tuple[str, ...]]:
    """Return the scene to learn from, that to judge by, and what each of its people does."""
    rng = np.random.default_rng([seed, 4242])
    grounds = [(x, float(rng.uniform(420, 700))) for x in (180, 500, 800, 1100)]
    places = tuple(_place(rng, x, y) for x, y in grounds)
    actors: list[Actor] = []
    kinds: list[str] = []
    time = 3.0
    while time < WATCH_S - 25:
        kind = KINDS[len(kinds) % len(KINDS)]
        x, y = grounds[int(rng.integers(PLACES))]
        actors.append(_person(rng, walk(time, _route(rng, kind, x, y), float(rng.uniform(1.0, 1.7)))))
        kinds.append(kind)
        time = actors[-1].end + float(rng.uniform(1, 3))
    empty = SimScene("repeats", seed, LEARN_S, "person", (), (), places)
    return empty, SimScene("repeats", seed + 1, WATCH_S, "person", tuple(actors), (), places), tuple(kinds)


def learn(empty: SimScene, fps: float, noise: Noise, *, marks: bool) -> tuple[tuple[FalsePlaceMap, ...], int]:
    """Return the map that the core would have after this scene, and how many false events there were."""
    db = Database("sqlite://")
    db.migrate()
    places = FalsePlaces(db, lambda: EPOCH)
    played = play(empty, fps, noise)
    for gone in played.rejected:
        places.note_rejected(LiveObject(gone, (WIDTH, HEIGHT)))
    if marks:
        for event in played.events:
            boxes = [event.boxes[n].fractions(WIDTH, HEIGHT) for n in (min(event.boxes), max(event.boxes))]
            places.judged("sim", event.label, [(x, y, w, h) for x, y, w, h in boxes], None, "wrong")
    places.tick(["sim"])
    known = tuple(FalsePlaceMap(0.0, one.places) for one in places.latest("sim"))
    db.close()
    return known, len(played.events)


def add(figures: Figures, played: Played, kinds: Sequence[str]) -> None:
    """Count what has happened in a scene."""
    figures.false += len(by_actor(played.events).get(FALSE, []))
    figures.hours += played.scene.duration_s / 3600
    told: dict[int, float] = {}
    for actor, frames in appearances(played.frames).items():
        if played.scene.actors[actor].quality < SURE:
            continue
        figures.people[kinds[actor]] += 1
        if mine := [event for event in played.events if event.of[actor] >= LEAST]:
            told[actor] = max(min(event.new_time for event in mine) - played.frames[frames[0]].time, 0.0)
            figures.delays.append(told[actor])
        else:
            figures.lost[kinds[actor]] += 1
    figures.told.append(told)


def main() -> None:
    """Print the figures with and without what was learnt."""
    words = argparse.ArgumentParser(prog="python -m bench.tracks.repeats")
    words.add_argument("--scenes", type=int, default=12)
    words.add_argument("--first", type=int, default=5000, help="the first seed")
    words.add_argument("--fps", type=float, default=5.0)
    given = words.parse_args()
    for score in (0.62, 0.70, 0.76):
        noise = replace(Noise(), flicker_score=score, flicker_found=0.75)
        for marks in (False, True):
            without, with_map, learnt, before = Figures(), Figures(), 0, 0
            for seed in range(given.first, given.first + 2 * given.scenes, 2):
                empty, busy, kinds = scene(seed)
                maps, false = learn(empty, given.fps, noise, marks=marks)
                learnt, before = learnt + sum(len(one.places) for one in maps), before + false
                add(without, play(busy, given.fps, noise), kinds)
                add(with_map, play(busy, given.fps, noise, maps), kinds)
            name = f"flicker {score:.2f}, {'marked by a user' if marks else 'rejections only'}"
            print(f"{name}: {learnt} cells learnt, {before} false events while learning", flush=True)
            _print("without", without)
            _print("with", with_map)
            later = _later(without, with_map)
            print(f"    later by: median {statistics.median(later):.2f} s, most {max(later):.2f} s", flush=True)


def _print(name: str, one: Figures) -> None:
    total, lost = sum(one.people.values()), sum(one.lost.values())
    by_kind = ", ".join(f"{kind}: {one.lost[kind]}/{one.people[kind]}" for kind in KINDS if one.people[kind])
    print(
        f"  {name:8s} false/h {one.false / one.hours:6.1f}  lost {lost}/{total} ({lost / total:.1%})"
        f"  delay {statistics.median(one.delays):.2f} s  [{by_kind}]"
    )


def _later(without: Figures, with_map: Figures) -> list[float]:
    pairs = zip(without.told, with_map.told, strict=True)
    return [after[actor] - before[actor] for before, after in pairs for actor in before.keys() & after.keys()]


def _place(rng: Rng, x: float, y: float) -> FlickerPlace:
    high = float(height_at(y)) * float(rng.uniform(0.9, 1.1))
    wide = high * float(rng.uniform(0.35, 0.5))
    return FlickerPlace("person", (x - wide / 2, y - high, x + wide / 2, y), PER_MINUTE)


def _route(rng: Rng, kind: str, x: float, y: float) -> list[Stop]:
    edge = -90.0 if rng.random() < 0.5 else WIDTH + 90.0
    other = WIDTH - edge
    what, _, seconds = kind.partition(" ")
    if what == "through":
        return [(edge, y, 0.0), (x, y, 0.0), (other, y, 0.0)]
    if what == "stops":
        return [(edge, y, 0.0), (x, y, float(rng.uniform(2, 12))), (other, y, 0.0)]
    stay = (x, y, float(seconds))
    return [stay, (edge, y, 0.0)] if what == "appears" else [stay]


def _person(rng: Rng, path: Floats) -> Actor:
    return Actor(
        "person",
        path,
        size=float(np.clip(rng.normal(1.0, 0.07), 0.8, 1.2)),
        ratio=float(rng.uniform(0.34, 0.5)),
        quality=float(np.clip(rng.normal(0.83, 0.06), 0.6, 0.95)),
        miss=float(rng.uniform(0.1, 0.4)),
        bursts=bool(rng.random() < 0.3),
    )


if __name__ == "__main__":
    main()
