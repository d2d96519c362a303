"""The scenes: kinds to tune on, and other kinds, with other seeds, to judge by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.tracks.actors import HEIGHT, WIDTH, Actor, Floats, Occluder, Stop, height_at, walk

DURATION_S = 90.0
PEOPLE = (2, 4, 7, 12)

Rng = np.random.Generator
Route = Callable[[Rng], list[Stop]]


@dataclass(frozen=True, slots=True)
class FlickerPlace:
    """A place that is taken for an object `per_minute` times a minute."""

    label: str
    box: tuple[float, float, float, float]
    per_minute: float


@dataclass(frozen=True, slots=True)
class SimScene:
    """A scene with its truth; `label` is what its strays are taken for."""

    kind: str
    seed: int
    duration_s: float
    label: str
    actors: tuple[Actor, ...]
    occluders: tuple[Occluder, ...] = ()
    places: tuple[FlickerPlace, ...] = ()


# ---------------------------------------------------------------- scenes of people


def _lane(rng: Rng) -> float:
    return float(rng.uniform(400, 715))


def _across(rng: Rng) -> list[Stop]:
    y, margin = _lane(rng), 90.0
    ends = [(-margin, y, 0.0), (WIDTH + margin, y + rng.uniform(-40, 40), 0.0)]
    return ends if rng.random() < 0.5 else ends[::-1]


def _across_with_stops(rng: Rng) -> list[Stop]:
    (x1, y1, _), (x2, y2, _) = _across(rng)
    places = np.sort(rng.uniform(0.1, 0.9, rng.integers(1, 4)))
    between = [(x1 + (x2 - x1) * p, y1 + (y2 - y1) * p, float(rng.uniform(2, 20))) for p in places]
    return [(x1, y1, 0.0), *between, (x2, y2, 0.0)]


def _now_and_then(rng: Rng) -> list[Stop]:
    return _across_with_stops(rng) if rng.random() < 0.4 else _across(rng)


def _plaza(rng: Rng) -> list[Stop]:
    def edge() -> Stop:
        if rng.random() < 0.7:
            return (-90.0 if rng.random() < 0.5 else WIDTH + 90.0, _lane(rng), 0.0)
        return (float(rng.uniform(100, WIDTH - 100)), HEIGHT + 330.0, 0.0)

    inner = [
        (float(rng.uniform(80, WIDTH - 80)), _lane(rng), float(rng.uniform(1, 12)) if rng.random() < 0.4 else 0.0)
        for _ in range(rng.integers(2, 5))
    ]
    return [edge(), *inner, edge()]


DOOR_X, DOOR_Y = 640.0, 395.0


def _door(rng: Rng) -> list[Stop]:
    inside = (DOOR_X + float(rng.uniform(-120, 120)), DOOR_Y, 0.0)
    out = (
        DOOR_X + float(np.sign(inside[0] - DOOR_X) * rng.uniform(190, 400)),
        DOOR_Y + float(rng.uniform(5, 60)),
        float(rng.uniform(0, 9)),
    )
    leave = (float(rng.uniform(-200, WIDTH + 200)), HEIGHT + 330.0, 0.0)
    if rng.random() < 0.4:
        leave = (-90.0 if out[0] < DOOR_X else WIDTH + 90.0, _lane(rng), 0.0)
    stops = [inside, out, leave]
    return stops if rng.random() < 0.5 else stops[::-1]


def _meeting(rng: Rng) -> list[Stop]:
    (x1, y1, _), (x2, _, _) = _across(rng)
    x = float(rng.normal(WIDTH / 2, 60))
    y = float(np.clip(rng.normal(540, 25), 420, 700))
    back = rng.random() < 0.4
    return [(x1, y1, 0.0), (x, y, float(rng.uniform(3, 15))), (x1 if back else x2, y1, 0.0)]


def _posts(rng: Rng) -> tuple[Occluder, ...]:
    posts = []
    for _ in range(rng.integers(4, 7)):
        ground, x = float(rng.uniform(560, 730)), float(rng.uniform(120, WIDTH - 120))
        wide = float(height_at(ground)) * 0.4 * rng.uniform(0.3, 1.2)
        posts.append(Occluder(x, 0.0, x + wide, ground, ground))
    ground, x = float(rng.uniform(560, 700)), float(rng.uniform(200, WIDTH - 400))  # a kiosk
    wide = float(height_at(ground)) * 0.4 * rng.uniform(1.5, 3.5)
    return (*posts, Occluder(x, ground - 1.3 * float(height_at(ground)), x + wide, ground, ground))


def _hedges(rng: Rng) -> tuple[Occluder, ...]:
    hedges = []
    for _ in range(2):
        ground, x = float(rng.uniform(520, 730)), float(rng.uniform(0, WIDTH - 500))
        high = float(height_at(ground)) * rng.uniform(0.4, 0.7)
        hedges.append(Occluder(x, ground - high, x + float(rng.uniform(250, 500)), ground, ground))
    trunk = float(rng.uniform(200, WIDTH - 200))
    return (*hedges, Occluder(trunk, 0.0, trunk + 60.0, 690.0, 690.0))


def _wall(_: Rng) -> tuple[Occluder, ...]:
    return (Occluder(DOOR_X - 150, 0.0, DOOR_X + 150, DOOR_Y + 4, DOOR_Y + 4),)


def _nothing(_: Rng) -> tuple[Occluder, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of scene: how people walk, what hides them, and the share of those who walk in groups."""

    route: Route
    occluders: Callable[[Rng], tuple[Occluder, ...]] = _nothing
    together: float = 0.0


