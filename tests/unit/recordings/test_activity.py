"""Which segments count as analysed, and what they hold."""

from dogwatch.model import Box, Fragment, Segment
from dogwatch.recordings.activity import CameraActivity, SegmentActivity


def segment(start: float, length: float = 10.0, gop: float = 2.0) -> Segment:
    fragments = tuple(Fragment(0, 1, start + n, 1.0, n % gop == 0) for n in range(int(length)))
    return Segment("front", f"p{start:.0f}", start, start + length, 1, "i", fragments)


def feed(activity: CameraActivity, start: float, end: float, step: float = 0.2, motion: int = 0) -> None:
    for n in range(round((end - start) / step)):
        activity.frame(round(start + n * step, 3), motion, 1 if motion else 0)


def test_a_quiet_segment_that_was_watched_holds_nothing() -> None:
    activity = CameraActivity()
    activity.opened("p0", 0)
    feed(activity, 0, 10)
    activity.written(segment(0))
    assert list(activity.settled(9.9)) == []
    assert list(activity.settled(10.0)) == [SegmentActivity("p0", 0, 0)]
    assert list(activity.settled(99.0)) == []


def test_motion_and_objects_are_added_up() -> None:
    activity = CameraActivity()
    activity.opened("p0", 0)
    feed(activity, 0, 5)
    feed(activity, 5, 10, motion=7)
    activity.written(segment(0))
    (found,) = activity.settled(10)
    assert (found.motion, found.objects) == (175, 25)


def test_analysis_that_lags_behind_still_counts() -> None:
    activity = CameraActivity()
    activity.opened("p0", 0)
    activity.written(segment(0))
    activity.opened("p10", 10)
    feed(activity, 0, 12, motion=1)
    (found,) = activity.settled(12)
    assert (found.path, found.motion) == ("p0", 50)


def test_frames_that_come_before_the_announcement_wait_for_it() -> None:
    activity = CameraActivity()
    feed(activity, 0, 3, motion=1)
    activity.opened("p0", 0)
    feed(activity, 3, 10, motion=1)
    activity.written(segment(0))
    (found,) = activity.settled(10)
    assert found.motion == 50


def test_keyframes_alone_are_enough_while_it_is_quiet() -> None:
    activity = CameraActivity()
    activity.opened("p0", 0)
    for time in (0, 5):
        activity.frame(time, 0, 0)
    activity.written(segment(0, gop=5))
    assert list(activity.settled(10)) == [SegmentActivity("p0", 0, 0)]


def test_a_blind_spot_leaves_the_segment_unknown() -> None:
    for first, last in ((0, 4), (5, 10)):
        activity = CameraActivity()
        activity.opened("p0", 0)
        feed(activity, first, last)
        activity.written(segment(0))
        assert list(activity.settled(10)) == []
    activity = CameraActivity()
    activity.opened("p0", 0)
    feed(activity, 0, 2)
    feed(activity, 7, 10)
    activity.written(segment(0))
    assert list(activity.settled(10)) == []


def test_a_segment_nobody_looked_at_stays_unknown() -> None:
    activity = CameraActivity()
    activity.opened("p0", 0)
    activity.written(segment(0))
    activity.opened("p10", 10)
    feed(activity, 20, 21)
    assert list(activity.settled(21)) == []


def test_the_next_file_may_be_announced_before_the_last_one_is_complete() -> None:
    activity = CameraActivity()
    activity.opened("p0", 0)
    feed(activity, 0, 10, motion=1)
    activity.opened("p10", 10)
    feed(activity, 10, 11, motion=1)
    activity.written(segment(0))
    assert list(activity.settled(11)) == [SegmentActivity("p0", 50, 50)]


def test_a_file_whose_writer_died_does_not_hold_up_the_others() -> None:
    activity = CameraActivity()
    activity.opened("p0", 0)
    feed(activity, 0, 3)
    activity.opened("p5", 5)
    feed(activity, 5, 15)
    activity.written(segment(5))
    assert list(activity.settled(15)) == [SegmentActivity("p5", 0, 0)]


def test_what_was_not_looked_for_stays_unknown() -> None:
    """Detection was off, or its detector could not be reached; motion detection was off."""
    activity = CameraActivity()
    activity.opened("p0", 0)
    for n in range(50):
        activity.frame(n / 5, 3, 0, 0.0)
    activity.written(segment(0))
    assert list(activity.settled(10)) == [SegmentActivity("p0", 150, None)]
    activity = CameraActivity()
    activity.opened("p0", 0)
    for n in range(50):
        activity.frame(n / 5, None, 0)
    activity.written(segment(0))
    assert list(activity.settled(10)) == [SegmentActivity("p0", None, 0)]


def test_a_slow_detector_sees_with_late_answers() -> None:
    """Its frames have been told before its answers come."""
    activity = CameraActivity()
    activity.opened("p0", 0)
    for n in range(50):
        activity.frame(n / 5, 3, 1, max(0.0, n // 5 - 1.0))
    activity.written(segment(0))
    assert list(activity.settled(10)) == [SegmentActivity("p0", 150, 50)]


def test_detection_that_was_off_for_a_while_leaves_objects_unknown() -> None:
    activity = CameraActivity()
    activity.opened("p0", 0)
    for n in range(50):
        activity.frame(n / 5, 3, 0, n / 5 if not 10 < n < 35 else 2.0)
    activity.written(segment(0))
    assert list(activity.settled(10)) == [SegmentActivity("p0", 150, None)]


def test_where_something_moved_is_kept_only_with_the_motion() -> None:
    activity = CameraActivity()
    boxes = ((Box(0, 0, 40, 20),), 640, 360)
    activity.frame(0.0, 800, 0, None, boxes)  # before the segment is announced
    activity.opened("p0", 0)
    feed(activity, 0.2, 10)
    activity.written(segment(0))
    activity.opened("p10", 10)
    activity.frame(10.0, 800, 0, None, boxes)  # and nothing else is analysed of this one
    activity.written(segment(10))
    activity.frame(20.0, 0, 0)
    found = list(activity.settled(20.0))
    assert found == [SegmentActivity("p0", 800, 0, bytes((0, 1)))]
