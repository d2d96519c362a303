"""Spreads test files over processes so that tests that wait run beside tests that compute.

Tests of whole processes wait for pictures, outages and time limits most of the time, and look at the clock. So one
process is given files that compute, all others files that wait, while there are any of the kind: a test that waits has
at most one beside it that needs a processor all the time, and that one gives way to it.
"""

from __future__ import annotations

from collections import OrderedDict

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from tests.waiting import LONGEST, waits

COMPUTING = "gw0"
"""The process that computes while others wait."""


class MixedScheduling(LoadFileScheduling):  # type: ignore[misc] # xdist has no types
    """Gives one process files that compute, the others files that wait, and what is left to all; the longest first."""

    workqueue: OrderedDict[str, dict[str, bool]]
    _sorted = False

    def _assign_work_unit(self, node: WorkerController) -> None:
        if not self._sorted:
            self.workqueue = OrderedDict(sorted(self.workqueue.items(), key=lambda one: _rank(one[0])))
            self._sorted = True
        for scope in self.workqueue:
            if waits(scope) == (node.gateway.id != COMPUTING):
                self.workqueue.move_to_end(scope, last=False)
                break
        super()._assign_work_unit(node)


def _rank(scope: str) -> int:
    path = scope.removeprefix("tests/")
    return LONGEST.index(path) if path in LONGEST else len(LONGEST)
