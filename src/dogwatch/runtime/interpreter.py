"""How the threads of the core share the interpreter, in which one of them runs at a time."""

from __future__ import annotations

import sys

TURN_S = 0.0002


def take_short_turns() -> None:
    """Let a thread that waits for the interpreter have it soon, whatever another computes; Python's own limit is 5 ms.

    The writer thread of the database lets go of the interpreter for each statement, and has to wait for it again. While
    one request computed a long answer, the writes of 200 events a second waited a second; with this they wait some
    milliseconds. Nothing changes while one thread alone has work.
    """
    sys.setswitchinterval(TURN_S)
