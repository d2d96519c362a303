"""Spreads test files over processes so that tests that wait run beside tests that compute.

Tests of whole processes wait for pictures, outages and time limits most of the time, and look at the clock. So one
process is given files that compute, all others files that wait, while there are any of the kind: a test that waits has
at most one beside it that needs a processor all the time, and that one gives way to it.

A process that crashes is replaced. The test that it ran has failed; the others of its files are run by who is there.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from tests.waiting import LONGEST, waits

FIRST = "gw0"
ENOUGH = 2
"""Tests that a process must have: it runs one once it knows the next, or that there is none."""


def computes(node: WorkerController) -> bool:
    """Tell whether a process is the one that computes while others wait; one that replaces it is that, too."""
    place = node.gateway.spec  # the one thing that a process has in common with the one that it replaces
    if node.gateway.id == FIRST:
        place.computes = True
    return bool(place.computes)


class MixedScheduling(LoadFileScheduling):  # type: ignore[misc] # xdist has no types
    """Gives one process files that compute, the others files that wait, and what is left to all; the longest first."""

    workqueue: OrderedDict[str, dict[str, bool]]
    assigned_work: dict[WorkerController, dict[str, dict[str, bool]]]
    _sorted = False

    def remove_node(self, node: WorkerController) -> str | None:
        """Return the test in which `node` crashed, None if it has ended; the rest of its work waits for others."""
        work = self.assigned_work[node]
        crashed = next((test for unit in work.values() for test, done in unit.items() if not done), None)
        # A process is given work when it tells of a test. Files in which all is done would be given, too: of these
        # nothing is told, and the process would wait for ever. The crashed test would crash the next process.
        left = {scope: _undone(unit, but=crashed) for scope, unit in work.items()}
        self.assigned_work[node] = {scope: unit for scope, unit in left.items() if unit}
        super().remove_node(node)
        return crashed

    def _reschedule(self, node: WorkerController) -> None:
        """Give a process work if it has little; to one in place of another, too little may be given at once."""
        if node not in self.registered_collections:
            return  # it is looking for its tests, and asks for work when it knows them
        super()._reschedule(node)
        while not node.shutting_down and self._pending_of(self.assigned_work[node]) < ENOUGH:
            super()._reschedule(node)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if not self._sorted:
            self.workqueue = OrderedDict(sorted(self.workqueue.items(), key=lambda one: _rank(one[0])))
            self._sorted = True
        for scope in self.workqueue:
            if waits(scope) == (not computes(node)):
                self.workqueue.move_to_end(scope, last=False)
                break
        with suppress(OSError):  # it has just died: `remove_node` gives its work to others
            super()._assign_work_unit(node)


def _undone(unit: dict[str, bool], but: str | None) -> dict[str, bool]:
    return {test: done for test, done in unit.items() if not done and test != but}


def _rank(scope: str) -> int:
    path = scope.removeprefix("tests/")
    return LONGEST.index(path) if path in LONGEST else len(LONGEST)
