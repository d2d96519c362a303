"""Which values are tried, and which one is chosen."""

from __future__ import annotations

import pytest

from dogwatch.analysis import ObjectFilter
from dogwatch.replay import tuning_values
from dogwatch.replay.judge import ReplayEvent
from dogwatch.replay.tuning import (
    Choice,
    Effect,
    FilterAttempt,
    FilterChange,
    TunedEvent,
    UserVerdict,
    choose,
    effect_of,
    pairs,
)
from dogwatch.replay.tuning_report import LabelTuning, TuningReport
from dogwatch.vision.geometry import Geometry

SIZES = Geometry(1000, 500, 1000, 500)
RIGHT = [UserVerdict(f"r{n}", "person", n * 100, n * 100 + 1, right=True) for n in range(5)]
WRONG = [UserVerdict(f"w{n}", "person", n * 100 + 50, n * 100 + 51, right=False) for n in range(3)]
ALL = [*RIGHT, *WRONG]


def event(start: float) -> ReplayEvent:
    return ReplayEvent("person", start, start + 10, 0.8, "alert", (), has_clip=True, has_snapshot=True)


def attempt(*kept: UserVerdict, unjudged: int = 0, changes: tuple[FilterChange, ...] = ()) -> FilterAttempt:
    judged = [TunedEvent(event(one.start_time), frozenset({one.id})) for one in kept]
    return FilterAttempt(changes, (*judged, *(TunedEvent(event(5000 + n * 100)) for n in range(unjudged))))


def change(setting: str = "threshold", value: float = 0.75, steps: int = 1) -> tuple[FilterChange]:
    return (FilterChange(setting, 0.7, value, steps),)


NOW = attempt(*ALL, unjudged=4)


def effect(*kept: UserVerdict, unjudged: int = 4, changes: tuple[FilterChange, ...] = ()) -> Effect:
    return effect_of(NOW, attempt(*kept, unjudged=unjudged, changes=changes), ALL)


def test_an_effect_counts_what_is_lost_and_dropped() -> None:
    found = effect(*RIGHT[1:], *WRONG[2:], unjudged=3, changes=change())
    assert (found.events, len(found.lost), found.gained, found.unjudged) == (8, 4, (), 1)
    assert (found.right_lost, found.wrong_dropped, found.still_wrong) == (
        frozenset({"r0"}),
        frozenset({"w0", "w1"}),
        1,
    )
    back = effect_of(attempt(*RIGHT[1:]), NOW, ALL)
    assert (back.right_gained, len(back.gained), back.still_wrong) == (frozenset({"r0"}), 8, 3)


def test_what_loses_a_right_event_is_never_chosen() -> None:
    greedy = effect(*RIGHT[1:], changes=change(value=0.9))
    careful = effect(*RIGHT, *WRONG[1:], changes=change(value=0.75))
    assert choose(NOW, [greedy, careful], ALL).effect is careful
    assert choose(NOW, [greedy], ALL) == Choice(
        None, "no value that was tried drops a false event and keeps all right ones"
    )


def test_most_false_events_are_dropped_by_the_simplest_nearest_change() -> None:
    some = effect(*RIGHT, *WRONG[1:], changes=change(value=0.75, steps=1))
    near = effect(*RIGHT, changes=change(value=0.8, steps=2))
    far = effect(*RIGHT, changes=change(value=0.85, steps=3))
    both = effect(*RIGHT, changes=change() + change("min_area", 900))
    assert choose(NOW, [both, far, some, near], ALL).effect is near
    costly = effect(*RIGHT, unjudged=1, changes=change("min_area", 900))  # nearer, but drops what nobody has judged
    assert choose(NOW, [costly, near], ALL).effect is near


@pytest.mark.parametrize(("right", "wrong"), [(4, 3), (5, 2), (0, 0)])
def test_too_little_evidence_proposes_nothing(right: int, wrong: int) -> None:
    now = attempt(*RIGHT[:right], *WRONG[:wrong])
    good = effect_of(now, attempt(*RIGHT[:right], changes=change()), ALL)
    found = choose(now, [good], ALL)
    assert found.effect is None
    assert f"{right} right and {wrong} false" in found.reason


