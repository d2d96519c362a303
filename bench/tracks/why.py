"""Why appearances have no event, or several: `python -m bench.tracks --why`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bench.tracks.camera import FALSE
from bench.tracks.metrics import appearances, by_actor
from bench.tracks.play import Played, SimEvent

LEAST_FOUND = 3
ENDED_S = 5.0  # a track that was missed for so long has ended


def reasons(played: Sequence[Played]) -> tuple[Counter[str], Counter[str]]:
    """Return why appearances have no event, and why events are additional ones; each with its number."""
    none: Counter[str] = Counter()
    more: Counter[str] = Counter()
    for one in played:
        step = one.frames[1].time - one.frames[0].time
        events = by_actor(one.events)
        for actor in appearances(one.frames):
            mine = sorted(events.get(actor, []), key=lambda event: min(event.boxes))
            if not mine:
                none[_why_none(actor, one)] += 1
            for number in range(1, len(mine)):
                more[_why_more(actor, mine[:number], mine[number], ENDED_S / step)] += 1
    return none, more


def _why_none(actor: int, one: Played) -> str:
    found = sum(who == actor for frame in one.frames for _, who in frame.found)
    taken = sum(track.of[actor] for track in one.events)
    if found < LEAST_FOUND:
        return "found in fewer than three frames"
    if taken >= found / 2:
        return "followed as somebody else's object"
    longest = max((track.of[actor] for track in one.untold), default=0)
    return "one object, never an event" if longest >= found / 2 else "several objects, none an event"


def _why_more(actor: int, earlier: Sequence[SimEvent], new: SimEvent, most_missed: float) -> str:
    """Return why `new` is not the same event as the `earlier` ones of `actor`."""
    first = min(frame for frame, who in new.owners.items() if who == actor)
    before = [event for event in earlier if any(who == actor and n < first for n, who in event.owners.items())]
    if not before:
        return "began before the others"
    last = max(before, key=lambda event: max(n for n, who in event.owners.items() if who == actor and n < first))
    at = max(n for n, who in last.owners.items() if who == actor and n < first)
    others = [who for n, who in last.owners.items() if n > at and who != actor]
    if first > min(new.owners):
        return "another's object took it over"
    if others and others[0] != FALSE:
        return "its object went on with another"
    if others:
        return "its object went on with a false detection"
    return "its object had ended" if first - at >= most_missed else "its object was still waited for"
