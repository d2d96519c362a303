"""Spreads test files over processes so that tests that wait run beside tests that compute.

Tests of whole processes wait for pictures, outages and time limits most of the time, and look at the clock. So one
process is given files that compute, all others files that wait, while there are any of the kind: a test that waits has
at most one beside it that needs a processor all the time.
"""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

WAITING = ("tests/e2e/", "tests/integration/workers/", "tests/integration/supervisor/")


class MixedScheduling(LoadFileScheduling):  # type: ignore[misc] # xdist has no types
    """Gives the first process files that compute, the others files that wait, and what is left to all."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        waits = node is not self.nodes[0]
        for scope in self.workqueue:
            if scope.startswith(WAITING) == waits:
                self.workqueue.move_to_end(scope, last=False)
                break
        super()._assign_work_unit(node)
