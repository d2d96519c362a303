import gc
import weakref
from concurrent.futures import Future
from functools import partial

import pytest

from dogwatch.events.outbox import LIMIT, LOG_S, PATIENCE_S, EventOutbox


class Box:
    def __init__(self) -> None:
        self.told: list[object] = []
        self.time = 0.0
        self.outbox = EventOutbox(self.publish, lambda: self.time)

    def publish(self, topic: str, payload: object, *, retain: bool = False) -> None:
        self.told.append(payload)


def test_messages_keep_their_order_while_one_waits_for_its_row() -> None:
    box, row = Box(), Future[None]()
    box.outbox.put("events", 1)
    box.outbox.put("events", 2, row, None)
    box.outbox.put("events", 3)
    assert box.told == [1]
    row.set_result(None)
    assert box.told == [1, 2, 3]
    assert len(box.outbox) == 0


def test_a_failed_row_does_not_stop_messages() -> None:
    box, row = Box(), Future[None]()
    box.outbox.put("events", 1, row)
    row.set_exception(OSError("disk full"))
    assert box.told == [1]


def test_patience_has_an_end() -> None:
    box = Box()
    box.outbox.put("events", 1, Future[None]())
    box.time = PATIENCE_S / 2
    box.outbox.drain()
    assert box.told == []
    box.time = PATIENCE_S
    box.outbox.drain()
    assert box.told == [1]
    assert box.outbox.overdue == 1


def test_what_waits_is_bounded() -> None:
    box = Box()
    for number in range(LIMIT + 5):
        box.outbox.put("events", number, Future[None]())
    assert len(box.outbox) == LIMIT
    assert box.told == [0, 1, 2, 3, 4]


def test_overdue_messages_are_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    box = Box()
    for _ in range(3):
        for number in range(100):
            box.outbox.put("events", number, Future[None]())
        box.time += PATIENCE_S
        box.outbox.drain()
    assert box.outbox.overdue == 300
    assert len(caplog.records) == 1
    box.outbox.put("reviews", 1, Future[None]())
    box.time += LOG_S
    box.outbox.drain()
    assert caplog.messages[1] == "messages go out before their rows are written: 300, the last about reviews"


def test_a_message_that_is_out_leaves_nothing_to_the_garbage_collector() -> None:
    box = Box()
    gc.disable()
    try:
        row = Future[None]()
        box.outbox.put("events", 1, row, told=partial(box.told.append, row))
        row.set_result(None)
        there = weakref.ref(row)
        assert box.told == [1, row]
        box.told.clear()
        del row
        assert there() is None
    finally:
        gc.enable()