TUNING = {
    "crossing": Kind(_now_and_then),
    "posts": Kind(_now_and_then, _posts),
    "stops": Kind(_across_with_stops, _posts),
    "groups": Kind(_across_with_stops, _posts, together=0.5),
}
JUDGING = {
    "plaza": Kind(_plaza),
    "doorway": Kind(_door, _wall),
    "hedges": Kind(_across_with_stops, _hedges, together=0.2),
    "meeting": Kind(_meeting, _posts),
}


def _pavements(rng: Rng) -> list[Stop]:
    """Walk along one of two pavements; one in five waits there."""
    y, margin = float(rng.uniform(415, 480) if rng.random() < 0.5 else rng.uniform(620, 710)), 90.0
    stops = [(-margin, y, 0.0), (WIDTH + margin, y + float(rng.uniform(-12, 12)), 0.0)]
    if rng.random() < 0.2:
        stops.insert(1, (float(rng.uniform(150, WIDTH - 150)), y, float(rng.uniform(4, 25))))
    return stops if rng.random() < 0.5 else stops[::-1]


def _errands(rng: Rng) -> list[Stop]:
    """Stop at several shop windows, and go on in the same direction."""
    y, margin = float(rng.uniform(420, 640)), 90.0
    places = np.sort(rng.uniform(100, WIDTH - 100, rng.integers(1, 4)))
    stops = [(float(x), y + float(rng.uniform(-15, 15)), float(rng.uniform(1.5, 10))) for x in places]
    stops = [(-margin, y, 0.0), *stops, (WIDTH + margin, y, 0.0)]
    return stops if rng.random() < 0.5 else stops[::-1]


def _pillars(rng: Rng) -> tuple[Occluder, ...]:
    first, apart, wide = float(rng.uniform(60, 200)), float(rng.uniform(230, 330)), float(rng.uniform(35, 80))
    return tuple([Occluder(x, 0.0, x + wide, 590.0, 590.0) for x in np.arange(first, WIDTH, apart).tolist()])


def people(name: str, kind: Kind, count: int, seed: int, duration_s: float = DURATION_S) -> SimScene:
    """Return a scene in which about `count` people are to be seen at once."""
    rng = np.random.default_rng([seed, count, *name.encode()])
    actors: list[Actor] = []
    for _ in range(count):
        time = float(rng.uniform(0, 12))
        while time < duration_s - 4:
            size = 2 if rng.random() < kind.together else 1
            stops, speed = kind.route(rng), float(np.clip(rng.normal(1.35, 0.3), 0.6, 3.0))
            made = [_person(rng, walk(time, _beside(rng, stops, number), speed)) for number in range(size)]
            actors += made
            time = max(one.end for one in made) + float(rng.exponential(2.0))
    return SimScene(name, seed, duration_s, "person", tuple(actors), kind.occluders(rng), places(rng, "person"))


def _beside(rng: Rng, stops: Sequence[Stop], number: int) -> list[Stop]:
    if not number:
        return list(stops)
    x, y = float(rng.uniform(0.4, 0.9)), float(rng.uniform(-14, 14))
    away = x * float(height_at(stops[0][1]))
    return [(one[0] + away, one[1] + y, one[2]) for one in stops]


def _person(rng: Rng, path: Floats) -> Actor:
    return Actor(
        "person",
        path,
        size=float(np.clip(rng.normal(1.0, 0.07), 0.6, 1.2)),
        ratio=float(rng.uniform(0.34, 0.5)),
        quality=float(np.clip(rng.normal(0.83, 0.06), 0.6, 0.95)),
        miss=float(rng.uniform(0.1, 0.5)),
        bursts=bool(rng.random() < 0.5),
    )


