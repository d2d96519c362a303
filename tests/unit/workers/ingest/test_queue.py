import threading
import time

import pytest

from dogwatch.workers.ingest.queue import ByteQueue


def test_first_in_first_out_and_bounded_by_bytes() -> None:
    queue: ByteQueue[str] = ByteQueue(100)
    assert queue.put("a", 60)
    assert not queue.fits(60)
    assert not queue.put("b", 60)
    assert queue.put("order", 0)  # what has no size always fits
    assert queue.get() == "a"
    assert queue.get() == "order"
    assert queue.put("b", 60)
    assert len(queue) == 1


def test_only_what_is_urgent_ends_the_wait_early() -> None:
    queue: ByteQueue[str] = ByteQueue(100)
    queue.put("common", 1, urgent=False)
    begun = time.monotonic()
    queue.wait(0.05)
    assert time.monotonic() - begun >= 0.05
    timer = threading.Timer(0.02, lambda: queue.put("urgent", 1))
    timer.start()
    queue.wait(10)
    assert time.monotonic() - begun < 5
    assert [queue.get(), queue.get()] == ["common", "urgent"]
    timer.join()


def test_who_waits_without_end_wakes_for_anything() -> None:
    queue: ByteQueue[str] = ByteQueue(100)
    timer = threading.Timer(0.02, lambda: queue.put("common", 1, urgent=False))
    timer.start()
    queue.wait(None)
    assert queue.get() == "common"
    timer.join()


def test_nothing_is_taken_from_an_empty_queue() -> None:
    with pytest.raises(IndexError):
        ByteQueue[str](100).get()


def test_something_larger_than_the_queue_never_fits() -> None:
    queue: ByteQueue[str] = ByteQueue(100)
    assert not queue.put("huge", 101)
