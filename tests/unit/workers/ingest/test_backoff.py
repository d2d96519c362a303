import random

from dogwatch.workers.ingest.backoff import FIRST_S, REFUSED_CAP_S, ReconnectBackoff


def test_waits_grow_to_the_cap_and_start_small() -> None:
    backoff = ReconnectBackoff(10.0, random.Random(1))
    waits = [backoff.wait(refused=False, good_for=0) for _ in range(20)]
    assert waits[0] <= FIRST_S <= 0.5
    assert 7.0 <= waits[-1] <= 10.0
    assert max(waits) <= 10.0


def test_a_server_that_refuses_is_asked_often_for_ever() -> None:
    backoff = ReconnectBackoff(10.0, random.Random(1))
    waits = [backoff.wait(refused=True, good_for=0) for _ in range(100)]
    assert max(waits) <= REFUSED_CAP_S < 2.5


def test_a_good_spell_starts_over_and_a_short_one_does_not() -> None:
    backoff = ReconnectBackoff(10.0, random.Random(1))
    for _ in range(10):
        backoff.wait(refused=False, good_for=0)
    assert backoff.wait(refused=False, good_for=2.0) > 5
    assert backoff.wait(refused=False, good_for=30.0) <= FIRST_S


def test_waits_are_jittered() -> None:
    waits = {ReconnectBackoff(10.0).wait(refused=False, good_for=0) for _ in range(10)}
    assert len(waits) > 1
