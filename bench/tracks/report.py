"""Prints the figures of all sets, and which goals are met."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from bench.tracks import scenes
from bench.tracks.metrics import CarOutcome, Outcome, car_outcome, outcome
from bench.tracks.play import Played, play
from bench.tracks.why import reasons

RATES = (2.0, 5.0, 10.0)


def run(which: Sequence[scenes.SimScene], fps: float, jobs: int) -> list[Played]:
    """Play all scenes."""
    if jobs == 1:
        return [play(one, fps) for one in which]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(partial(play, fps=fps), which))


def line(name: str, fps: float, one: Outcome) -> str:
    """Return a row of the table."""
    return (
        f"{name:10s} {fps:4.0f} fps  {one.appearances:5d}  events {one.events:5.2f}  once {one.once:6.1%}"
        f"  none {one.none:6.1%}  false/h {one.false_per_hour:6.1f}  delay {one.delay_s:4.2f} s"
        f"  IDF1 {one.identity.idf1:5.3f}  {one.cpu_ms:5.2f} ms"
    )


def car_line(name: str, one: CarOutcome) -> str:
    """Return a row for scenes of cars."""
    return (
        f"{name:10s} parked {one.parked:3d}, once {one.parked_once:6.1%}; passing {one.passing:4d},"
        f" without {one.passing_without:6.1%}; false {one.false}"
    )


def goals(five: Outcome, ten: Outcome, cars: CarOutcome) -> list[tuple[str, bool]]:
    """Return the goals and whether they are met."""
    return [
        (f"5 fps: at most 1.08 events an appearance: {five.events:.3f}", five.events <= 1.08),
        (f"5 fps: exactly one for at least 72 %: {five.once:.1%}", five.once >= 0.72),
        (f"5 fps: none for at most 11 %: {five.none:.1%}", five.none <= 0.11),
        (f"5 fps: at most 8 false events an hour: {five.false_per_hour:.1f}", five.false_per_hour <= 8),
        (f"5 fps: median delay at most 0.6 s: {five.delay_s:.2f}", five.delay_s <= 0.6 + 1e-6),
        (f"10 fps: exactly one for at least 82 %: {ten.once:.1%}", ten.once >= 0.82),
        (f"cars: one event for at least 90 % of the parked: {cars.parked_once:.1%}", cars.parked_once >= 0.9),
        (f"cars: none for at most 10 % of the passing: {cars.passing_without:.1%}", cars.passing_without <= 0.1),
    ]


def main() -> None:
    """Print the table of the set to tune on and of the set to judge by, and the goals of the latter."""
    words = argparse.ArgumentParser(prog="python -m bench.tracks")
    words.add_argument("--set", choices=("tuning", "judging", "both", "fresh"), default="both")
    words.add_argument("--fps", type=float, action="append")
    words.add_argument("--kinds", action="store_true", help="print each kind of scene too")
    words.add_argument("--why", action="store_true", help="print why appearances have no event, or several")
    words.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = words.parse_args(sys.argv[1:] if sys.argv[0].endswith("tracks/__main__.py") else [])
    rates = tuple(given.fps or RATES)
    if given.set == "fresh":
        by_rate = _print("fresh", scenes.fresh(), rates, given.jobs, kinds=given.kinds, why=given.why)
        _print_goals(by_rate, "fresh", scenes.fresh_cars(), given.jobs)
        return
    if given.set != "judging":
        _print("tuning", scenes.tuning(), rates, given.jobs, kinds=given.kinds, why=given.why)
        print(car_line("tuning", car_outcome(run(scenes.tuning_cars(), 5.0, given.jobs))), flush=True)
    if given.set == "tuning":
        return
    by_rate = _print("judging", scenes.judging(), rates, given.jobs, kinds=given.kinds, why=given.why)
    _print_goals(by_rate, "judging", scenes.judging_cars(), given.jobs)


def _print_goals(by_rate: dict[float, Outcome], name: str, which: Sequence[scenes.SimScene], jobs: int) -> None:
    cars = car_outcome(run(which, 5.0, jobs))
    print(car_line(name, cars), flush=True)
    if 5.0 in by_rate and 10.0 in by_rate:
        for text, kept in goals(by_rate[5.0], by_rate[10.0], cars):
            print(f"{'met   ' if kept else 'MISSED'}  {text}")


def _print(
    name: str, which: Sequence[scenes.SimScene], rates: Sequence[float], jobs: int, *, kinds: bool, why: bool
) -> dict[float, Outcome]:
    out: dict[float, Outcome] = {}
    for fps in rates:
        played = run(which, fps, jobs)
        out[fps] = outcome(played)
        print(line(name, fps, out[fps]), flush=True)
        if kinds:
            for kind in dict.fromkeys(one.scene.kind for one in played):
                print(line(f"  {kind}", fps, outcome([one for one in played if one.scene.kind == kind])), flush=True)
        if why:
            for title, counts in zip(("no event", "one more event"), reasons(played), strict=True):
                for reason, number in counts.most_common():
                    print(f"  {title}: {number / out[fps].appearances:6.1%} {reason}", flush=True)
    return out
