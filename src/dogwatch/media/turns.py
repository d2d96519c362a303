"""Pictures are made by a few at a time: each takes tens of megabytes while it is made.

A page full of large snapshots asks for as many as there are threads; half a gigabyte was taken for 30 of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 2  # one of an 8K picture may take 300 MiB
_turns = threading.BoundedSemaphore(AT_ONCE)


def in_turn(make: Callable[P, T]) -> Callable[P, T]:
    """Let `make` wait until fewer than `AT_ONCE` of its kind are at work; none may call another."""

    @wraps(make)
    def wait_and_make(*args: P.args, **kwargs: P.kwargs) -> T:
        with _turns:
            return make(*args, **kwargs)

    return wait_and_make
