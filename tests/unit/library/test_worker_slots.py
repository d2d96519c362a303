"""Slots of file workers: how many are taken, whoever stops waiting."""

import pytest

from dogwatch.errors import FileError
from dogwatch.library.worker_slots import WorkerSlots


def test_so_many_run_and_so_many_wait() -> None:
    slots = WorkerSlots(1, 1)
    first, second = slots.take(), slots.take()
    with pytest.raises(FileError):
        slots.take()
    slots.give_back(first)
    assert second.done()
    slots.give_back(second)
    assert slots.statistics() == {"running": 0, "waiting": 0}


def test_who_was_passed_over_gives_no_slot_back() -> None:
    slots = WorkerSlots(1, 3)
    first, second, third = slots.take(), slots.take(), slots.take()
    second.cancel()
    slots.give_back(first)
    assert third.done()
    slots.give_back(second)
    assert slots.statistics() == {"running": 1, "waiting": 0}