def places(rng: Rng, label: str, per_minute: float = 2.2) -> tuple[FlickerPlace, ...]:
    """Return some places that flicker."""
    made = []
    for _ in range(3):
        high = float(rng.uniform(60, 240))
        wide, x, y = (
            high * float(rng.uniform(0.35, 0.9)),
            float(rng.uniform(0, WIDTH - 150)),
            float(rng.uniform(300, 700)),
        )
        made.append(FlickerPlace(label, (x, y - high, x + wide, y), per_minute))
    return tuple(made)


# ---------------------------------------------------------------- parked cars


def cars(seed: int, parked: int, duration_s: float = 150.0, *, gap_s: float = 7.0) -> SimScene:
    """Return a scene in which `parked` cars come and stand while others pass, behind or in front of them."""
    rng = np.random.default_rng([seed, parked, 77])
    actors, standing = [], 470.0
    for number in range(parked):
        x = WIDTH * (number + 1) / (parked + 1) + float(rng.uniform(-60, 60))
        if rng.random() < 0.5:
            path = walk(0.0, [(x, standing, duration_s + 5)], 1.0)
        else:
            begin = float(rng.uniform(0, 10))
            path = walk(begin, [(-250.0, standing + 5, 0.0), (x, standing, duration_s + 5 - begin)], 5.0)
        actors.append(_car(rng, path, still=True))
    for lane, direction in ((410.0, 1), (560.0, -1)):
        time = float(rng.uniform(12, 20))
        while time < duration_s - 6:
            y, speed = lane + float(rng.uniform(-8, 8)), float(rng.uniform(5, 13))
            ends = [(-400.0, y, 0.0), (WIDTH + 400.0, y, 0.0)][::direction]
            if rng.random() < 0.15:  # waits beside the parked ones
                ends.insert(1, (float(rng.uniform(200, WIDTH - 200)), y, float(rng.uniform(2, 10))))
            actors.append(_car(rng, walk(time, ends, speed), still=False))
            time += float(rng.exponential(gap_s)) + 1.5
    return SimScene("cars", seed, duration_s, "car", tuple(actors), (), places(rng, "car", 0.7))


def _car(rng: Rng, path: Floats, *, still: bool) -> Actor:
    return Actor(
        "car",
        path,
        size=float(rng.uniform(0.8, 1.0)),
        ratio=float(rng.uniform(2.0, 3.0)),
        quality=float(np.clip(rng.normal(0.84, 0.06), 0.65, 0.95)),
        miss=float(rng.uniform(0.05, 0.25) if still else rng.uniform(0.1, 0.35)),
        bursts=bool(rng.random() < 0.5),
    )


# ---------------------------------------------------------------- sets

FRESH = {
    "pavements": Kind(_pavements, _posts),
    "errands": Kind(_errands, _posts, together=0.15),
    "pillars": Kind(_now_and_then, _pillars),
}


def tuning(seeds: Sequence[int] = (1, 2)) -> list[SimScene]:
    """Return the scenes to tune on."""
    return [people(name, kind, count, seed) for name, kind in TUNING.items() for count in PEOPLE for seed in seeds]


def judging(seeds: Sequence[int] = (1001, 1002)) -> list[SimScene]:
    """Return the scenes that were to judge by; they have been tuned on since (docs/tracking.md)."""
    return [people(name, kind, count, seed) for name, kind in JUDGING.items() for count in PEOPLE for seed in seeds]


def fresh(seeds: Sequence[int] = (6101, 6102, 6103)) -> list[SimScene]:
    """Return the scenes to judge by: never look at them while tuning."""
    return [people(name, kind, count, seed) for name, kind in FRESH.items() for count in PEOPLE for seed in seeds]


def tuning_cars() -> list[SimScene]:
    """Return the scenes of parked cars to tune on."""
    return [cars(seed, parked) for seed in (1, 2, 3) for parked in (1, 3)]


def judging_cars() -> list[SimScene]:
    """Return scenes of parked cars, more of them and with more traffic, on which nothing was tuned until 2026-11-30."""
    return [cars(seed, parked, gap_s=5.0) for seed in (2001, 2002, 2003, 2004) for parked in (1, 2, 4)]


def fresh_cars() -> list[SimScene]:
    """Return the scenes of parked cars to judge by: never look at them while tuning."""
    return [cars(seed, parked, gap_s=5.0) for seed in (7101, 7102, 7103, 7104) for parked in (1, 2, 4)]
