"""The result of tuning, as text for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from dogwatch.replay.judge import ReplayEvent
from dogwatch.replay.report import span
from dogwatch.replay.tuning import Choice, Effect, FilterChange
from dogwatch.replay.tuning_values import is_limit

SHOWN_EVENTS = 12


@dataclass(frozen=True, slots=True)
class LabelTuning:
    """What was tried for one label: `events` with the values in force, all `effects`, and the `choice`.

    Of the `right` and `wrong` verdicts, `right_met` and `wrong_met` speak of an event of the replay.
    """

    label: str
    events: tuple[ReplayEvent, ...]
    right: int
    wrong: int
    right_met: int
    wrong_met: int
    effects: tuple[Effect, ...]
    choice: Choice

    def lines(self) -> Iterator[str]:
        """Yield lines of text."""
        yield (
            f"{self.label}: {len(self.events)} events now; of {self.right} right and {self.wrong} false verdicts, "
            f"{self.right_met} and {self.wrong_met} speak of one of them"
        )
        yield (
            f"  {'setting':<34} {'now':>8} {'tried':>8} {'events':>7} {'lost':>5} {'gained':>7} {'right lost':>11} "
            + (f"{'false dropped':>14}")
        )
        best = self.choice.effect
        for one in self.effects:
            if _says_something(one) or one is best:
                yield f"{'>' if one is best else ' '} {_row(one)}"
        if not any(map(_says_something, self.effects)):
            yield "  no value that was tried changes any event"
        if best is None:
            yield f"  nothing is proposed: {self.choice.reason}"
            for one in self.effects:
                if _says_something(one):
                    yield f"  with {_words(one.changes)}:"
                    yield from _events(one)
            return
        yield f"  proposed: {_words(best.changes)}"
        yield (
            f"    it drops {len(best.wrong_dropped)} of {self.wrong_met} false events and none of the "
            f"{self.right_met} right ones, and {best.unjudged} events of which nothing is known"
        )
        yield f"    {self.right_met} right events are all that is known: up to {self.missed:.0%} of others may be lost"
        yield from _events(best)

    @property
    def missed(self) -> float:
        """The share of right events that may be lost all the same (95 %): 3 / n for none lost of n."""
        return min(1.0, 3 / self.right_met) if self.right_met else 1.0


@dataclass(frozen=True, slots=True)
class TuningReport:
    """The result for one camera; `cut` if there was more footage than could be kept."""

    camera: str
    detector: str
    seconds: float
    frames: int
    verdicts: int
    cut: bool
    labels: tuple[LabelTuning, ...]

    def lines(self) -> Iterator[str]:
        """Yield lines of text."""
        yield (
            f"{self.camera}: {self.seconds:.0f} s of footage, {self.frames} frames analysed with {self.detector}; "
            f"{self.verdicts} verdicts of users"
        )
        if self.cut:
            yield "There is more footage than can be kept: only its first part, at most 24 hours, was used."
        if not self.labels:
            yield "There are neither events nor verdicts, so there is nothing to tune."
        for one in self.labels:
            yield from one.lines()
        if lines := self.yaml():
            yield "To use what is proposed, put this into the configuration:"
            yield from lines.splitlines()

    def yaml(self) -> str:
        """Return the configuration of all proposals; empty if there is none."""
        filters = {
            one.label: {change.setting: _plain(change.value) for change in one.choice.effect.changes}
            for one in self.labels
            if one.choice.effect is not None
        }
        if not filters:
            return ""
        text = StringIO()
        YAML().dump({"cameras": {self.camera: {"objects": {"filters": filters}}}}, text)
        return text.getvalue()

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        labels = []
        for one in self.labels:
            best = one.choice.effect
            labels.append(
                {
                    "label": one.label,
                    "events": [_event(event) for event in one.events],
                    "verdicts": {"right": one.right, "false": one.wrong},
                    "matched": {"right": one.right_met, "false": one.wrong_met},
                    "tried": [_json(effect) for effect in one.effects],
                    "proposal": None if best is None else _json(best),
                    "reason": one.choice.reason,
                }
            )
        body = asdict(self)
        return {**body, "labels": labels, "yaml": self.yaml()}


def _says_something(one: Effect) -> bool:
    return bool(one.lost or one.gained or one.wrong_dropped or one.right_lost)


def _row(one: Effect) -> str:
    names = " + ".join(change.setting for change in one.changes)
    now = "/".join(_number(change.now) for change in one.changes)
    tried = "/".join(_number(change.value) for change in one.changes)
    return (
        f"{names:<34} {now:>8} {tried:>8} {one.events:>7} {len(one.lost):>5} {len(one.gained):>7} "
        f"{len(one.right_lost):>11} {len(one.wrong_dropped):>14}"
    )


def _words(changes: Sequence[FilterChange]) -> str:
    return ", ".join(f"{one.setting} {_number(one.value)} instead of {_number(one.now)}" for one in changes)


def _events(one: Effect) -> Iterator[str]:
    rows = [("-", event) for event in one.lost] + [("+", event) for event in one.gained]
    for sign, event in rows[:SHOWN_EVENTS]:
        yield f"    {sign} {span(event)} {event.label} {event.top_score:.2f}"
    if len(rows) > SHOWN_EVENTS:
        yield f"      and {len(rows) - SHOWN_EVENTS} more; --json has all"


def _number(value: float) -> str:
    return f"{_plain(value)}" if is_limit(value) else "none"


def _plain(value: float) -> float:
    return int(value) if value == int(value) else round(value, 2)


def _event(one: ReplayEvent) -> dict[str, Any]:
    return {
        "label": one.label,
        "start_time": one.start_time,
        "end_time": one.end_time,
        "top_score": one.top_score,
        "severity": one.severity,
    }


def _json(one: Effect) -> dict[str, Any]:
    return {
        "changes": [{"setting": each.setting, "now": each.now, "value": each.value} for each in one.changes],
        "events": one.events,
        "lost": [_event(event) for event in one.lost],
        "gained": [_event(event) for event in one.gained],
        "unjudged_lost": one.unjudged,
        "right_lost": sorted(one.right_lost),
        "right_gained": sorted(one.right_gained),
        "false_dropped": sorted(one.wrong_dropped),
        "false_left": one.still_wrong,
    }
