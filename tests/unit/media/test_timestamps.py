from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.media.packets import VIDEO_TICKS
from dogwatch.media.timeline import Timeline
from dogwatch.media.timestamp_repair import TICK_S, TimestampRepair, dts_of, earlier_dts, reorder_depth


def test_good_timestamps_pass_untouched() -> None:
    repair = TimestampRepair(0.1)
    got = [repair.fix(n / 10, n / 10 + 0.2, 100 + n / 10) for n in range(20)]
    assert got == [(n / 10, n / 10 + 0.2) for n in range(20)]
    assert repair.count == 0


def test_missing_timestamps_are_made_up_from_the_rate() -> None:
    repair = TimestampRepair(0.1)
    repair.fix(5.0, 5.0, 0)
    assert repair.fix(None, None, 0.1) == pytest.approx((5.1, 5.1))
    assert repair.count == 1
    assert repair.fix(None, 5.3, 0.3) == pytest.approx((5.3, 5.3))  # a pts is as good
    assert repair.count == 1


def test_a_packet_out_of_order_goes_just_behind_its_predecessor() -> None:
    repair = TimestampRepair(0.1)
    repair.fix(5.0, 5.0, 0)
    dts, pts = repair.fix(4.8, 4.8, 0.1)
    assert dts == pytest.approx(5.0 + TICK_S)
    assert pts == dts
    assert repair.count == 1
    assert repair.fix(5.1, 5.1, 0.2) == (5.1, 5.1)


@pytest.mark.parametrize("jump", [-3600.0, -2.0, 500.0, 1e6])
def test_a_camera_that_sets_its_clock_runs_on_as_long_as_really_passed(jump: float) -> None:
    repair = TimestampRepair(0.1)
    repair.fix(1000.0, 1000.0, 0)
    assert repair.fix(1000.1 + jump, 1000.1 + jump, 0.1)[0] == pytest.approx(1000.1)
    assert repair.fix(1000.2 + jump, 1000.2 + jump, 0.2)[0] == pytest.approx(1000.2)
    assert repair.count == 1


@pytest.mark.parametrize("raw", [5.0, None])
def test_timestamps_that_stand_still_give_way_to_the_arrival(raw: float | None) -> None:
    repair = TimestampRepair(0.1)
    got = [repair.fix(5.0 if n == 0 else raw, raw, n / 10)[0] for n in range(200)]
    assert got[-1] - got[0] == pytest.approx(19.9, abs=1.5)
    again = repair.fix(5.1, 5.1, 20.0)[0]  # the camera has found its clock again, far behind
    assert again > got[-1]
    assert repair.fix(5.2, 5.2, 20.1)[0] > again


def test_a_real_gap_stays_a_gap() -> None:
    repair = TimestampRepair(0.1)
    repair.fix(10.0, 10.0, 0)
    assert repair.fix(18.0, 18.0, 8.0)[0] == 18.0
    assert repair.count == 0


stamps = st.none() | st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(stamps, stamps, st.floats(0, 5)), min_size=2, max_size=50))
def test_whatever_comes_dts_rises_and_pts_is_not_before_it(
    packets: list[tuple[float | None, float | None, float]],
) -> None:
    repair, arrival, last = TimestampRepair(0.1), 0.0, None
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


def ticks(
    packets: Sequence[tuple[float | None, float | None, float]], base: float, depth: int = 0
) -> list[tuple[int, int]]:
    """Return dts and pts in the ticks that a file gets, as a connection makes them; the clock is not set meanwhile."""
    repair, line = TimestampRepair(0.1, depth), Timeline()
    line.connect()
    found = []
    for dts, pts, arrival in packets:
        fixed, shown = repair.fix(dts, pts, base + arrival)
        placed = line.video(fixed, base + arrival, keyframe=True)
        assert placed is not None
        at = round(placed[0] * VIDEO_TICKS)
        found.append((at, max(at, round(line.wall(shown) * VIDEO_TICKS))))
    return found


steps = st.sampled_from([0.0, 1e-6, TICK_S / 3, TICK_S, 0.033, 0.04, 0.1, 0.7, -TICK_S, -0.04, -0.9])


@given(st.lists(steps, min_size=2, max_size=80), st.floats(1.7e9, 1.9e9))
def test_whatever_comes_ticks_rise(moves: list[float], base: float) -> None:
    at, arrival, packets = 5.0, 0.0, []
    for move in moves:
        at, arrival = at + move, arrival + max(0.001, move)
        packets.append((at, at, arrival))
    found = ticks(packets, base)
    assert all(before[0] < after[0] for before, after in pairwise(found))
    assert all(pts >= dts for dts, pts in found)


@given(st.integers(1, 240), st.integers(2, 100), st.integers(1, 4), st.floats(1.7e9, 1.9e9))
def test_equal_timestamps_keep_order_and_length(fps: int, count: int, copies: int, base: float) -> None:
    packets = [(n / fps, n / fps, n / fps + copy * 1e-4) for n in range(count) for copy in range(copies)]
    found = ticks(packets, base)
    assert all(before[0] < after[0] for before, after in pairwise(found))
    length = found[-1][0] - found[0][0]
    assert abs(length - (count - 1) / fps * VIDEO_TICKS) <= copies + 1 + length / 1000


@st.composite
def reordered(draw: st.DrawFn) -> list[int]:
    """Draw numbers of pictures in decoding order: groups that begin with the picture shown last of them."""
    order, first = [0], 1
    for size in draw(st.lists(st.integers(1, 6), min_size=1, max_size=12)):
        between = list(range(first, first + size - 1))
        order += [first + size - 1, *draw(st.permutations(between))]
        first += size
    return order


@given(reordered(), st.sampled_from([5.0, 12.5, 25.0, 29.97]), st.floats(1.7e9, 1.9e9))
def test_pictures_without_dts_keep_their_times(order: list[int], fps: float, base: float) -> None:
    depth = reorder_depth(order)
    packets: list[tuple[float | None, float | None, float]] = [
        (None, number / fps, n / fps) for n, number in enumerate(order)
    ]
    found = ticks(packets, base, depth)
    assert all(before[0] < after[0] for before, after in pairwise(found))
    shown = {number: pts for number, (_, pts) in zip(order, found, strict=True)}
    assert sorted(shown, key=shown.__getitem__) == sorted(order)
    length = shown[max(order)] - shown[0]
    assert abs(length - max(order) / fps * VIDEO_TICKS) <= 100 + length / 800  # the clock bends a little


@given(reordered(), st.integers(1, 9000))
def test_made_up_dts_rise_below_pts(order: list[int], step: int) -> None:
    shown = [number * 3600 for number in order]
    found = dts_of(shown, reorder_depth(shown), step)
    assert all(before < after for before, after in pairwise(found))
    assert all(dts <= pts for dts, pts in zip(found, shown, strict=True))
    known = found.pop()
    again = earlier_dts(shown[:-1], known, step)
    assert all(after - before >= step for before, after in zip([*again], [*again[1:], known], strict=False))
    assert all(dts <= pts for dts, pts in zip(again, shown, strict=False))


def test_a_stream_that_is_deeper_than_was_known() -> None:
    order = [0, 1, 2, 3, 7, 5, 4, 6, 11, 9, 8, 10, 15, 13, 12, 14]
    found = ticks([(None, n / 25, at / 25) for at, n in enumerate(order)], 1.79e9)
    late = [pts for n, (_, pts) in zip(order, found, strict=True) if n > 7]
    assert sorted(late) == [
        pts for _, pts in sorted((n, pts) for n, (_, pts) in zip(order, found, strict=True) if n > 7)
    ]
