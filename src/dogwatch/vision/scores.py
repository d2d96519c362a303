"""How sure we are of an object over time (docs/vision.md)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

HISTORY = 10
LEAST = 3  # a median of fewer scores says little: zeros stand for the others
LONGEST_S = 4.0  # what had enough evidence but for its place waits no longer than this, if it is still found
MISSED = 0.25  # what a second without the object takes away again
FIRST_S, FRAME_S = 0.2, 0.5  # what a first frame counts for, and any other at most
LATE_S = 2.0  # for how long a median that has reached the threshold counts while there is too little evidence
MOVED = 0.15  # heights: more than four times the error of a place
SLIGHTLY, CLEAR = 0.08, 0.05  # heights are enough if the median is by so much above the threshold
CONTESTED_S = 0.6  # more is asked for while the object may be one that was lost, of which users know already
LEAST_SPAN = 0.1  # from scores that count nothing to the threshold, should `min_score` be nearer to it


@dataclass(slots=True)
class ScoreHistory:
    """The last scores of one object; a frame without the object counts 0.

    `computed` is their median and `top` its maximum so far. `false_positive` holds until `evidence`, in seconds, is
    enough while `computed` has reached the label's threshold lately; `reached` are the times and scores of the frames
    whose median that was, and `median` theirs. For evidence, a second with scores at the threshold counts one, with
    scores at `min_score` none; should that be near the threshold, `LEAST_SPAN` below it. `moving_s` is enough for what
    moves: that is rarely a shadow or a bush. What flickers at one place often is, for a second or two, and needs
    `standing_s`. If `single` is set, one detection is enough.

    While it is `contested` whether this is an object that was lost, of which users know already, more is asked for.
    `more` is evidence that its place asks for beyond what is usual (`false_places`), and `enough_time` when there was
    enough without that.
    """

    threshold: float
    min_score: float = 0.5
    moving_s: float = 0.3
    standing_s: float = 2.4
    single: bool = False
    computed: float = 0.0
    top: float = 0.0
    evidence: float = 0.0
    false_positive: bool = True
    reached: tuple[tuple[float, float], ...] = ()
    median: float = 0.0
    more: float = 0.0
    enough_time: float | None = None
    moved: bool = False
    contested: bool = False
    _scores: deque[float] = field(default_factory=lambda: deque(maxlen=HISTORY))
    _times: deque[float] = field(default_factory=lambda: deque(maxlen=HISTORY))

    def add(self, score: float, time: float, *, moved: float = 0.0) -> None:
        """Add the score of the analysed frame at `time`; `moved` is how far the object is from its first place."""
        passed = min(time - self._times[-1], FRAME_S) if self._times else FIRST_S
        self._scores.append(score)
        self._times.append(time)
        lacking = 0 if self.single else LEAST - len(self._scores)
        self.computed = median([*self._scores, *[0.0] * lacking] if lacking > 0 else self._scores)
        self.top = max(self.top, self.computed)
        if self.false_positive:
            self._weigh(score, passed)
            if self.computed >= self.threshold:
                self.reached, self.median = tuple(zip(self._times, self._scores, strict=True)), self.computed
            if score:
                self.moved = moved > MOVED or (
                    not self.contested and moved > SLIGHTLY and self.computed >= self.threshold + CLEAR
                )
            self.false_positive = not self._enough(score, time)

    def _weigh(self, score: float, passed: float) -> None:
        nothing = min(self.min_score, self.threshold - LEAST_SPAN)
        shown = (score - nothing) / (self.threshold - nothing) if score else -MISSED
        self.evidence = max(self.evidence + passed * shown, 0.0)

    def _enough(self, score: float, time: float) -> bool:
        usual = 0.0 if self.single else self.moving_s if self.moved else self.standing_s
        if self.contested and not self.single:
            usual += CONTESTED_S
        if not self.reached or self.evidence < usual:
            return False
        sure = time - self.reached[-1][0] <= LATE_S
        if sure and self.enough_time is None:
            self.enough_time = time
        late = score > 0 and self.enough_time is not None and time - self.enough_time >= LONGEST_S
        return late or (sure and (self.single or self.evidence >= usual + self.more))


def median(values: Iterable[float]) -> float:
    """Return the median of at least one value; for ten, it takes a fifth of the time of the standard library's."""
    ranked = sorted(values)
    middle = len(ranked) // 2
    return ranked[middle] if len(ranked) % 2 else (ranked[middle - 1] + ranked[middle]) / 2
