"""The writer thread and threads that compute share the interpreter."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text

from dogwatch.runtime.interpreter import take_short_turns
from dogwatch.store.database import Database


@contextmanager
def computing() -> Iterator[None]:
    """Compute in another thread without a pause."""
    done = threading.Event()

    def compute() -> None:
        while not done.is_set():
            sum(number * number for number in range(1000))

    thread = threading.Thread(target=compute)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.fixture
def turns() -> Iterator[None]:
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


def several(connection: Connection) -> None:
    for _ in range(10):
        connection.execute(text("SELECT 1")).all()


def test_a_write_does_not_wait_long_for_a_thread_that_computes(turns: None) -> None:
    db = Database("sqlite://")
    db.write(several)

    def seconds() -> float:
        began = time.monotonic()
        for _ in range(5):
            db.write(several)
        return time.monotonic() - began

    with computing():
        sys.setswitchinterval(0.005)
        before = seconds()
        take_short_turns()
        assert min(seconds() for _ in range(5)) < before / 3
    db.close()
