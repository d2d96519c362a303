"""Which cameras are shown."""

import pytest

from dogwatch.live.birdseye.rule import LastActivity, ShownCamera, shown

ALWAYS, MOTION, OBJECTS = ShownCamera("continuous"), ShownCamera("motion"), ShownCamera("objects")


@pytest.mark.parametrize(
    ("camera", "activity", "is_shown"),
    [
        (ALWAYS, LastActivity(), True),
        (MOTION, LastActivity(), False),
        (MOTION, LastActivity(motion=75.0), True),
        (MOTION, LastActivity(objects=75.0), True),
        (MOTION, LastActivity(motion=69.0), False),
        (OBJECTS, LastActivity(motion=99.0), False),
        (OBJECTS, LastActivity(objects=70.0), True),
        (OBJECTS, LastActivity(objects=69.9), False),
        (MOTION, LastActivity(motion=3700.0), False),  # before the clock was set back
        (MOTION, LastActivity(motion=101.0), True),
    ],
)
def test_modes(camera: ShownCamera, activity: LastActivity, is_shown: bool) -> None:
    assert shown({"front": camera}, {"front": activity}, 100.0, 30.0) == ["front"] * is_shown


def test_order_and_then_names() -> None:
    cameras = {name: ShownCamera("continuous", order) for name, order in (("c", 0), ("a", 1), ("b", 0))}
    assert shown(cameras, {}, 0.0, 30.0) == ["b", "c", "a"]


def test_the_most_recently_active_win() -> None:
    cameras = dict.fromkeys("abcd", MOTION)
    activity = {"a": LastActivity(90.0), "b": LastActivity(95.0), "c": LastActivity(80.0), "d": LastActivity(85.0)}
    assert shown(cameras, activity, 100.0, 30.0, 2) == ["a", "b"]
    activity["d"].motion = 99.0
    assert shown(cameras, activity, 100.0, 30.0, 2) == ["b", "d"]


def test_those_that_are_active_now_do_not_take_turns() -> None:
    cameras = dict.fromkeys("abc", MOTION)
    now, before = 100.0, ["a", "b"]
    for n in range(20):
        activity = {name: LastActivity(now - ((n + i) % 3) * 0.2) for i, name in enumerate("abc")}
        before = shown(cameras, activity, now, 30.0, 2, before)
        assert before == ["a", "b"]
        now += 0.2
    activity["b"].motion -= 10
    assert shown(cameras, activity, now, 30.0, 2, before) == ["a", "c"]
