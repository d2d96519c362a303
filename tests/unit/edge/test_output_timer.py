"""How long outputs stay on."""

from hypothesis import given
from hypothesis import strategies as st

from dogwatch.edge.output_timer import OutputTimer


def test_a_rule_extends_and_a_request_renews() -> None:
    timer = OutputTimer(100.0, 50.0)
    timer.happen(0.0, 30.0)
    timer.happen(10.0, 5.0)
    assert timer.until == 30.0
    timer.happen(20.0, 30.0)
    assert timer.until == 50.0
    timer.ask(30.0, 5.0)
    assert timer.until == 35.0
    timer.advance(35.0)
    assert not timer.on


def test_the_longest_time_is_kept_and_followed_by_a_rest_from_rules() -> None:
    timer = OutputTimer(100.0, 50.0)
    for at in range(0, 100, 10):
        timer.happen(float(at), 30.0)
    assert timer.until == 100.0
    timer.advance(100.0)
    timer.happen(149.0, 30.0)
    assert not timer.on
    timer.ask(149.0, 30.0)
    assert timer.until == 179.0
    timer.off()
    timer.happen(150.0, 30.0)
    assert timer.until == 180.0


@given(st.lists(st.tuples(st.sampled_from(["ask", "happen", "off", "wait"]), st.floats(0.0, 40.0)), max_size=60))
def test_it_is_never_on_for_longer_than_the_longest_time(steps: list[tuple[str, float]]) -> None:
    timer, now, since = OutputTimer(60.0, 10.0), 0.0, None
    for what, seconds in steps:
        if what == "wait":
            while timer.until is not None and timer.until <= now + seconds:  # as the thread does
                assert since is not None
                assert timer.until - since <= 60.0 + 1e-6
                timer.advance(timer.until)
                since = None
            now += seconds
        elif what == "off":
            timer.off()
            since = None
        else:
            (timer.ask if what == "ask" else timer.happen)(now, seconds + 0.1)
            since = now if since is None and timer.on else since
