"""Chooses among filter values by what users have said of events. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from dogwatch.dataset.labelled_picture import Fractions
from dogwatch.replay.judge import ReplayEvent
from dogwatch.replay.report import compare

LEAST_RIGHT, LEAST_WRONG = 5, 3  # verdicts, below which nothing is proposed
MOST_PAIRS = 6


@dataclass(frozen=True, slots=True)
class UserVerdict:
    """What a user has said of an object: `box` is where it was seen from `start_time` to `end_time` (fractions).

    Without a box, any object with the label at that time is meant.
    """

    id: str
    label: str
    start_time: float
    end_time: float
    right: bool
    box: Fractions | None = None


@dataclass(frozen=True, slots=True)
class FilterChange:
    """Another value of a filter's `setting`; `steps` tells how far it is from the one in force, counted in values."""

    setting: str
    now: float
    value: float
    steps: int


@dataclass(frozen=True, slots=True)
class TunedEvent:
    """An event of a replay, and the ids of the verdicts that speak of it."""

    event: ReplayEvent
    verdicts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FilterAttempt:
    """The events with `changes`; without any, those with the values in force."""

    changes: tuple[FilterChange, ...]
    events: tuple[TunedEvent, ...]

    def shown(self, verdicts: Iterable[UserVerdict], *, right: bool) -> frozenset[str]:
        """Return the right, or the wrong, verdicts whose object makes an event."""
        met = frozenset().union(*(one.verdicts for one in self.events))
        return frozenset(one.id for one in verdicts if one.right == right and one.id in met)

    def of(self, label: str) -> FilterAttempt:
        """Return the same with the events of one label."""
        return FilterAttempt(self.changes, tuple(one for one in self.events if one.event.label == label))


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes do: events `lost` and `gained`, and the verdicts whose object makes an event no more, or now.

    `unjudged` are the lost events of which nobody has said anything; `still_wrong` are the false ones that stay.
    """

    changes: tuple[FilterChange, ...]
    events: int
    lost: tuple[ReplayEvent, ...]
    gained: tuple[ReplayEvent, ...]
    unjudged: int
    right_lost: frozenset[str]
    right_gained: frozenset[str]
    wrong_dropped: frozenset[str]
    still_wrong: int

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Smaller is better: few false ones stay, few settings change, little else is lost, values stay near."""
        return self.still_wrong, len(self.changes), self.unjudged, sum(one.steps for one in self.changes)


@dataclass(frozen=True, slots=True)
class Choice:
    """The best effect, or None and the reason why nothing is proposed."""

    effect: Effect | None
    reason: str = ""


def effect_of(now: FilterAttempt, other: FilterAttempt, verdicts: Sequence[UserVerdict]) -> Effect:
    """Compare the events of one label with other values with those now."""
    difference = compare([one.event for one in now.events], [one.event for one in other.events])
    judged = {id(one.event) for one in now.events if one.verdicts}
    right, wrong = now.shown(verdicts, right=True), now.shown(verdicts, right=False)
    right_then, wrong_then = other.shown(verdicts, right=True), other.shown(verdicts, right=False)
    return Effect(
        other.changes,
        len(other.events),
        difference.lost,
        difference.gained,
        sum(id(one) not in judged for one in difference.lost),
        right - right_then,
        right_then - right,
        wrong - wrong_then,
        len(wrong_then),
    )


def choose(now: FilterAttempt, effects: Iterable[Effect], verdicts: Sequence[UserVerdict]) -> Choice:
    """Choose the change that loses nothing right and leaves fewest false events; the simplest of several."""
    right, wrong = len(now.shown(verdicts, right=True)), len(now.shown(verdicts, right=False))
    if right < LEAST_RIGHT or wrong < LEAST_WRONG:
        return Choice(
            None,
            f"too little evidence: {right} right and {wrong} false events of the replay have a verdict, "
            f"and a proposal needs {LEAST_RIGHT} and {LEAST_WRONG}",
        )
    possible = [one for one in effects if is_better(one, wrong)]
    if not possible:
        return Choice(None, "no value that was tried drops a false event and keeps all right ones")
    return Choice(min(possible, key=lambda one: one.rank))


def is_better(effect: Effect, wrong: int) -> bool:
    """Whether changes lose nothing right and leave fewer false events than the `wrong` ones now."""
    return not effect.right_lost and effect.still_wrong < wrong


def pairs(effects: Iterable[Effect], wrong: int) -> list[tuple[FilterChange, ...]]:
    """Return pairs of changes to try: of the best single ones of different settings, if these leave false events."""
    best: dict[str, Effect] = {}
    for one in sorted(effects, key=lambda one: one.rank):
        if len(one.changes) == 1 and is_better(one, wrong):
            best.setdefault(one.changes[0].setting, one)
    if any(not one.still_wrong for one in best.values()):
        return []
    return [one.changes + other.changes for one, other in combinations(best.values(), 2)][:MOST_PAIRS]
