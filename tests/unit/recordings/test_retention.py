"""The retention rules as a table (contract, section 20.7)."""

import pytest

from dogwatch.recordings.retention import DAY_S, ItemRule, Mode, Rules, expired, over_budget, satisfies
from dogwatch.store.segments import Span
from dogwatch.store.spans import Item

NOW = 1_795_000_000.0


def span(
    days_old: float = 0.0, motion: int | None = 0, objects: int | None = 0, dbfs: float | None = None, size: int = 10
) -> Span:
    """Make a segment of 10 s that ended `days_old` days ago."""
    end = NOW - days_old * DAY_S
    return Span(
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


def kept(one: Span, by: Rules, *items: Item) -> bool:
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
def test_motion_sound_and_what_nobody_has_analysed(one: Span, stays: bool) -> None:
    assert kept(one, rules(continuous=1, motion=3)) is stays


def item(days_old: float, severity: str = "alert", length: float = 20.0) -> Item:
    """Make a review item that ended `days_old` days ago."""
    end = NOW - days_old * DAY_S
    return Item("front", end - length, end, severity)


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
        (span(5, motion=1), rules(), Item("front", NOW - 6 * DAY_S, None, "alert"), True),
        (span(5, motion=1), rules(), item(5, "significant_motion"), False),
    ],
)
def test_review_items(one: Span, by: Rules, found: Item, stays: bool) -> None:
    assert kept(one, by, found) is stays


@pytest.mark.parametrize(
    ("starts_after", "ended_before", "stays"), [(4.9, 0, True), (5.1, 0, False), (0, 4.9, True), (0, 5.1, False)]
)
def test_pre_and_post_capture(starts_after: float, ended_before: float, stays: bool) -> None:
    one = span(5, motion=1)
    if starts_after:
        found = Item("front", one.end_time + starts_after, one.end_time + 60, "alert")
    else:
        found = Item("front", one.start_time - 60, one.start_time - ended_before, "alert")
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
