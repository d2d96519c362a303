"""Why an event is one: what is kept with it, and how it reads (docs/api/events.md, `/why`).

The live camera and `dogwatch replay` take both from the same values: the evidence of the analysis, and the decisions
of `events.news`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from dogwatch.events.live_object import Decision, LiveObject
from dogwatch.events.rules import CameraRules
from dogwatch.evidence import ObjectEvidence, ScoredFrame

Kept = dict[str, Any]
NOT_KEPT = "Why this event was made was not kept: an older version has made it, or it was cut off."


def kept_of(live: LiveObject) -> Kept | None:
    """Return what is kept of an object; None while the analysis has not told of it."""
    if (found := live.evidence) is None:
        return None
    return {
        "scores": _scores(found, live.frame),
        "filters": _filters(found, live.obj.label),
        "zones": [msgspec.to_builtins(stay) for stay in found.zones],
        "decisions": [msgspec.to_builtins(decision) for decision in live.decisions],
    }


def kept_of_call(user: str, time: float, label: str, rules: CameraRules) -> Kept:
    """Return what is kept of a manual event: who has asked for it, and why it has its severity."""
    severity = rules.manual(label)
    labels = tuple(sorted(rules.detections.labels or ())) if severity == "detection" else None
    decision = Decision(time, severity, f"review.{severity}s", labels, (), ())
    return {"created_by": user, "decisions": [msgspec.to_builtins(decision)]}


def kept_of_sound(time: float, label: str, rules: CameraRules, score: float) -> Kept:
    """Return what is kept of a sound: how loud or how sure it was, and why it has its severity."""
    heard = {"time": time, "score": score, "min_volume": rules.sound.min_volume}
    if (threshold := rules.sound.thresholds.get(label)) is not None:
        heard["threshold"] = threshold
    kept: Kept = {"heard": heard, "decisions": []}
    if (severity := rules.audio(label)) is not None:
        rule = rules.alerts if severity == "alert" else rules.detections
        labels = tuple(sorted(rule.labels)) if rule.labels is not None else None
        kept["decisions"] = [msgspec.to_builtins(Decision(time, severity, f"review.{severity}s", labels, (), ()))]
    return kept


def answer(event: Mapping[str, Any], kept: Kept | None, when: Callable[[float], str]) -> dict[str, Any]:
    """Return the body of `/why` for an event; `when` writes a time."""
    body: dict[str, Any] = {
        **{name: event[name] for name in ("id", "camera", "label")},
        "type": event["data"]["type"],
        "kept": kept is not None,
        "created_by": None,
        "heard": None,
        "scores": None,
        "filters": [],
        "zones": [],
        "decisions": [],
        **(kept or {}),
    }
    return {**body, "text": list(lines(event["label"], kept, when)) if kept is not None else [NOT_KEPT]}


def lines(label: str, kept: Mapping[str, Any], when: Callable[[float], str]) -> Iterator[str]:
    """Yield what is kept of an event as sentences; `when` writes a time."""
    if "created_by" in kept:
        yield f"a call of the API by user {kept['created_by']} created it"
    if (heard := kept.get("heard")) is not None:
        yield (
            f"it was heard at {when(heard['time'])} with score {heard['score']:.2f}, "
            f"{_sure_enough(heard)}louder than min_volume {heard['min_volume']:g}"
        )
    if (scores := kept.get("scores")) is not None:
        frames = ", ".join(f"{score:.2f}" for _, score in scores["reached"])
        yield (
            f"its median score reached {scores['median']:.2f} at {when(scores['reached'][-1][0])}, and threshold asks "
            f"for {scores['threshold']:.2f} (scores {frames})"
        )
        if (doubt := scores.get("false_place")) is not None:
            yield doubt_line(doubt)
    for one in kept.get("filters", ()):
        yield _filter_line(one)
    for stay in kept.get("zones", ()):
        yield _zone_line(stay, when)
    for one in kept["decisions"]:
        yield _decision_line(one, label, when)


def doubt_line(doubt: Mapping[str, Any]) -> str:
    """Return what `evidence.PlaceDoubt` says as a sentence."""
    asked = f"detections were often false where it began, so that {doubt['more']:.1f} s more of evidence was asked for"
    if doubt["moved_away"]:
        return f"{asked}, until it moved away"
    return f"{asked}; it had {doubt['evidence']:.1f} s of {doubt['asked']:.1f} s"


def _sure_enough(heard: Mapping[str, Any]) -> str:
    return f"no less than threshold {heard['threshold']:g}, and " if "threshold" in heard else ""


def _scores(found: ObjectEvidence, frame: tuple[int, int]) -> dict[str, Any] | None:
    if (reached := found.reached) is None:
        return None
    return {
        "threshold": found.threshold,
        "median": reached.median,
        "top_score": found.top_score,
        "detections": found.detections,
        "missed": found.missed,
        "reached": [list(one) for one in reached.scores],
        **{name: _frame(one, frame) for name, one in (("first", found.first), ("best", found.best))},
        "last": _frame(found.last, frame),
        **({"false_place": msgspec.to_builtins(found.doubt)} if found.doubt is not None else {}),
    }


def _frame(one: ScoredFrame, frame: tuple[int, int]) -> dict[str, Any]:
    return {"time": one.time, "score": one.score, "box": one.box.fractions(*frame)}


def _filters(found: ObjectEvidence, label: str) -> list[dict[str, Any]]:
    if (reached := found.reached) is None:
        return []
    rows: list[dict[str, Any]] = [
        {"setting": f"objects.filters.{label}.{one.rule}", "value": one.value, "limit": one.limit}
        for one in reached.limits
    ]
    masks = {"setting": "objects.mask", "value": None, "limit": None, "masks": reached.masks}
    return [*rows, masks] if reached.masks else rows


def _filter_line(one: Mapping[str, Any]) -> str:
    if one["setting"] == "objects.mask":
        return f"it stood in none of {one['masks']} object masks"
    rule = one["setting"].rpartition(".")[2]
    side = "no less" if rule.startswith("min") else "no more"
    return f"its {rule.partition('_')[2]} {one['value']:.4g} is {side} than {rule} {one['limit']:.4g}"


def _zone_line(stay: Mapping[str, Any], when: Callable[[float], str]) -> str:
    entered = stay["entered_time"]
    what = f"it entered zone {stay['zone']} at {when(entered)}" if entered else f"it did not enter zone {stay['zone']}"
    inside = f"{stay['inside']} detections in a row (inertia {stay['inertia']})"
    return f"{what}: {inside}, {stay['longest_s']:.1f} s (loitering_time {stay['loitering_time']:g})"


def _decision_line(one: Mapping[str, Any], label: str, when: Callable[[float], str]) -> str:
    what: Literal["alert", "detection", "clip", "snapshot"] = one["decision"]
    made = {"clip": "its footage is kept", "snapshot": "it has a snapshot"}.get(what, f"it is {_a(what)}")
    why: Sequence[str] = [
        *([f"{label} is among the labels"] if one["labels"] else []),
        *([f"it was in {_named(one)}"] if one["required_zones"] else []),
    ]
    return f"{made} since {when(one['time'])} by {one['setting']}{': ' if why else ''}{', and '.join(why)}"


def _a(severity: str) -> str:
    return "an alert" if severity == "alert" else "a detection"


def _named(one: Mapping[str, Any]) -> str:
    required = [zone for zone in one["zones"] if zone in one["required_zones"]]
    return f"{', '.join(required)}, which is required"
