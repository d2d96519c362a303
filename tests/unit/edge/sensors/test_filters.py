"""Filters on a standing clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.edge.sensors.filters import LineFilter, PulseCount, SampleMajority, StableLevel, filter_for
from dogwatch.edge.sensors.types import TYPES

Steps = list[tuple[float, bool]]


def run(subject: LineFilter, steps: Steps, until: float, *, at_first: bool = False) -> Steps:
    """Feed changes to a filter, call it whenever it is due, and return when it has changed to what."""
    changes: Steps = []
    subject.begin(at_first)
    for at, active in [*steps, (until, None)]:
        while (due := subject.due) is not None and due <= at:
            changes += [(round(due, 6), on) for on in subject.advance(due)]
        changes += [(round(at, 6), on) for on in subject.advance(at, active)]
    return changes


@pytest.mark.parametrize(
    ("steps", "changes"),
    [
        ([(1.0, True), (3.0, False)], [(1.05, True), (3.05, False)]),
        ([(1.0, True), (1.02, False), (1.03, True), (3.0, False)], [(1.08, True), (3.05, False)]),
        ([(1.0, True), (1.04, False)], []),
        ([(1.0, True), (2.0, False), (2.01, True)], [(1.05, True)]),
    ],
)
def test_a_contact_that_bounces_is_one_edge(steps: Steps, changes: Steps) -> None:
    assert run(filter_for(TYPES["reed_switch"], {}, debounced=False), steps, 9.0) == changes


def test_a_debounced_line_is_followed_at_once() -> None:
    subject = filter_for(TYPES["reed_switch"], {}, debounced=True)
    assert run(subject, [(1.0, True), (3.0, False)], 9.0) == [(1.0, True), (3.0, False)]


def test_an_active_level_at_arming_is_no_trigger() -> None:
    steps = [(1.0, False), (2.0, True)]
    assert run(StableLevel(0.0, 0.0), steps, 9.0, at_first=True) == [(1.0, False), (2.0, True)]
    assert run(SampleMajority(1), steps, 9.0, at_first=True) == [(1.0, False), (2.0, True)]
    assert run(PulseCount(1, 5.0, 0.1), [(1.0, False)], 9.0, at_first=True) == []


@pytest.mark.parametrize(
    ("kind", "key"), [("tilt", "settle_time"), ("tilt_ball", "settle_time"), ("touch", "touch_duration")]
)
def test_a_shorter_excursion_leaves_no_trace(kind: str, key: str) -> None:
    subject = filter_for(TYPES[kind], {key: 20}, debounced=False)
    assert run(subject, [(1.0, True), (2.9, False), (5.0, True), (8.0, False)], 20.0) == [
        (7.0, True),
        (8.0 + TYPES[kind].debounce_s, False),
    ]
    at_once = filter_for(TYPES[kind], {key: 0}, debounced=True)
    assert run(at_once, [(1.0, True)], 2.0) == [(1.0, True)]


def test_knocks_must_come_within_their_window() -> None:
    def pulse(at: float) -> Steps:
        return [(at, False), (at + 0.001, True)]

    subject = filter_for(TYPES["knock"], {}, debounced=False)
    slow = [*pulse(0.0), *pulse(3.0), *pulse(6.0), *pulse(9.0)]
    assert run(subject, slow, 20.0, at_first=True) == []
    fast = [*pulse(0.0), *pulse(2.0), *pulse(4.5), *pulse(5.0)]
    assert run(subject, fast, 20.0, at_first=True) == [(4.501, True), (6.001, False)]


def test_one_knock_that_rings_is_one_pulse() -> None:
    ringing = [(1 + i * 0.01, bool(i % 2)) for i in range(9)]
    assert run(PulseCount(2, 5.0, 0.1), ringing, 20.0, at_first=True) == []
    assert run(PulseCount(1, 5.0, 0.1), ringing, 20.0, at_first=True) == [(1.01, True), (2.01, False)]


def test_knocks_that_have_triggered_do_not_trigger_again() -> None:
    steps = [(0.5, False), (1.0, True), (1.5, False), (2.0, True), (4.0, False), (4.5, True)]
    assert run(PulseCount(2, 30.0, 0.1), steps, 20.0, at_first=True) == [(2.0, True), (3.0, False)]


@pytest.mark.parametrize(("sensitivity", "delay"), [(10, 0.0), (9, 0.1), (7, 0.2), (1, 0.5)])
def test_motion_is_more_than_half_of_the_samples(sensitivity: int, delay: float) -> None:
    subject = filter_for(TYPES["pir"], {"sensitivity": sensitivity}, debounced=False)
    changes = run(subject, [(100.03, True), (107.0, False)], 120.0)
    assert [on for _, on in changes] == [True, False]
    assert changes[0][0] == pytest.approx(100.03 + delay)
    assert 107.0 <= changes[1][0] <= 107.7


def test_a_blink_is_no_motion() -> None:
    subject = filter_for(TYPES["pir"], {"sensitivity": 7}, debounced=False)
    assert run(subject, [(1.0, True), (1.15, False)], 9.0) == []
    assert subject.due is None  # a quiet line costs nothing


@given(
    st.lists(st.tuples(st.floats(0.001, 3.0), st.booleans()), max_size=40),
    st.sampled_from(["reed_switch", "tilt", "touch", "pir", "knock", "vibration", "button"]),
    st.booleans(),
)
def test_changes_alternate_and_end_when_the_line_rests(gaps: Steps, kind: str, at_first: bool) -> None:
    at, steps = 0.0, []
    for gap, active in [*gaps, (1.0, False)]:
        at += gap
        steps.append((at, active))
    subject = filter_for(TYPES[kind], {}, debounced=False)
    changes = run(subject, steps, at + 20.0, at_first=at_first)
    begins_with = not at_first or TYPES[kind].family == "pulse"
    assert [on for _, on in changes] == [bool((i + begins_with) % 2) for i in range(len(changes))]
    assert not changes or changes[-1][1] is False
    assert subject.due is None
