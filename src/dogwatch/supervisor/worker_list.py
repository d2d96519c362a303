"""The workers that the core wants; they are kept running also while there is no core."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Callable, Collection, Iterable, Mapping

from dogwatch.supervisor.core_link import SOURCE, CoreLink
from dogwatch.supervisor.loop import Loop
from dogwatch.supervisor.process import Process, python, spawn
from dogwatch.supervisor.shared_names import prefix_of
from dogwatch.supervisor.template import Template
from dogwatch.supervisor.worker import Worker

RECORDING = "ingest"  # the kind that records
FORKED = (
    RECORDING,
    "analysis",
    "detection",
    "encoding",
    "listening",
)  # the kinds whose processes come from the template
NICE = 5  # more than ours, for the others: if processors are short, recording and the API come first, and decoding last

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Say(Protocol):
        """Logs a line of a process, which begins with its level."""

        def __call__(self, line: str, source: str = SOURCE) -> None:
            """Log `line`."""
            ...


class WorkerList:
    """All workers, and the template that some are forked from; the host of each `Worker`."""

    def __init__(
        self, loop: Loop, link: CoreLink, modules: str, shm: str, say: Say, on_gone: Callable[[], None]
    ) -> None:
        """Begin without workers.

        Args:
            loop: Runs everything here.
            link: The link to the core, which is told of every change.
            modules: The package of the workers' modules.
            shm: The directory of shared memory.
            say: Logs a line.
            on_gone: Called when a worker that was to end is gone.
        """
        self.loop, self.say = loop, say
        self._link, self._modules, self._shm, self._on_gone = link, modules, shm, on_gone
        self._template = Template(loop, f"{modules}.{RECORDING}", self._refused, say)
        self._workers: dict[tuple[str, str], Worker] = {}
        self._environment: dict[str, str] = {}
        self._spawned: dict[int, Process] = {}
        self.closed = False
        """Whether no worker is started any more."""

    def __bool__(self) -> bool:
        """Whether there are workers."""
        return bool(self._workers)

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers and of the template."""
        pids = [worker.pid for worker in self._workers.values()] + [self._template.pid]
        return [pid for pid in pids if pid is not None]

    def start_template(self) -> None:
        """Start the process that others are forked from; without it, they are spawned."""
        with contextlib.suppress(OSError):
            self._template.start()

    def stop_template(self) -> None:
        """End the process that others are forked from."""
        self._template.kill()
        self._template.stop()

    def states(self, unheard_from: float) -> list[dict[str, Any]]:
        """Return the state of each worker; a death since `unheard_from` (monotonic) counts as not told."""
        return [_state(worker, unheard_from) for worker in self._workers.values()]

    def want(self, wanted: Iterable[Mapping[str, str]], environment: Mapping[str, str]) -> None:
        """Start new workers, end those that are not wanted any more, and store the specs."""
        self._environment = dict(environment)
        keys = {(one["kind"], one["name"]): one["spec"] for one in wanted}
        self._end(worker for key, worker in list(self._workers.items()) if key not in keys)
        for (kind, name), spec in keys.items():
            worker = self._workers.get((kind, name))
            if worker is None:
                self._add(kind, name, spec)
            else:
                worker.spec = spec
                if worker.ending:  # it was unwanted only for a moment
                    worker.end(worker.start)

    def replace(self, kind: str, name: str) -> None:
        """End a worker's process and start another, with the present spec."""
        if (worker := self._workers.get((kind, name))) is not None:
            worker.replace()

    def end(self, kinds: Collection[str]) -> None:
        """End the workers of some kinds."""
        self._end(worker for worker in list(self._workers.values()) if worker.kind in kinds)

    def end_next(self) -> None:
        """End ingest, as the core does first, or else the others."""
        workers = list(self._workers.values())
        first = [worker for worker in workers if worker.kind == RECORDING]
        self._end(first or workers)

    def kill(self) -> None:
        """Kill all of them at once, and forget them."""
        for worker in self._workers.values():
            worker.kill()
        self._workers.clear()

    def exited(self, pid: int, status: int) -> None:
        """Take note that a child process has ended; others than the workers' are ignored."""
        if pid == self._template.pid:
            self._template.pid = None
        elif pid in self._spawned:
            self._spawned.pop(pid).exited(status)

    # ------------------------------------------------------------ for workers

    def launch(self, worker: Worker, process: Process) -> None:
        """Start `process` for `worker`.

        Raises:
            OSError: That cannot be done now.
        """
        nice = 0 if worker.kind == RECORDING else NICE
        if worker.kind in FORKED and self._template.usable:
            self._template.fork(process, worker.kind, worker.name, self._environment, nice)
            return
        environment = {"MALLOC_ARENA_MAX": "2", **os.environ, **self._environment}
        command = python("-m", f"{self._modules}.{worker.kind}")
        pid = spawn(command, environment, stdin=process.stdin, stderr=process.stderr)
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid) + nice)
        self._spawned[pid] = process
        process.began(pid)

    def changed(self, worker: Worker) -> None:
        """Send the core the state of `worker`."""
        self._link.state(worker, lambda: {"tell": "worker", **_state(worker)})

    def left_behind(self, pid: int) -> None:
        """Remove the shared memory of an ended process."""
        with contextlib.suppress(OSError):
            for name in os.listdir(self._shm):
                if name.startswith(prefix_of(pid)):
                    with contextlib.suppress(OSError):
                        os.unlink(os.path.join(self._shm, name))

    def _add(self, kind: str, name: str, spec: str) -> None:
        if not self.closed:
            worker = self._workers[kind, name] = Worker(self, kind, name, spec)
            worker.start()

    def _end(self, workers: Iterable[Worker]) -> None:
        for worker in workers:
            worker.end(self._gone(worker))

    def _gone(self, worker: Worker) -> Callable[[], None]:
        def gone() -> None:
            del self._workers[worker.kind, worker.name]
            self._link.state(worker, lambda: {"tell": "worker", **_state(worker), "gone": True})
            self._on_gone()

        return gone

    def _refused(self, process: Process) -> None:
        for worker in list(self._workers.values()):
            if worker.is_run_by(process):
                worker.refused()


def _state(worker: Worker, unheard_from: float = math.inf) -> dict[str, Any]:
    died, worker.died = worker.died or worker.died_at > unheard_from, False
    return {
        "kind": worker.kind,
        "name": worker.name,
        "pid": worker.pid,
        "restarts": worker.restarts,
        "status": worker.status,
        "spec": worker.spec,
        "died": died,
        "gone": False,
    }
