from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.edge.presence_rule import Change, PresenceRule, Tracked

PHONE = Tracked("bluetooth", "AA:BB:CC:DD:EE:01", "Ann's phone")
OTHER = Tracked("bluetooth", "AA:BB:CC:DD:EE:02", "Bob's phone")
LAPTOP = Tracked("wifi", "AA:BB:CC:DD:EE:03", "Laptop")


def rule(*devices: Tracked) -> PresenceRule:
    made = PresenceRule()
    made.track(devices)
    return made


def polls(rule: PresenceRule, device: Tracked, hits: str, start: float = 0.0) -> list[Change]:
    """Poll a device every 30 s: `+` is a hit, `-` a miss, a blank a poll that did not ask for it."""
    changes = []
    for index, hit in enumerate(hits):
        found = {} if hit == " " else {device.key: hit == "+"}
        changes += rule.polled(found, start + 30.0 * index)
    return changes


def test_the_first_poll_sets_the_state_silently_and_logs_an_arrival() -> None:
    who = rule(PHONE, OTHER)
    assert who.online(PHONE.key) is None
    assert not who.anybody()
    changes = who.polled({PHONE.key: True, OTHER.key: False}, 0.0)
    assert changes == [Change(PHONE, online=True, logged=True, announced=False)]
    assert who.states("bluetooth") == {PHONE.address: True, OTHER.address: False}
    assert who.anybody()


def test_one_hit_brings_a_device_home() -> None:
    who = rule(PHONE)
    assert polls(who, PHONE, "-+") == [Change(PHONE, online=True, logged=True, announced=True)]


@pytest.mark.parametrize(
    ("hits", "home"),
    [("+--", True), ("+---", False), ("+--+--", True), ("+--+---", False), ("+-- -", False), ("+--  ", True)],
)
def test_three_misses_in_a_row_take_it_away(hits: str, home: bool) -> None:
    who = rule(PHONE)
    polls(who, PHONE, hits)
    assert who.online(PHONE.key) is home


def test_the_access_points_list_is_exact() -> None:
    who = rule(LAPTOP)
    polls(who, LAPTOP, "+-")
    assert who.online(LAPTOP.key) is False


def test_a_repeat_is_withheld_for_two_minutes_but_the_state_follows() -> None:
    who = rule(LAPTOP)
    told = [(change.online, change.announced, change.logged) for change in polls(who, LAPTOP, "-+-+-")]
    # at 30 s, 60 s, 90 s, 120 s
    assert told == [(True, True, True), (False, True, True), (True, False, False), (False, False, False)]
    assert not who.anybody()
    assert polls(who, LAPTOP, "+", start=150.0) == [Change(LAPTOP, online=True, logged=True, announced=True)]


def test_a_phone_that_leaves_and_returns_soon_is_home_again() -> None:
    """Acceptance check 4 of section 15, as far as the rule goes."""
    who = rule(PHONE)
    polls(who, PHONE, "+---")
    assert not who.anybody()
    [back] = polls(who, PHONE, "+", start=110.0)
    assert not back.logged  # its arrival was told at 0 s
    assert who.anybody()


def test_devices_that_are_removed_are_forgotten() -> None:
    who = rule(PHONE, LAPTOP)
    who.polled({PHONE.key: True, LAPTOP.key: True}, 0.0)
    who.track([LAPTOP])
    assert who.polled({PHONE.key: False}, 1.0) == []
    who.track([PHONE, LAPTOP])
    assert who.online(PHONE.key) is None
    assert who.online(LAPTOP.key) is True
    assert polls(who, PHONE, "+", start=2.0) == [Change(PHONE, online=True, logged=True, announced=False)]


def test_a_new_name_keeps_the_state() -> None:
    who = rule(PHONE)
    polls(who, PHONE, "+")
    who.track([Tracked("bluetooth", PHONE.address.lower(), "Renamed")])
    assert who.anybody()


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_the_state_is_what_the_last_polls_say(hits: list[bool]) -> None:
    who = rule(PHONE)
    for index, hit in enumerate(hits):
        who.polled({PHONE.key: hit}, 30.0 * index)
    last = next((index for index, hit in enumerate(reversed(hits)) if hit), None)
    assert who.online(PHONE.key) is (last is not None and last < 3)
