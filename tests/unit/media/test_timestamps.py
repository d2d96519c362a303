import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.media.timestamps import TICK_S, Repair, Timeline


def test_good_timestamps_pass_untouched() -> None:
    repair = Repair(0.1)
    got = [repair.fix(n / 10, n / 10 + 0.2, 100 + n / 10) for n in range(20)]
    assert got == [(n / 10, n / 10 + 0.2) for n in range(20)]
    assert repair.count == 0


def test_missing_timestamps_are_made_up_from_the_rate() -> None:
    repair = Repair(0.1)
    repair.fix(5.0, 5.0, 0)
    assert repair.fix(None, None, 0.1) == pytest.approx((5.1, 5.1))
    assert repair.count == 1
    assert repair.fix(None, 5.3, 0.3) == pytest.approx((5.3, 5.3))  # a pts is as good
    assert repair.count == 1


def test_a_packet_out_of_order_goes_just_behind_its_predecessor() -> None:
    repair = Repair(0.1)
    repair.fix(5.0, 5.0, 0)
    dts, pts = repair.fix(4.8, 4.8, 0.1)
    assert dts == pytest.approx(5.0 + TICK_S)
    assert pts == dts
    assert repair.count == 1
    assert repair.fix(5.1, 5.1, 0.2) == (5.1, 5.1)


@pytest.mark.parametrize("jump", [-3600.0, -2.0, 500.0, 1e6])
def test_a_camera_that_sets_its_clock_runs_on_as_long_as_really_passed(jump: float) -> None:
    repair = Repair(0.1)
    repair.fix(1000.0, 1000.0, 0)
    assert repair.fix(1000.1 + jump, 1000.1 + jump, 0.1)[0] == pytest.approx(1000.1)
    assert repair.fix(1000.2 + jump, 1000.2 + jump, 0.2)[0] == pytest.approx(1000.2)
    assert repair.count == 1


@pytest.mark.parametrize("raw", [5.0, None])
def test_timestamps_that_stand_still_give_way_to_the_arrival(raw: float | None) -> None:
    repair = Repair(0.1)
    got = [repair.fix(5.0 if n == 0 else raw, raw, n / 10)[0] for n in range(200)]
    assert got[-1] - got[0] == pytest.approx(19.9, abs=1.5)
    again = repair.fix(5.1, 5.1, 20.0)[0]  # the camera has found its clock again, far behind
    assert again > got[-1]
    assert repair.fix(5.2, 5.2, 20.1)[0] > again


def test_a_real_gap_stays_a_gap() -> None:
    repair = Repair(0.1)
    repair.fix(10.0, 10.0, 0)
    assert repair.fix(18.0, 18.0, 8.0)[0] == 18.0
    assert repair.count == 0


stamps = st.none() | st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(stamps, stamps, st.floats(0, 5)), min_size=2, max_size=50))
def test_whatever_comes_dts_rises_and_pts_is_not_before_it(
    packets: list[tuple[float | None, float | None, float]],
) -> None:
    repair, arrival, last = Repair(0.1), 0.0, None
    for dts, pts, waited in packets:
        arrival += waited
        got, shown = repair.fix(dts, pts, arrival)
        assert shown >= got
        assert last is None or got > last
        last = got


def place(line: Timeline, dts: float, arrival: float, *, keyframe: bool = True) -> tuple[float, bool] | None:
    return line.video(dts, arrival, keyframe=keyframe)


def near(placed: tuple[float, bool] | None, time: float, *, jumped: bool = False) -> bool:
    return placed is not None and abs(placed[0] - time) < 0.001 and placed[1] is jumped


def test_stream_time_becomes_the_time_of_arrival() -> None:
    line = Timeline()
    line.connect()
    assert place(line, 7.0, 1000.0) == (1000.0, False)
    placed = place(line, 7.1, 1000.1)
    assert placed is not None
    assert placed[0] == pytest.approx(1000.1)
    assert line.wall(7.05) == pytest.approx(1000.05)


def test_a_new_connection_that_overlaps_a_little_is_moved_behind_the_last() -> None:
    line = Timeline()
    line.connect()
    place(line, 0.0, 1000.0)
    line.connect()
    assert near(place(line, 500.0, 999.6), 1000.0 + TICK_S)


def test_a_server_that_repeats_its_last_pictures_is_not_recorded_twice() -> None:
    line = Timeline()
    line.connect()
    place(line, 0.0, 1000.0)
    line.connect()
    assert place(line, 50.0, 996.0) is None
    assert place(line, 52.0, 998.0) is None
    assert not line.placed
    assert place(line, 53.5, 999.5, keyframe=False) is None  # a recording could not begin here anyway
    placed = place(line, 54.5, 1000.5)
    assert placed is not None
    assert placed[0] == pytest.approx(1000.5)


def test_a_wall_clock_that_was_set_back_an_hour_is_believed() -> None:
    line = Timeline()
    line.connect()
    place(line, 0.0, 10_000.0)
    line.connect()
    assert place(line, 9.0, 6_400.0) == (6_400.0, True)


def test_a_wall_clock_set_while_connected_counts_from_the_next_keyframe_on() -> None:
    line = Timeline()
    line.connect()
    place(line, 0.0, 10_000.0)
    placed = place(line, 0.1, 6_400.1, keyframe=False)
    assert near(placed, 10_000.1, jumped=False)
    assert near(place(line, 0.2, 6_400.2, keyframe=True), 6_400.2, jumped=True)
    assert near(place(line, 0.3, 6_400.3, keyframe=False), 6_400.3, jumped=False)


def test_what_a_server_repeats_is_not_lost() -> None:
    line = Timeline()
    line.connect()
    place(line, 0.0, 1000.0)
    line.connect()
    for n in range(100):  # a playlist's old segments, faster than they were made
        assert place(line, 50.0 + n / 10, 980.0 + n / 10) is None
        line.refused.note(50.0 + n / 10, 5.0 + n / 50)
    assert line.refused.take() == 0.0


def test_what_comes_while_a_clock_that_was_set_back_catches_up_is_lost() -> None:
    line = Timeline()
    line.connect()
    place(line, 0.0, 1000.0)
    line.connect()
    for n in range(100):
        assert place(line, 50.0 + n / 10, 980.0 + n / 10) is None
        line.refused.note(50.0 + n / 10, 5.0 + n / 10)
    line.connect()  # it has broken off meanwhile
    for n in range(80):
        assert place(line, 7.0 + n / 10, 991.0 + n / 10) is None
        line.refused.note(7.0 + n / 10, 16.0 + n / 10)
    assert near(place(line, 16.1, 1000.1), 1000.1)
    assert line.refused.take() == pytest.approx(9.9 + 7.9)
    assert line.refused.take() == 0.0
