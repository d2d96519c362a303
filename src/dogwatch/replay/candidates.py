"""Collects detections that never became a tracked object, with the setting that prevented it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from dogwatch.analysis import AnalysisSettings
from dogwatch.model import Box, Detection, TrackedObject
from dogwatch.vision.filters import Rejection
from dogwatch.vision.objects import ObjectTrack

SAME_IOU = 0.2  # two rejected detections that overlap like this are the same object
FORGET_S = 2.0
MAX_OPEN = 200
MAX_KEPT = 5000


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: `setting` is the configuration's key below the camera, `value` what was measured, `limit` the setting's."""

    setting: str
    text: str
    value: float | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible object that made no event. `box` is that of its best detection, in detect-frame pixels."""

    label: str
    start_time: float
    end_time: float
    detections: int
    score: float
    box: Box
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class _RejectedDetections:
    """Rejected detections of one object; `rules` counts the rules that rejected them, `best` has the highest score."""

    label: str
    start_time: float
    end_time: float
    box: Box
    best: Detection
    why: Rejection
    detections: int = 1
    rules: Counter[str] = field(default_factory=Counter)


class CandidateCollector:
    """Collects candidates while footage is analysed. It is a `SceneObserver`."""

    def __init__(self, settings: AnalysisSettings) -> None:
        """Start without candidates."""
        self._settings = settings
        self._frame: list[tuple[Detection, Rejection]] = []
        self._open: list[_RejectedDetections] = []
        self.found: list[Candidate] = []
        self.dropped = 0

    def seen(self, time: float, one: ObjectTrack) -> None:
        """What becomes an object is no candidate."""

    def rejected(self, time: float, detection: Detection, why: Rejection) -> None:  # noqa: ARG002 - as `SceneObserver`
        """A filter has rejected `detection`, in the frame of the next `frame_done`."""
        self._frame.append((detection, why))

    def unconfirmed(self, one: ObjectTrack) -> None:
        """A track has ended before it was seen often enough in a row."""
        needed = self._settings.min_initialized
        seen = "once" if one.detections == 1 else f"{one.detections} times in a row"
        text = f"seen {seen}, and min_initialized asks for {needed}"
        reason = Reason("detect.min_initialized", text, one.detections, needed)
        found = one.found.detection
        box, score = found.box, max(found.score, one.scores.top)
        self.add(Candidate(one.label, one.start_time, one.seen_time, one.detections, score, box, (reason,)))

    def frame_done(self, time: float, objects: Sequence[TrackedObject]) -> None:
        """Join the detections rejected in the frame at `time` to earlier ones; `objects` are the tracked ones.

        A rejected detection that overlaps an object with its label is another detection of that object.
        """
        for one in [one for one in self._open if time - one.end_time > FORGET_S]:
            self._open.remove(one)
            self._close(one)
        for detection, why in self._frame:
            if any(one.label == detection.label and one.box.iou(detection.box) > SAME_IOU for one in objects):
                continue
            self._join(time, detection, why)
        self._frame.clear()
        # A candidate that became an object after all is no candidate any more.
        self._open = [
            one
            for one in self._open
            if not any(thing.label == one.label and thing.box.iou(one.box) > SAME_IOU for thing in objects)
        ]

    def finish(self) -> list[Candidate]:
        """Return all candidates, ordered by their start."""
        for one in self._open:
            self._close(one)
        self._open.clear()
        return sorted(self.found, key=lambda one: (one.start_time, one.label))

    def add(self, candidate: Candidate) -> None:
        """Keep a candidate, up to a limit."""
        if len(self.found) < MAX_KEPT:
            self.found.append(candidate)
        else:
            self.dropped += 1

    def _join(self, time: float, detection: Detection, why: Rejection) -> None:
        near = [(one.box.iou(detection.box), one) for one in self._open if one.label == detection.label]
        share, nearest = max(near, key=lambda pair: pair[0], default=(0.0, None))
        if nearest is None or share < SAME_IOU:
            if len(self._open) >= MAX_OPEN:
                self._close(self._open.pop(0))
            nearest = _RejectedDetections(detection.label, time, time, detection.box, detection, why, 0)
            self._open.append(nearest)
        nearest.end_time, nearest.box = time, detection.box
        nearest.detections += 1
        nearest.rules[why.rule] += 1
        if detection.score > nearest.best.score:
            nearest.best, nearest.why = detection, why

    def _close(self, one: _RejectedDetections) -> None:
        reasons = [_explain(one.label, one.why)]
        others = [rule for rule, _ in one.rules.most_common() if rule != one.why.rule]
        reasons += [_explain(one.label, Rejection(rule)) for rule in others]
        best = one.best
        self.add(
            Candidate(one.label, one.start_time, one.end_time, one.detections, best.score, best.box, tuple(reasons))
        )


def _explain(label: str, why: Rejection) -> Reason:
    if why.rule == "track":
        return Reason("objects.track", f"{label} is not among the labels that are tracked")
    if why.rule == "mask":
        return Reason("objects.mask", "it stands inside an object mask")
    key, words = f"objects.filters.{label}.{why.rule}", why.rule.replace("_", " ")
    if not why.limit and not why.value:
        return Reason(key, f"{words} at other times")
    what, side = why.rule.split("_")[1], "below" if why.rule.startswith("min") else "above"
    value, limit = numbers(why.value, why.limit)
    return Reason(key, f"its {what} {value} is {side} {why.rule} {limit}", why.value, why.limit)


def numbers(value: float, limit: float) -> tuple[str, str]:
    """Return both with enough digits to show that they differ, and at least two below 100."""
    for digits in range(2 if abs(limit) < 100 else 0, 7):
        texts = f"{value:.{digits}f}", f"{limit:.{digits}f}"
        if texts[0] != texts[1]:
            return texts
    return f"{value:.2f}", f"{limit:.2f}"
