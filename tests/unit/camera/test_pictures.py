import cv2
import numpy as np

from dogwatch.bus.messages import BestPicture
from dogwatch.camera.pictures import MAX_RAW, RESEND_S, PictureDesk, Shot
from dogwatch.model import Box
from dogwatch.vision.best_picture import View

BOX = Box(10, 10, 30, 50)


def shot(level: int = 100) -> Shot:
    return Shot(np.full((96, 64), level, np.uint8))


def view(time: float, score: float = 0.8) -> View:
    return View(time, score, BOX, Box(0, 0, 64, 64))


class Desk:
    def __init__(self) -> None:
        self.sent: list[BestPicture] = []
        self.desk = PictureDesk("cam", self.sent.append)


def test_the_first_goes_at_once_and_better_ones_seldom() -> None:
    desk = Desk()
    desk.desk.offer("a", "person", view(100.0), shot())
    desk.desk.flush(100.0)
    for n in range(1, 60):
        desk.desk.offer("a", "person", view(100.0 + n / 5), shot())
        desk.desk.flush(100.0 + n / 5)
    assert [one.frame_time for one in desk.sent] == [100.0, 100.0 + RESEND_S, 100.0 + 2 * RESEND_S]


def test_nothing_better_sends_nothing() -> None:
    desk = Desk()
    desk.desk.offer("a", "person", view(100.0), shot())
    for n in range(50):
        desk.desk.flush(100.0 + n)
    desk.desk.finish("a")
    assert len(desk.sent) == 1


def test_the_end_sends_what_is_held_and_forgets() -> None:
    desk = Desk()
    desk.desk.offer("a", "person", view(100.0), shot())
    desk.desk.flush(100.0)
    desk.desk.offer("a", "person", view(101.0, 0.95), shot())
    desk.desk.flush(101.0)
    desk.desk.finish("a")
    desk.desk.finish("a")
    desk.desk.finish("unknown")
    assert [one.score for one in desk.sent] == [0.8, 0.95]


def test_a_picture_says_all() -> None:
    desk = Desk()
    desk.desk.offer("a", "person", view(100.0), shot(150))
    desk.desk.flush(100.0)
    (one,) = desk.sent
    assert (one.camera, one.object_id, one.label, one.width, one.height) == ("cam", "a", "person", 64, 64)
    pixels = cv2.imdecode(np.frombuffer(one.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    assert pixels.shape == (64, 64, 3)


def test_objects_in_one_frame_share_it_encoded_once() -> None:
    desk, common = Desk(), shot()
    desk.desk.offer("a", "person", view(100.0), common)
    desk.desk.offer("b", "person", view(100.0), common)
    desk.desk.flush(100.0)
    assert not common.raw
    assert desk.sent[0].jpeg is desk.sent[1].jpeg


def test_few_frames_are_held_as_pixels() -> None:
    desk = Desk()
    shots = [shot() for _ in range(3 * MAX_RAW)]
    for n, one in enumerate(shots):
        desk.desk.offer(f"o{n}", "person", view(100.0 + n), one)
    assert sum(one.raw for one in shots) == MAX_RAW
    assert shots[-1].raw


def test_a_frame_that_nobody_holds_any_more_is_not_encoded() -> None:
    desk = Desk()
    shots = [shot() for _ in range(3 * MAX_RAW)]
    for n, one in enumerate(shots):
        desk.desk.offer("a", "person", view(100.0 + n), one)
    assert all(one.raw for one in shots)
