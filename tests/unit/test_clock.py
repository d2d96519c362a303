import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.clock import JUMP_S, MAX_BEND, StreamClock


def test_the_first_packet_sets_the_time() -> None:
    clock = StreamClock()
    assert clock.observe(5.0, 1000.0) == 1000.0
    assert clock.wall(7.0) == 1002.0


def test_nothing_is_known_before_the_first_packet() -> None:
    with pytest.raises(ValueError, match="no packet"):
        StreamClock().wall(1.0)


@given(st.lists(st.floats(0.0, 0.4), min_size=50, max_size=200))
def test_jitter_moves_the_mapping_no_faster_than_it_may(delays: list[float]) -> None:
    clock = StreamClock()
    last = clock.observe(0.0, 1000.0)
    for i, delay in enumerate(delays, 1):
        wall = clock.observe(i * 0.1, 1000.0 + i * 0.1 + delay)
        assert abs((wall - last) - 0.1) <= 0.1 * MAX_BEND + 1e-6
        last = wall


def test_the_least_delayed_packet_wins() -> None:
    clock = StreamClock()
    clock.observe(0.0, 1000.3)  # 0.3 s late
    for i in range(1, 6000):
        clock.observe(i * 0.1, 1000.0 + i * 0.1 + (0.0 if i % 7 == 0 else 0.3))
    assert clock.wall(0.0) == pytest.approx(1000.0, abs=0.01)


def test_a_drifting_camera_is_followed() -> None:
    clock = StreamClock()
    drift = 1.0002
    for i in range(36_000):
        wall = clock.observe(i * 0.1, 1000.0 + i * 0.1 * drift)
    assert wall == pytest.approx(1000.0 + 3599.9 * drift, abs=0.05)
    assert clock.jumped == 0


def test_packets_from_the_future_reset_at_once() -> None:
    clock = StreamClock()
    clock.observe(0.0, 1000.0)
    clock.observe(1.0, 1001.0)
    assert clock.observe(1.1, 1001.1 - 10.0) == pytest.approx(991.1, abs=0.01)
    assert clock.jumped == 1


def test_a_clock_set_forward_is_followed_after_a_while() -> None:
    clock = StreamClock()
    for i in range(100):
        clock.observe(i * 0.1, 1000.0 + i * 0.1)
    for i in range(100, 1200):
        wall = clock.observe(i * 0.1, 1000.0 + 3600.0 + i * 0.1)
    assert wall == pytest.approx(4600.0 + 119.9, abs=JUMP_S)
    assert clock.jumped == 1


def test_a_stall_is_no_jump() -> None:
    clock = StreamClock()
    for i in range(100):
        clock.observe(i * 0.1, 1000.0 + i * 0.1)
    clock.observe(10.0, 1018.0)
    wall = clock.observe(18.0, 1018.0)
    assert wall == pytest.approx(1018.0, abs=0.02)
    assert clock.jumped == 0
