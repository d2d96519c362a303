"""The plates before a camera that only sees plates: which readings are of one visit, and when it is over. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from dogwatch.recognition.plate_text import PlateReading, PlateRules, PlateVotes, distance

MOST_VISITS = 20  # at once; what reads more makes them up
LONGEST_S = 120.0


@dataclass(slots=True)
class PlateVisit:
    """One plate that is seen; times are seconds of one clock. `event_id` is empty until it has an event.

    `failed` is whether `told`, the reading in its event, could not be written.
    """

    began: float
    seen: float
    votes: PlateVotes = field(default_factory=PlateVotes)
    text: str = ""
    event_id: str = ""
    told: PlateReading | None = None
    failed: bool = False


class PlateVisits:
    """Those of one camera. Not thread-safe."""

    def __init__(self) -> None:
        """Begin with none."""
        self._visits: list[PlateVisit] = []

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._visits)

    def add(self, reading: PlateReading, time: float, rules: PlateRules) -> PlateVisit | None:
        """Take in a reading; return its visit, None if there are too many.

        Readings are of one visit if they differ by at most `match_distance` letters.
        """
        near = [one for one in self._visits if distance(one.text, reading.text) <= rules.match_distance]
        visit = min(near, key=lambda one: distance(one.text, reading.text), default=None)
        if visit is None:
            if len(self._visits) >= MOST_VISITS:
                return None
            visit = PlateVisit(time, time)
            self._visits.append(visit)
        visit.seen = time
        visit.votes.add(reading)
        best = visit.votes.best(rules)
        visit.text = best.text if best is not None else reading.text
        return visit

    def all(self) -> tuple[PlateVisit, ...]:
        """Return all of them."""
        return tuple(self._visits)

    def over(self, time: float, expire_s: float) -> list[PlateVisit]:
        """Return, once, the visits whose plate was not seen for `expire_s` seconds, and those that last too long."""
        ended = [one for one in self._visits if time - one.seen >= expire_s or time - one.began >= LONGEST_S]
        self._visits = [one for one in self._visits if one not in ended]
        return ended
