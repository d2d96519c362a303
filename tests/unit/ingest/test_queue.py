import threading

from dogwatch.ingest.queue import ByteQueue


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


def test_get_gives_up_and_put_wakes_it() -> None:
    queue: ByteQueue[str] = ByteQueue(100)
    assert queue.get(0.01) is None
    threading.Timer(0.02, lambda: queue.put("late", 1)).start()
    assert queue.get(5) == "late"


def test_something_larger_than_the_queue_never_fits() -> None:
    queue: ByteQueue[str] = ByteQueue(100)
    assert not queue.put("huge", 101)
