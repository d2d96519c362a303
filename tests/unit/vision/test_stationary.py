from dogwatch.model import Box
from dogwatch.vision.stationary import Stillness

FPS = 5.0


def box(x: int, jitter: int = 0) -> Box:
    return Box(x + jitter, 100, x + 50 + jitter, 220)


def stand(one: Stillness, x: int, start: float, frames: int) -> float:
    for n in range(frames):
        one.seen(box(x, jitter=n % 5 - 2), start + n / FPS)
    return start + frames / FPS


def test_what_stands_for_the_threshold_is_stationary() -> None:
    one = Stillness(threshold=50, fps=FPS)
    time = stand(one, 100, 0.0, 50)
    assert (one.stationary, one.motionless_count) == (False, 49)
    stand(one, 100, time, 1)
    assert (one.stationary, one.motionless_count, one.position_changes) == (True, 50, 0)


def test_what_walks_has_moved_once_and_never_stands() -> None:
    one = Stillness(threshold=10, fps=FPS)
    for n in range(60):
        one.seen(box(100 + 12 * n), n / FPS)
    assert not one.stationary
    assert one.position_changes == 1


def test_moving_again_counts() -> None:
    one = Stillness(threshold=10, fps=FPS)
    time = stand(one, 100, 0.0, 20)
    for n in range(20):
        one.seen(box(100 + 12 * n), time + n / FPS)
    assert (one.stationary, one.position_changes) == (False, 1)
    time = stand(one, 340, time + 4.0, 30)
    assert (one.stationary, one.position_changes) == (True, 1)
    for n in range(20):
        one.seen(box(340 + 12 * n), time + n / FPS)
    assert (one.stationary, one.position_changes) == (False, 2)


def test_one_odd_box_moves_nothing_but_is_looked_at_again() -> None:
    one = Stillness(threshold=10, fps=FPS)
    time = stand(one, 100, 0.0, 20)
    one.seen(box(160), time)
    settled = [one.settled]
    one.seen(box(100), time + 0.2)
    assert [*settled, one.settled] == [False, True]
    assert (one.stationary, one.position_changes) == (True, 0)


def test_only_the_last_ten_boxes_are_averaged() -> None:
    one = Stillness(threshold=1000, fps=FPS)
    for n in range(60):  # creeps by a third of its width in ten frames, and three times its width in all
        one.seen(box(100 + 2 * n), n / FPS)
    assert (one.position_changes, one.motionless_count) == (0, 59)


def test_time_counts_and_not_looks() -> None:
    one = Stillness(threshold=50, fps=FPS)
    one.seen(box(100), 0.0)
    one.seen(box(100), 5.0)
    assert one.motionless_count == 25
    one.passed(12.0)
    assert (one.motionless_count, one.stationary) == (60, True)
    one.passed(11.0)
    assert one.motionless_count == 60