def test_pairs_are_tried_only_when_single_values_leave_false_events() -> None:
    score = effect(*RIGHT, *WRONG[1:], changes=change())
    area = effect(*RIGHT, *WRONG[:2], changes=change("min_area", 900))
    ratio = effect(*RIGHT, *WRONG, changes=change("max_ratio", 2))  # drops none
    assert pairs([score, area, ratio], 3) == [score.changes + area.changes]
    assert pairs([score, effect(*RIGHT, changes=change("min_area", 900))], 3) == []


def test_scores_are_tried_around_those_in_force() -> None:
    tried = tuning_values.scores(ObjectFilter(threshold=0.7, min_score=0.5))
    assert [one.value for one in tried if one.setting == "threshold"] == [0.6, 0.65, 0.75, 0.8, 0.85, 0.9, 0.95]
    assert [one.steps for one in tried if one.setting == "threshold"] == [2, 1, 1, 2, 3, 4, 5]
    assert min(one.value for one in tried if one.setting == "min_score") == 0.4
    assert tuning_values.floor(ObjectFilter(min_score=0.5)) == 0.4
    assert tuning_values.floor(ObjectFilter(min_score=0.2)) == 0.2


def test_sizes_are_tried_by_what_was_seen() -> None:
    seen = [(0.8, 1000 * n, 0.4 + n / 100) for n in range(1, 41)]
    tried = tuning_values.sizes(ObjectFilter(), SIZES, seen, [(1.0, 2000, 2.5)])
    least = [one.value for one in tried if one.setting == "min_area"]
    assert least == sorted(least)
    assert 2300 in least  # just above the box that is false
    assert 21_000 in least
    assert {one.setting for one in tried} == {"min_area", "max_area", "min_ratio", "max_ratio"}
    assert any(2 < one.value < 2.5 for one in tried if one.setting == "max_ratio")
    assert all(one.now == 0 and 0 < one.steps <= 8 for one in tried if one.setting == "min_area")
    assert tuning_values.sizes(ObjectFilter(), SIZES, seen[:19], []) == []
    assert tuning_values.sizes(ObjectFilter(min_score=0.9), SIZES, seen, []) == []
    stricter = tuning_values.sizes(ObjectFilter(min_area=0.04), SIZES, seen, [])  # 20,000 px
    assert all(one.value > 20_000 == one.now for one in stricter if one.setting == "min_area")


def test_a_proposal_is_printed_with_its_price() -> None:
    best = effect(*RIGHT, unjudged=3, changes=change(value=0.8))
    one = LabelTuning("person", tuple(each.event for each in NOW.events), 5, 3, 5, 3, (best,), Choice(best))
    report = TuningReport("front", "squares", 600, 3000, 8, cut=True, labels=(one,))
    assert report.yaml() == (
        "cameras:\n  front:\n    objects:\n      filters:\n        person:\n          threshold: 0.8\n"
    )
    text = "\n".join(report.lines())
    assert "only its first part, at most 24 hours" in text
    assert "threshold 0.8 instead of 0.7" in text
    assert "drops 3 of 3 false events and none of the 5 right ones, and 1 events" in text
    assert "up to 60% of others may be lost" in text
    assert text.count("    - ") == 4
    body = report.as_json()["labels"][0]
    assert (body["proposal"]["false_left"], body["proposal"]["unjudged_lost"]) == (0, 1)


def test_without_verdicts_gains_and_losses_are_listed() -> None:
    now = attempt(unjudged=3)
    other = effect_of(now, attempt(unjudged=2, changes=change()), [])
    choice = choose(now, [other], [])
    one = LabelTuning("person", tuple(each.event for each in now.events), 0, 0, 0, 0, (other,), choice)
    report = TuningReport("front", "squares", 600, 3000, 0, cut=False, labels=(one,))
    text = "\n".join(report.lines())
    assert "nothing is proposed: too little evidence: 0 right and 0 false" in text
    assert text.count("    - ") == 1
    assert report.yaml() == ""
