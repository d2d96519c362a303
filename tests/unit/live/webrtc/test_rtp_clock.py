"""The RTP times of one viewer."""

from itertools import pairwise

import pytest

from dogwatch.live.webrtc.rtp_clock import CATCH_UP_S, RtpClock


def test_the_past_is_squeezed_and_the_present_is_not() -> None:
    clock = RtpClock(100.0, 110.0)
    times = [clock.at(100 + n / 10) for n in range(103)]
    assert times[0] == 0
    assert all(before < after for before, after in pairwise(times))
    assert times[100] == pytest.approx(CATCH_UP_S)
    assert times[102] - times[101] == pytest.approx(0.1)


def test_who_comes_with_a_keyframe_has_no_past() -> None:
    clock = RtpClock(100.0, 100.0, 5.0)
    assert [clock.at(100 + n / 10) for n in range(3)] == pytest.approx([5.0, 5.1, 5.2])


def test_a_stream_that_begins_anew_goes_on_behind_what_was_sent() -> None:
    first, second = RtpClock(100, 101), RtpClock(120, 121, 20.0)
    assert second.at(120) > first.at(102)
