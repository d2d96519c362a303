"""When a peer gets pictures again."""

from dogwatch.bus.messages import LivePacket
from dogwatch.live.webrtc.lost_pictures import LostPictures


def picture(at: float, *, keyframe: bool = False) -> LivePacket:
    return LivePacket("front", 0, 0, at, round(at * 90_000), round(at * 90_000), keyframe, b"")


def begun(*keyframes: float) -> LostPictures:
    lost = LostPictures()
    for at in keyframes:
        assert not lost.to_repeat(picture(at, keyframe=True), at)
    return lost


def test_who_asks_gets_them_once() -> None:
    lost = begun(100.0, 110.0)
    assert not lost.to_repeat(picture(112.0), 12.0)
    lost.report()
    assert lost.to_repeat(picture(112.1), 12.1)
    assert not lost.to_repeat(picture(112.2), 12.2)
    assert lost.repeats == 1


def test_at_most_once_a_second() -> None:
    lost = begun(100.0, 110.0)
    lost.report()
    assert lost.to_repeat(picture(112.0), 12.0)
    lost.report()
    assert not lost.to_repeat(picture(112.9), 12.9)
    assert lost.to_repeat(picture(113.0), 13.0)  # it is not forgotten


def test_who_asks_all_the_time_gets_them_ever_less_often_until_a_keyframe_comes() -> None:
    lost = begun(100.0, 200.0)
    sent = []
    for tenth in range(600):
        lost.report()
        if lost.to_repeat(picture(200.1 + tenth / 10), tenth / 10):
            sent.append(tenth / 10)
            assert not lost.to_repeat(picture(200.0, keyframe=True), tenth / 10)  # what is sent again begins with it
    assert sent == [0, 1, 3, 7, 15, 31]
    assert not lost.to_repeat(picture(261.0, keyframe=True), 61.0)
    lost.report()
    assert lost.to_repeat(picture(261.1), 61.1)
    lost.report()
    assert lost.to_repeat(picture(262.1), 62.1)


def test_a_keyframe_that_is_near_is_waited_for() -> None:
    lost = begun(100.0, 110.0)
    lost.report()
    assert not lost.to_repeat(picture(119.8), 19.8)
    assert lost.to_repeat(picture(120.1), 20.1)  # it has not come
    lost.report()
    assert not lost.to_repeat(picture(120.9, keyframe=True), 20.9)
    assert not lost.to_repeat(picture(121.0), 30.0)  # that was one


def test_before_two_keyframes_nothing_is_known_of_the_next() -> None:
    lost = begun(100.0)
    lost.report()
    assert lost.to_repeat(picture(100.1), 0.1)


def test_the_repeated_keyframe_changes_nothing() -> None:
    lost = begun(100.0, 110.0)
    lost.report()
    assert lost.to_repeat(picture(112.0), 12.0)
    assert not lost.to_repeat(picture(110.0, keyframe=True), 12.0)
    lost.report()
    assert not lost.to_repeat(picture(119.8), 19.8)  # the next is still due at 120


def test_a_clock_that_was_set_back() -> None:
    lost = begun(4000.0, 4010.0, 400.0)
    lost.report()
    assert lost.to_repeat(picture(401.0), 1.0)
