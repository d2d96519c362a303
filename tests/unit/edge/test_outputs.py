"""Outputs whose answers are lost."""

import threading

import pytest

from dogwatch.config.edge_modes import OutputConfig
from dogwatch.edge.outputs import RETRY_S, SwitchedOutput
from dogwatch.errors import EdgeError, LineError
from dogwatch.testing.clock import StandingClock

PATIENCE_S = 5.0


class DeafPort:
    """Does what it is told, but its answers are lost while `deaf`."""

    def __init__(self) -> None:
        self.deaf = False
        self.told: list[bool] = []
        self.driven = threading.Semaphore(0)

    def drive(self, *, on: bool) -> None:
        """Follow."""
        lost = self.deaf
        self.told.append(on)
        self.driven.release()
        if lost:
            raise LineError("the answer is lost")

    def close(self) -> None:
        """Do nothing."""


def test_a_siren_whose_answer_was_lost_goes_off_again() -> None:
    port, clock, told = DeafPort(), StandingClock(1000.0), list[tuple[str, bool]]()
    config = OutputConfig(url_on="http://192.0.2.1/on", url_off="http://192.0.2.1/off", seconds=2)
    siren = SwitchedOutput("siren", config, port, lambda *what: told.append(what), clock)
    siren.start()
    assert port.driven.acquire(timeout=PATIENCE_S)
    port.deaf = True
    with pytest.raises(EdgeError, match="the answer is lost"):
        siren.ask(True, None)
    assert port.told == [False, True]
    port.deaf = False
    port.driven = threading.Semaphore(0)
    clock.advance(RETRY_S + 1)
    siren.wake()
    assert port.driven.acquire(timeout=PATIENCE_S)
    assert port.told == [False, True, False]
    siren.close()
    assert told == []
