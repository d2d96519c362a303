"""The retention rules as a table (contract, section 20.7)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.config.record import RecordConfig
from dogwatch.config.review import ReviewConfig
from dogwatch.recordings.rules import (
    DAY_S,
    LATE_S,
    ItemRule,
    Mode,
    Rules,
    expired,
    over_budget,
    rules_of,
    satisfies,
)
from dogwatch.store.segments import SegmentRow
from dogwatch.store.spans import RETAINED, ItemSpan

NOW = 1_795_000_000.0


def span(
    days_old: float = 0.0, motion: int | None = 0, objects: int | None = 0, dbfs: float | None = None, size: int = 10
) -> SegmentRow:
    """Make a segment of 10 s that ended `days_old` days ago."""
    end = NOW - days_old * DAY_S
    return SegmentRow(
        f"{end}",
        "front",
        f"p{end}",
        end - 10,
        end,
        size,
        "i",
        has_audio=False,
        dbfs=dbfs,
        motion=motion,
        objects=objects,
    )


def rules(
    continuous: float = 0.0, motion: float = 0.0, alerts: float = 10.0, detections: float = 10.0, mode: Mode = "motion"
) -> Rules:
    items = {"alert": ItemRule(alerts * DAY_S, mode), "detection": ItemRule(detections * DAY_S, mode)}
    return Rules(continuous * DAY_S, motion * DAY_S, items)


def kept(one: SegmentRow, by: Rules, *items: ItemSpan) -> bool:
    return not list(expired([one], items, by, NOW))


@pytest.mark.parametrize(
    ("days_old", "by", "stays"),
    [
        (0.9, rules(continuous=1), True),
        (1.1, rules(continuous=1), False),
        (0.4, rules(continuous=0.5), True),
        (0.6, rules(continuous=0.5), False),
        (0.01, rules(), False),
    ],
)
def test_continuous(days_old: float, by: Rules, stays: bool) -> None:
    assert kept(span(days_old), by) is stays


@pytest.mark.parametrize(
    ("one", "stays"),
    [
        (span(2, motion=5), True),
        (span(4, motion=5), False),
        (span(2, motion=0), False),
        (span(2, motion=None), True),
        (span(4, motion=None), False),
        (span(2, motion=0, dbfs=-20.0), True),
        (span(2, motion=0, dbfs=-60.0), False),
    ],
)
def test_motion_sound_and_what_nobody_has_analysed(one: SegmentRow, stays: bool) -> None:
    assert kept(one, rules(continuous=1, motion=3, alerts=0, detections=0)) is stays


@pytest.mark.parametrize(
    ("one", "by", "stays"),
    [
        (span(9, motion=None, objects=None), rules(), True),
        (span(9, motion=None, objects=0), rules(), True),
        (span(9, motion=0, objects=None), rules(), True),
        (span(9, motion=5, objects=None), rules(), True),
        (span(9, motion=5, objects=9), rules(), False),
        (span(11, motion=None, objects=None), rules(), False),
        (span(11, motion=None, objects=None), rules(detections=12), True),
        (span(11, motion=None, objects=None), rules(continuous=12), True),
        (span(11, motion=None, objects=None), rules(motion=12), True),
        (span(2, motion=None, objects=None), rules(alerts=0, detections=0), False),
        (span(2, motion=None, objects=None), rules(motion=3, alerts=0, detections=0), True),
        (span(2, motion=0, objects=None), rules(motion=3, alerts=0, detections=0), False),  # records motion, no more
    ],
)
def test_what_nobody_has_analysed_is_kept_for_the_longest_of_the_times(one: SegmentRow, by: Rules, stays: bool) -> None:
    """Without detection, with detection that has failed, with motion detection off."""
    assert kept(one, by) is stays


def seconds_old(age: float, **changes: Any) -> SegmentRow:
    return span(age / DAY_S, **changes)


NOTHING = rules(alerts=0, detections=0)


@pytest.mark.parametrize(
    ("age", "by", "stays"),
    [
        (0, NOTHING, True),
        (4, NOTHING, True),
        (LATE_S - 1, NOTHING, True),
        (LATE_S + 1, NOTHING, False),
        (LATE_S + 1, rules(), False),
    ],
)
def test_what_may_still_become_pre_capture_stays(age: float, by: Rules, stays: bool) -> None:
    assert kept(seconds_old(age), by) is stays


def test_an_item_may_be_told_late() -> None:
    record = RecordConfig.model_validate({"alerts": {"pre_capture": 60}})
    review = ReviewConfig.model_validate({"alerts": {"cutoff_time": 300}, "detections": {"cutoff_time": 200}})
    assert rules_of(record, review).settle_s == LATE_S + 560
    assert rules_of(RecordConfig()).settle_s == LATE_S + 75


@pytest.mark.parametrize(
    ("gap", "motion", "mode", "stays"),
    [
        (4.9, 1, "motion", True),
        (5.1, 1, "motion", False),
        (4.9, 0, "motion", False),
        (4.9, 0, "all", True),
        (-24.9, 1, "motion", True),
        (-25.1, 1, "motion", False),
    ],
)
def test_what_is_next_to_unanalysed_footage_may_be_pre_or_post_capture(
    gap: float, motion: int, mode: Mode, stays: bool
) -> None:
    one = span(2, motion=motion)
    start = one.end_time + gap
    assert (one not in expired([one], [], rules(mode=mode), NOW, [(start, start + 10)])) is stays
    assert one in expired([one], [], rules(alerts=1, detections=1, mode=mode), NOW, [(start, start + 10)])


@pytest.mark.parametrize(
    ("start", "end", "stays"), [(-60, -40, False), (-60, -12, True), (-5, None, True), (4, 9, True), (6, 9, False)]
)
def test_a_retained_event_keeps_its_footage(start: float, end: float | None, stays: bool) -> None:
    one = span(300)
    found = ItemSpan("front", one.end_time + start, None if end is None else one.end_time + end, RETAINED)
    assert kept(one, rules(), found) is stays


def item(days_old: float, severity: str = "alert", length: float = 20.0) -> ItemSpan:
    """Make a review item that ended `days_old` days ago."""
    end = NOW - days_old * DAY_S
    return ItemSpan("front", end - length, end, severity)


@pytest.mark.parametrize(
    ("one", "by", "found", "stays"),
    [
        (span(5, motion=1), rules(), item(5), True),
        (span(5, motion=0), rules(), item(5), False),
        (span(5, motion=None), rules(), item(5), True),
        (span(5, motion=0), rules(mode="all"), item(5), True),
        (span(5, motion=9, objects=0), rules(mode="active_objects"), item(5), False),
        (span(5, objects=2), rules(mode="active_objects"), item(5), True),
        (span(5, objects=None), rules(mode="active_objects"), item(5), True),
        (span(11, motion=1), rules(), item(11), False),
        (span(5, motion=1), rules(alerts=1), item(5), False),
        (span(5, motion=1), rules(alerts=1), item(5, "detection"), True),
        (span(5, motion=1), rules(detections=1), item(5, "detection"), False),
        (span(5, motion=1), rules(), item(6), False),
        (span(5, motion=1), rules(), ItemSpan("front", NOW - 6 * DAY_S, None, "alert"), True),
        (span(5, motion=1), rules(), item(5, "significant_motion"), False),
    ],
)
def test_review_items(one: SegmentRow, by: Rules, found: ItemSpan, stays: bool) -> None:
    assert kept(one, by, found) is stays


@pytest.mark.parametrize(
    ("starts_after", "ended_before", "stays"), [(4.9, 0, True), (5.1, 0, False), (0, 4.9, True), (0, 5.1, False)]
)
def test_pre_and_post_capture(starts_after: float, ended_before: float, stays: bool) -> None:
    one = span(5, motion=1)
    if starts_after:
        found = ItemSpan("front", one.end_time + starts_after, one.end_time + 60, "alert")
    else:
        found = ItemSpan("front", one.start_time - 60, one.start_time - ended_before, "alert")
    assert kept(one, rules(), found) is stays


def test_many_segments_and_items_in_any_order() -> None:
    spans = [span(days / 10, motion=1) for days in range(100, 10, -1)]
    items = [item(9), item(3), item(3), item(5, length=DAY_S)]
    gone = {one.id for one in expired(spans, items, rules(), NOW)}
    stays = [one for one in spans if one.id not in gone]
    ages = [round((NOW - one.end_time) / DAY_S, 1) for one in stays]
    assert ages == [9.0, *[day / 10 for day in range(60, 49, -1)], 3.0]


@pytest.mark.parametrize(
    ("used", "budget", "count"), [(50, None, 0), (50, 50, 0), (50, 49, 1), (50, 30, 2), (50, 0, 5)]
)
def test_budget(used: int, budget: int | None, count: int) -> None:
    oldest = [span(5 - n) for n in range(5)]
    assert list(over_budget(oldest, used, budget)) == oldest[:count]


def test_all_satisfies_all() -> None:
    assert satisfies(span(), "all")


# ------------------------------------------------------------ whatever the analysis might have found
# The oracle knows the contract's rules of a world in which everything is known, and nothing of how they are applied.


def kept_in_a_known_world(one: SegmentRow, items: list[ItemSpan], by: Rules, now: float) -> bool:
    """Say what contract section 20.7 says of a segment of which everything is known."""
    assert one.motion is not None
    assert one.objects is not None
    age = now - one.end_time
    moves = one.motion > 0 or (one.dbfs or -99.0) > -36.3
    fits = {"all": True, "motion": moves, "active_objects": one.objects > 0}
    if age < by.continuous_s or (age < by.motion_s and moves):
        return True
    for found in items:
        ends = now if found.end_time is None else found.end_time
        rule = by.items.get(found.severity, ItemRule(float("inf"), "all"))
        apart = max(found.start_time - rule.pre_s - one.end_time, one.start_time - ends - rule.post_s)
        if apart < 0 and fits[rule.mode] and (found.end_time is None or now - ends < rule.keep_s):
            return True
    return False


UNKNOWN = st.none() | st.integers(0, 2)
DAYS = st.sampled_from([0.0, 0.01, 0.02, 0.05])


@st.composite
def footage(draw: st.DrawFn) -> list[SegmentRow]:
    """Return segments of an hour or less, with find_gaps, oldest first."""
    made: list[SegmentRow] = []
    at = NOW - draw(st.integers(300, 2600))
    for n in range(draw(st.integers(1, 25))):
        at += draw(st.sampled_from([0.0, 0.0, 0.0, 3.0, 30.0]))
        end = at + draw(st.sampled_from([4.0, 10.0, 20.0]))
        known = draw(st.booleans())
        motion, objects = (
            (draw(st.integers(0, 2)), draw(st.integers(0, 1))) if known else (draw(UNKNOWN), draw(UNKNOWN))
        )
        dbfs = draw(st.sampled_from([None, -60.0, -20.0]))
        made.append(SegmentRow(f"{n}", "front", f"p{n}", at, end, 1, "i", dbfs is not None, dbfs, motion, objects))
        at = end
    return [one for one in made if one.end_time <= NOW]


@st.composite
def some_rules(draw: st.DrawFn) -> Rules:
    modes: st.SearchStrategy[Mode] = st.sampled_from(["all", "motion", "active_objects"])
    sides = st.sampled_from([0.0, 5.0, 60.0])
    items = {
        name: ItemRule(draw(DAYS) * DAY_S, draw(modes), draw(sides), draw(sides)) for name in ("alert", "detection")
    }
    pre_s = max(rule.pre_s for rule in items.values())
    return Rules(draw(DAYS) * DAY_S, draw(DAYS) * DAY_S, items, settle_s=LATE_S + pre_s)


@st.composite
def some_items(draw: st.DrawFn, since: float, until: float) -> list[ItemSpan]:
    made: list[ItemSpan] = []
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.floats(since, until))
        end = draw(st.none() | st.floats(start, until))
        made.append(ItemSpan("front", start, end, draw(st.sampled_from(["alert", "detection", RETAINED]))))
    return made


def gone(spans: list[SegmentRow], items: list[ItemSpan], by: Rules) -> list[SegmentRow]:
    unseen = [(one.start_time, one.end_time) for one in spans if one.motion is None or one.objects is None]
    return list(expired(spans, items, by, NOW, unseen))


@given(st.data())
def test_nothing_goes_that_some_outcome_of_the_analysis_would_keep(data: st.DataObject) -> None:
    spans, by = data.draw(footage()), data.draw(some_rules())
    items = data.draw(some_items(NOW - 4000, NOW))
    deleted = gone(spans, items, by)
    # The world that keeps most: everything moves where nobody knows, and there is an alert and a detection wherever
    # there may be one, in what has just been recorded too. More motion and longer items never keep less.
    unseen = [one for one in spans if one.motion is None or one.objects is None]
    places = [(one.start_time, one.end_time) for one in unseen] + [(NOW - LATE_S, NOW)]
    items += [ItemSpan("front", start, end, severity) for start, end in places for severity in ("alert", "detection")]
    items = _widest(items, by)
    for one in deleted:
        known = one._replace(
            motion=1 if one.motion is None else one.motion, objects=1 if one.objects is None else one.objects
        )
        assert not kept_in_a_known_world(known, items, by, NOW)


@given(st.data())
def test_of_what_is_known_and_settled_goes_what_the_contract_lets_go(data: st.DataObject) -> None:
    by = data.draw(some_rules())
    known = [one._replace(motion=one.motion or 0, objects=one.objects or 0) for one in data.draw(footage())]
    items = data.draw(some_items(NOW - 4000, NOW))
    expected = [
        one
        for one in known
        if NOW - one.end_time >= by.settle_s and not kept_in_a_known_world(one, _widest(items, by), by, NOW)
    ]
    assert gone(known, items, by) == expected


def _widest(items: list[ItemSpan], by: Rules) -> list[ItemSpan]:
    """Give retained events, which have no rule of their own, the widest margins of all rules."""
    return [
        found
        if found.severity != RETAINED
        else ItemSpan(
            "front",
            found.start_time - by.pre_s + 5,
            None if found.end_time is None else found.end_time + by.post_s - 5,
            RETAINED,
        )
        for found in items
    ]
